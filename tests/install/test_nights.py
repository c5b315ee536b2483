"""Twenty nights after an upgrade: changes, faults, and no hand laid on."""

import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import pytest

from corepath.flows.logs import run_log
from corepath.warehouse.database import reading
from corepath.warehouse.doctor import examine
from corepath.warehouse.errors import BadInput, Busy, CorepathError, Refused
from corepath.warehouse.refresh import refresh
from corepath.warehouse.release import history
from corepath.warehouse.release.repository import Releases
from corepath.warehouse.release.verify import verify
from corepath.warehouse.settings import ROOT, Settings
from tests.install.test_upgrade import unpacked

NIGHTS = int(os.environ.get("NIGHTS", "20"))
KEPT, KEPT_LOGS = 3, 5
# Which night goes wrong, and how its refresh ends if it publishes nothing.
FAULTS: dict[int, tuple[str, type[CorepathError] | None]] = {
    2: ("garbage", BadInput),
    4: ("killed", None),
    5: ("half is gone", Refused),
    6: ("held", Busy),
    7: ("an old release is damaged", None),
    12: ("killed", None),
    15: ("garbage", BadInput),
    18: ("killed", None),
}


def records() -> list[str]:
    """Records of the sample that the fixture lacks, one a line."""
    done = subprocess.run(
        ["gzip", "-dc", str(ROOT / "samples" / "ppubs" / "ppubs.jsonl.gz")], capture_output=True, check=True
    )
    lines = [json.loads(line) for line in done.stdout.decode().splitlines()]
    return [json.dumps(r) for r in lines if str(r.get("ipcCodeFlattened", ""))[:2] in ("G0", "H0")]


def change(dump: Path, night: int, pool: list[str], chance: random.Random) -> None:
    """New records each night; now and then one that is corrected, and a file that goes."""
    new = [pool.pop() for _ in range(chance.randint(2, 6))]
    (dump / f"night-{night:02}.jsonl").write_text("".join(f"{line}\n" for line in new))
    earlier = sorted(dump.glob("night-*.jsonl"))
    if night % 4 == 0:
        lines = earlier[0].read_text().splitlines()
        lines[0] = json.dumps(json.loads(lines[0]) | {"inventionTitle": f"CORRECTED IN NIGHT {night}"})
        earlier[0].write_text("".join(f"{line}\n" for line in lines))
    if night % 5 == 4:
        earlier[-2].unlink()


def kill_a_refresh(settings: Settings, chance: random.Random) -> None:
    """Let another process refresh, and kill it after so many steps."""
    code = (
        "import sys\n"
        "from corepath.warehouse.refresh import refresh\n"
        "from corepath.warehouse.settings import Settings\n"
        "def step(name, work, retries):\n"
        "    print(name, flush=True)\n"
        "    return work()\n"
        "refresh(Settings.model_validate_json(sys.argv[1]), step)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, settings.model_dump_json()],
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    ) as process:
        assert process.stdout is not None
        for _ in range(chance.randint(1, 120)):
            assert process.stdout.readline()
        process.send_signal(signal.SIGKILL)


def damage(release: Path) -> None:
    mart = release / "fct_patent.parquet"
    mart.chmod(0o644)
    mart.write_bytes(mart.read_bytes()[:1000])


@pytest.mark.slow
def test_nights_of_changes_and_faults_after_an_upgrade_need_nobody(
    tmp_path: Path, held: Callable[[Path], AbstractContextManager[int]]
) -> None:
    settings = unpacked("1.0.0-last", tmp_path).model_copy(update={"keep_logs": KEPT_LOGS})
    dump, chance, pool = tmp_path / "dump", random.Random("nights"), records()
    releases = Releases(tmp_path / "releases", "any")
    size_of_first = 0
    for night in range(NIGHTS):
        change(dump, night, pool, chance)
        fault, expected = FAULTS.get(night, ("", None))
        latest = releases.latest()
        aside = dump / "ppubs.jsonl"
        content = aside.read_text()
        if fault == "garbage":
            (dump / f"night-{night:02}.jsonl").write_text("{this is\nno JSON\n" * 20)
        elif fault == "half is gone":
            aside.write_text("".join(content.splitlines(keepends=True)[:20]))
        elif fault == "killed":
            kill_a_refresh(settings, chance)
        elif fault == "an old release is damaged":
            damage(releases.path(next(iter(releases.published()))))
        with held(settings.warehouse) if fault == "held" else nullcontext():
            if expected:
                with pytest.raises(expected), run_log(settings, f"{night:08x}"):
                    refresh(settings)
            else:
                with run_log(settings, f"{night:08x}"):
                    assert refresh(settings).status == "published"
        if expected:
            # Nothing is published, and the log says so; the next night the source is right again.
            assert releases.latest() == latest
            told = max(settings.log_folder.iterdir()).read_text().splitlines()[-1]
            assert f"run {night:08x} failed: {expected.__name__}: " in told
            (dump / f"night-{night:02}.jsonl").unlink()
            aside.write_text(content)
        history.prune(releases, KEPT)
        newest = releases.latest()
        assert newest is not None
        with reading(settings) as connection:
            found = verify(connection, releases.path(str(newest.version)), newest.sums)
        assert not [check for check in found if check.problems]
        size_of_first = size_of_first or settings.warehouse.stat().st_size
    assert not list(examine(settings))
    assert len(releases.published()) == KEPT
    assert len(list(settings.log_folder.iterdir())) == KEPT_LOGS
    assert not list((tmp_path / "releases").rglob(".draft-*"))
    assert settings.warehouse.stat().st_size < 2 * size_of_first
    # After all that, the tables are those of one run over what the dump holds now, to the byte.
    fresh = settings.model_copy(update={"warehouse": tmp_path / "w.duckdb", "releases": tmp_path / "fresh"})
    marts = {path.name: path.read_bytes() for path in refresh(fresh).path.glob("*.parquet")}
    last = releases.path(list(releases.published())[-1])
    assert {path.name: path.read_bytes() for path in last.glob("*.parquet")} == marts
