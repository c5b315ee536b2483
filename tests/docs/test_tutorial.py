"""Every command of the tutorial runs, in order, in one shell, on a small demo."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from corepath.warehouse.settings import ROOT

PAGE = (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```sh\n(.*?)^```$", PAGE, flags=re.MULTILINE | re.DOTALL)
FAMILIES = 6000  # of the 36,000 of the demo


def demo() -> str:
    """The lines of the target `demo` of the Makefile, for a small world."""
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    (recipe,) = re.findall(r"^demo: setup.*\n((?:\t.*\n)+)", text, flags=re.MULTILINE)
    lines = recipe.replace("\t", "").replace("$(DEMO)", "demo").replace("$(BIN)/", "").replace("@", "")
    return re.sub(r"^(corepath demo demo)$", rf"\1 --families {FAMILIES}", lines, flags=re.MULTILINE)


@pytest.mark.slow
def test_every_command_of_the_tutorial_runs_in_order(tmp_path: Path) -> None:
    programs = Path(sys.executable).parent
    environment = {name: os.environ[name] for name in ("LANG", "PYTHONPATH") if name in os.environ}
    environment |= {
        "PATH": f"{programs}:{os.environ['PATH']}",
        "HOME": str(tmp_path),
        "BROWSER": "true",  # the program that does nothing
    }
    commands = "".join(BLOCKS).replace("make demo\n", demo())
    assert "make demo" not in commands
    work = tmp_path / "work"
    work.mkdir()
    done = subprocess.run(
        ["bash", "-e", "-o", "pipefail", "-c", commands],
        cwd=work,
        env=environment,
        text=True,
        capture_output=True,
        check=False,
        timeout=3600,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    for told in (
        r"^Published ai_chips \d{4}\.\d{2}\.0, a made-up world$",
        r"^rank_core,country,core_families,core_rate$",
        r"holds most: \d+ \(90 % interval",
        r"is whole: \d+ files$",
        r"is pinned$",
        r"is reproduced: \d+ tables, byte for byte$",
        r"^\[country\.US\]$",
    ):
        assert re.search(told, done.stdout, re.MULTILINE), told
    assert (work / "quantity.svg").read_text().startswith("<svg")
    assert (work / "ranking.md").read_text().startswith("| rank_core |")
