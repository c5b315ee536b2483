"""Measure whole processes side by side: in turn, several times, and keep what was measured.

A contender is a command. Each round runs all of them, every other round in reverse order, so that
a machine that slows down or is busy for a while does not favour one. Figures of a process are

- wall: seconds from its start to its end;
- cpu: seconds of user and system time, of the process and of all that it waited for (wait4);
- peak: bytes of memory, the larger of two: the sum of the resident memory of the process and all
  below it, looked at ten times a second in /proc; and the largest single process (wait4). Pages
  that processes share count in each.

Rounds are written as they end. A measurement that was interrupted goes on where it stopped, if
neither code nor parameters changed.
"""

import hashlib
import importlib.metadata
import json
import os
import platform
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from math import log
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results"
SAMPLE_SECONDS = 0.1
PACKAGES = (
    "duckdb",
    "great-expectations",
    "lxml",
    "networkx",
    "numpy",
    "pandas",
    "polars",
    "prefect",
    "pyarrow",
    "scipy",
)


class Failed(RuntimeError):
    """A contender ended with an error; the message holds the end of what it said."""


@dataclass(frozen=True)
class Figures:
    """What a process took: seconds, seconds, bytes; and what it told itself."""

    wall: float
    cpu: float
    peak: int
    told: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Contender:
    """A command, made for the empty folder of its round.

    `command` gives its arguments; `before` makes ready what is not to be measured; `tells` is a
    JSON file that it writes into the folder, if any.
    """

    command: Callable[[Path], list[str]]
    before: Callable[[Path], None] = lambda folder: None
    tells: str | None = None
    environment: Mapping[str, str] = field(default_factory=dict)


def measure(contender: Contender, folder: Path) -> Figures:
    """Run a contender to its end.

    Raises
    ------
    Failed
        It ended with an exit code other than 0.
    """
    contender.before(folder)
    command = contender.command(folder)
    with open(folder / "output.log", "wb") as output:
        started = perf_counter()
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=os.environ | dict(contender.environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        peaks, ended = [0], threading.Event()
        watcher = threading.Thread(target=_watch, args=(process.pid, peaks, ended), daemon=True)
        watcher.start()
        try:
            _, status, usage = os.wait4(process.pid, 0)
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            raise
        finally:
            ended.set()
            watcher.join()
        wall = perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        said = (folder / "output.log").read_text(errors="replace")
        raise Failed(f"exit code {process.returncode}: {command}\n{said[-3000:]}")
    unit = 1 if sys.platform == "darwin" else 1024
    peak = max(*peaks, usage.ru_maxrss * unit)
    told = json.loads((folder / contender.tells).read_text()) if contender.tells else {}
    return Figures(wall, usage.ru_utime + usage.ru_stime, peak, told)


def _watch(process: int, peaks: list[int], ended: threading.Event) -> None:
    while not ended.wait(SAMPLE_SECONDS):
        peaks[0] = max(peaks[0], _resident(process))


def _resident(process: int) -> int:
    """Add up the resident memory of a process and all below it; 0 where there is no /proc."""
    home = Path("/proc") / str(process)
    try:
        own = int((home / "statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
        children = {
            int(child)
            for thread in (home / "task").iterdir()
            for child in (thread / "children").read_text().split()
        }
    except (OSError, ValueError, IndexError):  # it ended meanwhile
        return 0
    return own + sum(map(_resident, children))


def alternate(
    name: str,
    contenders: Mapping[str, Contender],
    rounds: int,
    parameters: Mapping[str, Any],
    scratch: Path,
    results: Path = RESULTS,
    in_order: bool = False,
    after: Callable[[Mapping[str, Path]], None] = lambda folders: None,
) -> dict[str, Any]:
    """Run contenders in turn, several times, and write what each took.

    Parameters
    ----------
    name
        Of the measurement; its results are `<name>.json`.
    contenders
        By name.
    rounds
        How often each runs.
    parameters
        What the measurement depends on, sizes above all.
    scratch
        Where rounds get their folders; they are removed when the round ends.
    results
        The folder of the results.
    in_order
        Whether each contender goes on where the one before it stopped: one folder for all of a
        round, always in the order given. Else each has its own.
    after
        What to check in the folders, by contender, when the first round ends; not measured.

    Returns
    -------
    dict
        What the file holds: machine, versions, commit, parameters, and a list of rounds, each with
        figures by contender.
    """
    path = results / f"{name}.json"
    report = resume(path, name, parameters)
    for number in range(len(report["rounds"]), rounds):
        home = scratch / f"{name}-{number}"
        shutil.rmtree(home, ignore_errors=True)
        order = list(contenders) if in_order or number % 2 == 0 else list(contenders)[::-1]
        folders = {each: home if in_order else home / each for each in order}
        taken = {}
        for each in order:
            folders[each].mkdir(parents=True, exist_ok=True)
            say(f"{name} {number + 1}/{rounds}: {each}")
            taken[each] = asdict(measure(contenders[each], folders[each]))
            say(f"  {taken[each]['wall']:.1f} s, {taken[each]['peak'] / 1e6:,.0f} MB")
        if number == 0:
            after(folders)
        shutil.rmtree(home, ignore_errors=True)
        report["rounds"].append({each: taken[each] for each in contenders})
        write(path, report)
    return report


def resume(path: Path, name: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Begin a report; or take the one that the file holds, if it is of this code and machine."""
    report = {
        "benchmark": name,
        "measured": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": machine(),
        "versions": {package: _version(package) for package in PACKAGES},
        "load": round(os.getloadavg()[1], 1),
        "commit": _commit(),
        "code": _code(),
        "parameters": json.loads(json.dumps(parameters)),
        "rounds": [],
    }
    if path.exists():
        old = json.loads(path.read_text())
        if all(old[key] == report[key] for key in ("code", "parameters", "machine")):
            return old
    return report


def write(path: Path, report: Mapping[str, Any]) -> None:
    """Write a report, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_suffix(".part")
    aside.write_text(as_text(report) + "\n")
    aside.replace(path)


def as_text(value: Any, levels: int = 3) -> str:
    """Lay out JSON for a reader of changes: from the fourth level on, a value a line.

    Parameters
    ----------
    value
        What `json.dumps` takes; of a fraction, six digits are written.
    levels
        How many levels get lines of their own.

    Examples
    --------
    >>> print(as_text({"rounds": [{"wall": 1.23456789, "steps": {"load": 1}}]}, levels=2))
    {
     "rounds": [
      {"wall": 1.23457, "steps": {"load": 1}}
     ]
    }
    """
    if not levels or not value or not isinstance(value, (dict, list)):
        return json.dumps(json.loads(json.dumps(value), parse_float=lambda text: float(f"{float(text):.6g}")))
    pairs = value.items() if isinstance(value, dict) else (("", each) for each in value)
    parts = [
        (f"{json.dumps(key)}: " if isinstance(value, dict) else "") + as_text(each, levels - 1)
        for key, each in pairs
    ]
    inner = ",\n".join(parts).replace("\n", "\n ")
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    return f"{opening}\n {inner}\n{closing}"


def say(text: str) -> None:
    """Tell whoever waits."""
    print(text, file=sys.stderr, flush=True)


# --- What it was measured on ---------------------------------------------------------------------


def machine() -> dict[str, Any]:
    """Describe the machine, without its name."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    models = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "processor": models[0] if models else platform.processor() or platform.machine(),
        "cores": os.cpu_count(),
        "memory_gb": round(memory / 2**30),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
    }


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "none"


def _commit() -> str:
    try:
        git = ["git", "describe", "--always", "--dirty", "--abbrev=10"]
        return subprocess.check_output(git, cwd=ROOT, text=True, stderr=subprocess.DEVNULL).strip()
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def _code() -> str:
    """Identify all that runs, so that rounds of different code are never mixed."""
    files = [
        file
        for folder in (
            "benchmarks",
            "expectations",
            "flows",
            "reference",
            "report",
            "sql",
            "topics",
            "synthetic",
            "transforms",
            "warehouse",
        )
        for file in sorted((ROOT / folder).rglob("*"))
        if file.suffix in (".py", ".sql", ".csv", ".toml", ".json")
        and RESULTS not in file.parents
        and file.name not in ("report.py", "targets.toml")  # which only tell
    ]
    parts = [hashlib.sha256(file.read_bytes()).hexdigest() for file in files]
    return hashlib.sha256("".join(parts).encode()).hexdigest()[:16]


# --- Figures of figures --------------------------------------------------------------------------


def values(report: Mapping[str, Any], contender: str, figure: str) -> list[float]:
    """Take one figure of a contender from every round."""
    return [taken[contender][figure] for taken in report["rounds"]]


def ratios(report: Mapping[str, Any], one: str, other: str, figure: str) -> list[float]:
    """Divide two contenders' figures round by round, for a slow round slows both.

    Examples
    --------
    >>> rounds = [{"a": {"wall": 2.0}, "b": {"wall": 1.0}}]
    >>> ratios({"rounds": rounds}, "a", "b", "wall")
    [2.0]
    """
    pairs = zip(values(report, one, figure), values(report, other, figure), strict=True)
    return [a / b for a, b in pairs]


def spread(numbers: Sequence[float]) -> tuple[float, float, float]:
    """Give median, least and greatest.

    Examples
    --------
    >>> spread([3.0, 1.0, 2.0])
    (2.0, 1.0, 3.0)
    """
    return median(numbers), min(numbers), max(numbers)


def slope(sizes: Sequence[float], seconds: Sequence[float]) -> float:
    """Fit log seconds over log sizes by least squares: 1 where time grows as size does.

    Examples
    --------
    >>> round(slope([1, 2, 4, 8], [3, 6, 12, 24]), 6), round(slope([1, 2, 4], [1, 4, 16]), 6)
    (1.0, 2.0)
    """
    x, y = [log(size) for size in sizes], [log(each) for each in seconds]
    mean_x, mean_y = sum(x) / len(x), sum(y) / len(y)
    return sum((a - mean_x) * (b - mean_y) for a, b in zip(x, y, strict=True)) / sum(
        (a - mean_x) ** 2 for a in x
    )
