"""The audit of the lock: ranges as the schema of advisories defines them, and the lock that ships."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from corepath.warehouse.settings import ROOT


def audit(lock: Path, advisories: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "scripts" / "audit.py"), str(lock), str(advisories)]
    return subprocess.run(command, capture_output=True, text=True)


def advisory(name: str = "some-package", **affected: object) -> dict[str, object]:
    package = {"ecosystem": "PyPI", "name": name}
    return {"id": "TEST-1", "summary": "Reads too much", "affected": [{"package": package, **affected}]}


def events(*pairs: tuple[str, str]) -> dict[str, object]:
    return {"ranges": [{"type": "ECOSYSTEM", "events": [dict([pair]) for pair in pairs]}]}


@pytest.mark.parametrize(
    ("affected", "is_hit"),
    [
        (events(("introduced", "0")), True),
        (events(("introduced", "0"), ("fixed", "1.10")), True),
        (events(("introduced", "0"), ("fixed", "1.9")), False),  # 1.9 < 1.9.1 as versions, not as text
        (events(("introduced", "1.9.2")), False),
        (events(("introduced", "0"), ("last_affected", "1.9.1")), True),
        (events(("introduced", "0"), ("fixed", "1.2"), ("introduced", "1.9"), ("fixed", "2")), True),
        ({"versions": ["1.9.1"]}, True),
        ({"versions": ["1.9"]}, False),
    ],
)
def test_a_version_falls_under_an_advisory_or_does_not(
    affected: dict[str, object], is_hit: bool, tmp_path: Path
) -> None:
    lock, file = tmp_path / "lock", tmp_path / "advisories.json"
    lock.write_text("some_package[extra]==1.9.1 \\\n    --hash=sha256:00\nother==3\n")
    file.write_text(json.dumps([advisory(**affected), advisory("other-package", **affected)]))
    done = audit(lock, file)
    assert done.returncode == int(is_hit), done.stderr
    assert ("some-package 1.9.1: TEST-1 Reads too much" in done.stdout) == is_hit
    assert f"2 pins, {int(is_hit)} advisories" in done.stdout


def test_every_pin_of_the_lock_that_ships_is_read(tmp_path: Path) -> None:
    lock = ROOT / "requirements.lock"
    names = [line.split("==")[0] for line in lock.read_text().splitlines() if line[:1].isalnum()]
    (tmp_path / "one.json").write_text(json.dumps(advisory("duckdb", **events(("introduced", "0")))))
    done = audit(lock, tmp_path)
    assert f"{len(names)} pins, 1 advisories" in done.stdout
    assert done.returncode == 1
