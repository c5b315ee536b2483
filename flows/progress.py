"""How far a run is: its phase, step n of m, rows, time elapsed, and time to expect by the last run."""

import hashlib
import json
import logging
import os
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, ProgressColumn, SpinnerColumn, Task, TextColumn
from rich.table import Column
from rich.text import Text

from corepath.flows.logs import as_json
from corepath.warehouse.plan import Run
from corepath.warehouse.refresh import Step

T = TypeVar("T")

START = "start Prefect"
REPORT = "report to Prefect"
_PHASES = ["start", "load", "build", "validate", "publish", "report"]


def phase_of(step: str) -> str:
    """Name the phase that a step belongs to.

    Examples
    --------
    >>> [phase_of(step) for step in (START, "load uspto", "validate raw", "marts.fct_patent", "publish")]
    ['start', 'load', 'load', 'build', 'publish']
    """
    if step.startswith("validate "):  # what was loaded, and what is made of that alone
        return "load" if step == "validate raw" else "build"
    first = step.partition(" ")[0]
    return first if first in _PHASES else "build"


def steps_of(run: Run, with_prefect: bool = True) -> list[str]:
    """Name every step that a run may take: what is up to date is passed over when it comes to that."""
    return [
        *[START] * with_prefect,
        *(f"load {name}" for name in run.sources),
        "validate raw",
        "validate staging",
        *(key for key, table in run.tables.items() if table.schema != "sources"),
        "validate",
        "publish",
        *[REPORT] * with_prefect,
    ]


class Watch(logging.Handler):
    """What is done of a run, and what is left of it; as a handler, it shows the log beside that.

    Parameters
    ----------
    steps
        Every step that the run may take.
    before
        Seconds that steps took the last time, as far as it is known.
    console
        A terminal shows one line in place; anything else gets a line a message.
    clock
        Tells seconds.

    Examples
    --------
    >>> ticks = iter([0.0, 1.0, 5.0])
    >>> steps, before = ["load a", "x.y", "publish"], {"load a": 4.0, "publish": 2.0}
    >>> watch = Watch(steps, before, Console(), lambda: next(ticks))
    >>> watch.begin("load a")
    >>> watch.position(), watch.left(2.0)
    ((1, 3), 5.0)
    >>> watch.end("load a")
    >>> watch.seconds, watch.left(5.0)
    ({'load a': 4.0}, 2.0)
    """

    def __init__(
        self,
        steps: Iterable[str],
        before: dict[str, float],
        console: Console,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__()
        self._steps = list(steps)
        self._before = before
        self._console = console
        self._clock = clock
        self._started = clock()
        self._done: set[str] = set()
        self._current: tuple[str, float] | None = None
        self.phase = ""
        self.seconds: dict[str, float] = {}

    def begin(self, step: str) -> None:
        """Take up a step; all steps of earlier phases are done, or not needed."""
        self._enter(phase_of(step))
        self._current = step, self._clock()
        self._show(step)

    def end(self, step: str) -> None:
        """Note that a step is done, and how long it took."""
        if self._current and self._current[0] == step:
            self.seconds[step] = self._clock() - self._current[1]
        self._done.add(step)
        self._current = None

    def position(self) -> tuple[int, int]:
        """Tell which step this is, counting those that were passed over, and how many there are."""
        return len(self._done) + bool(self._current), len(self._steps)

    def left(self, now: float) -> float | None:
        """Estimate the seconds that are left; None where most of what is left was never timed."""
        open_steps = [step for step in self._steps if step not in self._done]
        known = [self._before[step] for step in open_steps if step in self._before]
        if 2 * len(known) < len(open_steps):
            return None
        waiting = sum(known)
        if self._current:
            step, since = self._current
            waiting -= min(self._before.get(step, 0.0), now - since)
        return waiting

    def time(self) -> str:
        """Tell the time elapsed, and the whole time to expect."""
        now = self._clock()
        left, elapsed = self.left(now), now - self._started
        return _minutes(elapsed) + ("" if left is None else f" of ~{_minutes(elapsed + left)}")

    def _enter(self, phase: str) -> None:
        if phase == self.phase:
            return
        if self._current:  # what starts Prefect ends when the first step begins
            self.end(self._current[0])
        self.phase = phase
        earlier = _PHASES[: _PHASES.index(phase)]
        self._done |= {step for step in self._steps if phase_of(step) in earlier}

    def emit(self, record: logging.LogRecord) -> None:
        """Show a message of the log."""
        message = record.getMessage()
        self._follow(message)
        self._print(message, record.levelno >= logging.WARNING)

    def _follow(self, message: str) -> None:
        """Pass over a step that a message calls up to date."""
        step = message.removesuffix(": up to date")
        if step != message and step in self._steps:
            self._enter(phase_of(step))
            self._done.add(step)

    def _print(self, message: str, warning: bool) -> None:
        step, steps = self.position()
        line = f"{step:3}/{steps} {self.time():>13}  {self.phase:8}  {'warning: ' * warning}{message}"
        self._console.print(line, markup=False, highlight=False, soft_wrap=True)

    def _show(self, step: str) -> None:
        """Say what goes on where no message will for a while."""
        if step == START or phase_of(step) in ("validate", "publish"):
            self._print(f"{step} ...", warning=False)


class TerminalWatch(Watch):
    """The same in one line of a terminal, with warnings and ended phases above it."""

    def __init__(self, steps: Iterable[str], before: dict[str, float], console: Console) -> None:
        super().__init__(steps, before, console)
        self.live = Progress(
            SpinnerColumn(),
            TextColumn("{task.fields[phase]:8}"),
            BarColumn(12),
            TextColumn("{task.completed:.0f}/{task.total:.0f}"),
            _Time(self),
            TextColumn("{task.description}", table_column=Column(no_wrap=True, overflow="ellipsis", ratio=1)),
            console=console,
            transient=True,
            expand=True,
        )
        self._line = self.live.add_task("", total=len(self._steps), phase="")
        self._phase_began = self._started

    def _enter(self, phase: str) -> None:
        if self.phase and phase != self.phase:
            now = self._clock()
            self.live.console.print(f"  {self.phase:8}  {_minutes(now - self._phase_began)}", style="dim")
            self._phase_began = now
        super()._enter(phase)

    def _show(self, step: str) -> None:
        self.live.update(self._line, completed=self.position()[0], phase=self.phase, description=escape(step))

    def _print(self, message: str, warning: bool) -> None:
        if warning:
            text = Text.assemble(("warning: ", "yellow"), message)
            self.live.console.print(text, highlight=False, soft_wrap=True)
        self.live.update(self._line, completed=self.position()[0], description=escape(message))


class JsonWatch(Watch):
    """The same as lines of JSON, for programs that collect logs."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record of the log, with where in the run it belongs."""
        self._follow(record.getMessage())
        step, steps = self.position()
        line = as_json(record, phase=self.phase, step=step, steps=steps)
        self._console.print(line, markup=False, highlight=False, soft_wrap=True)

    def _show(self, step: str) -> None:
        self.emit(logging.LogRecord("corepath.flow", logging.INFO, "", 0, f"{step} ...", None, None))


class _Time(ProgressColumn):
    def __init__(self, watch: Watch) -> None:
        super().__init__()
        self._watch = watch

    def render(self, task: Task) -> Text:
        del task
        return Text(self._watch.time())


def _minutes(seconds: float) -> str:
    """Write a time as 1:05.

    Examples
    --------
    >>> _minutes(64.7), _minutes(3700)
    ('1:05', '61:40')
    """
    return f"{round(seconds) // 60}:{round(seconds) % 60:02}"


# The run that is shown: what runs steps is called by Prefect, which passes nothing on.
_shown: list[Watch] = []


def watched(step: Step[Any]) -> Step[Any]:
    """Let what runs steps tell of each to the command that shows them, if one does."""

    def run(name: str, work: Callable[[], T], retries: int) -> T:
        with stepping(name):
            return step(name, work, retries)

    return run


@contextmanager
def stepping(name: str, ends: bool = True) -> Iterator[None]:
    """Show a step while it runs; one that does not end here ends where the next one begins."""
    for watch in _shown:
        watch.begin(name)
    yield
    for watch in _shown if ends else []:
        watch.end(name)


@contextmanager
def showing(run: Run, console: Console, steps: Iterable[str] | None = None) -> Iterator[None]:
    """Show how far a run is, and note how long its steps took for the next one.

    Parameters
    ----------
    run
        What is run.
    console
        Where to show it.
    steps
        Those that it may take; by default all of a refresh.
    """
    log = logging.getLogger("corepath")
    known = _seconds_of(run)
    before = _read(known)
    steps = list(steps or steps_of(run))
    kind = Watch
    if run.settings.log_format == "json":
        kind = JsonWatch
    elif console.is_terminal:
        kind = TerminalWatch
    watch = kind(steps, before, console)
    log.addHandler(watch)
    _shown.append(watch)
    try:
        if isinstance(watch, TerminalWatch):
            with watch.live:
                yield
        else:
            yield
        _write(known, before | watch.seconds)
    finally:
        _shown.remove(watch)
        log.removeHandler(watch)


def _seconds_of(run: Run) -> Path:
    """Name the file that holds how long the steps of such a run took."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    read = [str(path.resolve()) for path in run.settings.sources.values()]
    what = "\n".join([run.topic.name, *sorted(read)])
    return cache / "corepath" / "seconds" / f"{hashlib.sha256(what.encode()).hexdigest()[:16]}.json"


def _read(file: Path) -> dict[str, float]:
    with suppress(OSError, ValueError):
        found = json.loads(file.read_text(encoding="utf-8"))
        return {str(step): float(seconds) for step, seconds in found.items()}
    return {}


def _write(file: Path, seconds: dict[str, float]) -> None:
    """Note the seconds; where that cannot be done, the next run has no estimate."""
    with suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps({step: round(took, 2) for step, took in seconds.items()}))
