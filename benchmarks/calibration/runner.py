"""Make the worlds, several at once, look into them, and add up what was counted."""

import gc
import hashlib
import importlib
import json
import pkgutil
import tempfile
import time
from collections.abc import Iterable, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import redirect_stdout
from datetime import UTC, datetime
from math import sqrt
from multiprocessing import get_context
from os import devnull
from pathlib import Path
from typing import Any

from benchmarks import calibration
from benchmarks.calibration import page
from benchmarks.calibration.build import METHOD, build
from benchmarks.calibration.inference import Inference, World
from benchmarks.run import RESULTS, ROOT, say, write

Found = dict[str, Any]


def run(size: str, only: Iterable[str] | None, processes: int, work: Path, results: Path) -> None:
    """Measure, and write figures, page and look-up table.

    Parameters
    ----------
    size
        "small" or "full".
    only
        Names of inferences; the figures of others stay as they were measured. None is all, and an
        empty list none: then page, look-up table and README are written again.
    processes
        How many worlds are made at once.
    work
        Where worlds are put meanwhile.
    results
        The folder of calibration.json. Page and look-up table are the project's own where it is
        `benchmarks/results`, else they are beside the figures.
    """
    known = inferences()
    names = list(known if only is None else only)
    file = results / "calibration.json"
    measured: Found = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    found = measure(size, names, processes, work)
    for name in names:
        about = {"measured": datetime.now(UTC).date().isoformat(), "size": size, "method": METHOD}
        measured[name] = about | found[name]
    # In the order of the modules; what is no inference any more is dropped.
    measured = {name: measured[name] for name in known if name in measured}
    write(file, measured)
    is_own = results.resolve() == RESULTS
    lines = page.summary(measured, known)
    text, table = page.as_markdown(measured, known), page.as_csv(lines)
    (ROOT / "docs" if is_own else results).joinpath("calibration.md").write_text(text, encoding="utf-8")
    (ROOT / "reference" if is_own else results).joinpath("calibration.csv").write_text(
        table, encoding="utf-8"
    )
    if is_own:
        readme = ROOT / "README.md"
        readme.write_text(page.placed(readme.read_text(encoding="utf-8"), lines), encoding="utf-8")


def inferences() -> dict[str, Inference]:
    """Find what is measured: each module of this package that has an INFERENCE, or INFERENCES."""
    found = []
    for module in pkgutil.iter_modules(calibration.__path__):
        content = vars(importlib.import_module(f"{calibration.__name__}.{module.name}"))
        found += [content["INFERENCE"]] if "INFERENCE" in content else content.get("INFERENCES", [])
    return {inference.name: inference for inference in found}


def measure(size: str, names: Iterable[str], processes: int, work: Path) -> dict[str, Found]:
    """Measure inferences; what was stopped goes on with the worlds that have not been counted.

    Parameters
    ----------
    size
        "small" or "full".
    names
        Of the inferences.
    processes
        How many worlds are made at once.
    work
        Where to put them meanwhile, and what was counted in each, by the code that counted.

    Returns
    -------
    dict of dict
        By inference: worlds, how many; minutes, of processor time that making and counting them took
        (a world that several inferences look into counts in each); and rows as of `sum_up`.
    """
    lookers = worlds_of(size, names)
    code = fingerprint()
    counted = work / "counted"
    counted.mkdir(parents=True, exist_ok=True)
    seen = []
    with ProcessPoolExecutor(processes, get_context("spawn")) as pool:
        jobs = []
        for world, who in lookers.items():
            key = hashlib.sha256(f"{code} {world} {who}".encode()).hexdigest()[:20]
            jobs.append((pool.submit(look, world, who, work, counted / f"{key}.json"), world))
        for number, (job, world) in enumerate(jobs, start=1):
            seen.append(job.result())
            say(f"{number}/{len(jobs)} {world.kind}, seed {world.seed}: {seen[-1]['seconds']:.1f} s")
    found, known = {}, inferences()
    for name in names:
        means = {claim.name for claim in known[name].claims if claim.is_mean}
        own = [one for one, who in zip(seen, lookers.values(), strict=True) if name in who]
        rows = sum_up(row for one in own for row in one["rows"] if row["inference"] == name)
        rows = [row | {"rate": abs(row["rate"])} if row["claim"] in means else row for row in rows]
        minutes = sum(one["seconds"] for one in own) / 60
        found[name] = {"worlds": len(own), "minutes": minutes, "rows": rows}
    return found


def fingerprint() -> str:
    """Tell the code by which worlds are counted from other code."""
    digest = hashlib.sha256()
    for folder in ("sql", "synthetic", "transforms", "benchmarks/calibration"):
        for file in sorted((ROOT / folder).rglob("*")):
            if file.suffix in {".py", ".sql"}:
                digest.update(file.read_bytes())
    return digest.hexdigest()


def worlds_of(size: str, names: Iterable[str]) -> dict[World, list[str]]:
    """Give each world once, with the inferences that look into it; all kinds take turns."""
    known, lookers = inferences(), {}
    for name in names:
        for world in known[name].worlds(size):
            lookers.setdefault(world, []).append(name)
    return dict(sorted(lookers.items(), key=lambda pair: pair[0].seed))


def look(world: World, names: list[str], work: Path, file: Path) -> Found:
    """Make a world, and count in it what some inferences claim; or read what was counted before.

    Returns
    -------
    dict
        seconds of processor time, and rows: inference, kind, claim, hits, of.
    """
    if not file.exists():
        write(file, _count(world, names, work))
    # What was written is rounded: who goes on after a stop finds the same.
    return json.loads(file.read_text(encoding="utf-8"))


def _count(world: World, names: list[str], work: Path) -> Found:
    started = time.process_time()
    known = inferences()
    tables = dict.fromkeys(table for name in names for table in known[name].tables)
    rows = []
    with (
        tempfile.TemporaryDirectory(dir=work) as folder,
        open(devnull, "w") as quiet,
        redirect_stdout(quiet),
        build(world, tables, Path(folder)) as connection,
    ):
        for name in names:
            counted = known[name].count(connection, world)
            rows += [
                {"inference": name, "kind": world.kind, "claim": claim, "hits": float(hits), "of": float(of)}
                for counts in (counted if isinstance(counted, list) else [counted])
                for claim, (hits, of) in counts.items()
            ]
    gc.collect()
    return {"seconds": round(time.process_time() - started, 3), "rows": rows}


def sum_up(counted: Iterable[Mapping[str, Any]]) -> list[Found]:
    """Add up the worlds of a kind: a rate is all hits over all cases.

    The error is that of a ratio of sums, each world being one draw: cases in a world depend on each
    other. Of one world there is none.

    Examples
    --------
    >>> worlds = [{"hits": 1, "of": 10}, {"hits": 3, "of": 10}]
    >>> of = {"inference": "a", "kind": "nothing", "claim": "fires"}
    >>> found = sum_up(of | world for world in worlds)
    >>> found[0]["rate"], round(found[0]["error"], 6), found[0]["worlds"]
    (0.2, 0.1, 2)
    """
    grouped: dict[tuple[str, str, str], list[tuple[float, float]]] = {}
    for row in counted:
        key = (row["inference"], row["kind"], row["claim"])
        if row["of"]:
            grouped.setdefault(key, []).append((row["hits"], row["of"]))
    found = []
    for (inference, kind, claim), pairs in grouped.items():
        hits, cases = (sum(column) for column in zip(*pairs, strict=True))
        rate, many = hits / cases, len(pairs)
        apart = sum((hit - rate * of) ** 2 for hit, of in pairs)
        error = sqrt(apart * many / (many - 1)) / cases if many > 1 else None
        found.append(
            {
                "inference": inference,
                "kind": kind,
                "claim": claim,
                "rate": rate,
                "error": error,
                "cases": cases,
                "worlds": many,
            }
        )
    return found
