"""How far a run is: told in lines elsewhere, in one line on a terminal, with the time to expect."""

import io
import json
import logging
import re
from pathlib import Path

import pytest
from rich.console import Console

from corepath.flows.progress import REPORT, START, JsonWatch, TerminalWatch, Watch, showing, steps_of, watched
from corepath.warehouse.plan import resolve
from corepath.warehouse.refresh import plain
from corepath.warehouse.settings import Settings
from tests.conftest import SOURCES

STEPS = [START, "load a", "validate raw", "staging.x", "staging.y", "marts.z", "validate", "publish", REPORT]


def log(watch: Watch, message: str, level: int = logging.INFO) -> None:
    watch.emit(logging.LogRecord("corepath", level, "", 0, message, None, None))


def test_lines_tell_phase_step_time_and_what_is_left() -> None:
    told = io.StringIO()
    now = [0.0]
    before = dict.fromkeys(STEPS, 10.0)
    watch = Watch(STEPS, before, Console(file=told, width=200), lambda: now[0])
    watch.begin(START)
    now[0] = 20
    watch.begin("load a")
    log(watch, "a: 3 files")
    now[0] = 22
    watch.end("load a")
    log(watch, "staging.x: up to date")  # its phase begins; what is left of the one before is not needed
    watch.begin("staging.y")
    now[0] = 25
    log(watch, "staging.y: 7 rows in 3.00 s")
    watch.end("staging.y")
    log(watch, "few rows", logging.WARNING)
    assert told.getvalue().splitlines() == [
        "  1/9 0:00 of ~1:30  start     start Prefect ...",
        "  2/9 0:20 of ~1:40  load      a: 3 files",
        "  4/9 0:22 of ~1:12  build     staging.x: up to date",
        "  5/9 0:25 of ~1:12  build     staging.y: 7 rows in 3.00 s",
        "  5/9 0:25 of ~1:05  build     warning: few rows",
    ]
    assert watch.seconds == {START: 20, "load a": 2, "staging.y": 3}


def test_lines_of_json_tell_the_same_to_programs() -> None:
    told = io.StringIO()
    watch = JsonWatch(STEPS, {}, Console(file=told, width=200), lambda: 0.0)
    watch.begin("validate")
    log(watch, "few [rows]", logging.WARNING)
    lines = [json.loads(line) for line in told.getvalue().splitlines()]
    names = ("level", "logger", "message", "phase", "step", "steps")
    assert [[line[name] for name in names] for line in lines] == [
        ["INFO", "corepath.flow", "validate ...", "validate", 7, 9],
        ["WARNING", "corepath", "few [rows]", "validate", 7, 9],
    ]


@pytest.mark.parametrize("known", [0, 4])
def test_without_times_of_most_steps_nothing_is_estimated(known: int) -> None:
    watch = Watch(STEPS, dict.fromkeys(STEPS[:known], 5.0), Console(file=io.StringIO()))
    assert watch.left(1.0) is None
    assert re.fullmatch(r"\d+:\d\d", watch.time())


def test_a_terminal_has_one_line_and_warnings_and_ended_phases_above_it() -> None:
    screen = io.StringIO()
    watch = TerminalWatch(STEPS, {}, Console(file=screen, force_terminal=True, width=80))
    with watch.live:
        watch.begin("load a")
        log(watch, "a [b]: 3 files")
        log(watch, "a: one [c] is odd", logging.WARNING)
        watch.end("load a")
        watch.begin("marts.z")
        watch.live.refresh()
    plain_text = re.sub(r"\x1b\[[\d;?]*[A-Za-z]", "", screen.getvalue())
    lines = [line.strip() for line in re.split(r"[\r\n]+", plain_text)]
    assert "warning: a: one [c] is odd" in lines
    assert re.search(r"^load +0:00$", "\n".join(lines), re.MULTILINE)
    assert any(re.search(r"build .* 4/9 0:00 +marts\.z$", line) for line in lines), lines
    assert all(len(line) <= 80 for line in lines)


def test_times_are_kept_for_the_next_run_of_the_same_work_alone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    run = resolve(Settings(sources=SOURCES, warehouse=tmp_path / "w.duckdb"))
    steps = steps_of(run)
    assert (steps[0], steps[-1]) == (START, REPORT)
    assert {"load ppubs", "load uspto", "staging.stg_document", "marts.fct_patent"} < set(steps)
    few = ["load ppubs", "load uspto"]

    def lines(sources: dict[str, Path]) -> str:
        told = io.StringIO()
        asked = resolve(Settings(sources=sources, warehouse=tmp_path / "w.duckdb"))
        with showing(asked, Console(file=told, width=200), few):
            for step in few:
                assert (
                    watched(plain)(step, lambda: logging.getLogger("corepath").warning("done") or 3, 0) == 3
                )
        return told.getvalue()

    assert "~" not in lines(SOURCES)
    assert "~" in lines(SOURCES)
    assert "~" not in lines({"ppubs": SOURCES["ppubs"]})
