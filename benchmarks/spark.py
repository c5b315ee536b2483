"""The world's side on Apache Spark beside DuckDB, table by table: `python -m benchmarks spark`.

Wants pyspark, so it is run by `.venv-spark/bin/python`. Each of both runs in a process of its own, from the
raw files over staging to what crosses to a topic of a fiftieth of the families, on the same made-up world.
Seconds of CPU are those of the process and all below it: the JVM, and Python where rows are. Bytes and
records are those that Spark's own event log tells of its tasks. From the smallest and the largest world it
follows what a further family costs.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from math import log
from pathlib import Path
from statistics import mean
from typing import Any

from benchmarks.run import RESULTS, ROOT, resume, say, write
from corepath.synthetic import topic as topics

TICKS = os.sysconf("SC_CLK_TCK")
WORLD_FAMILIES = 75_000_000  # of some 150 million publications
CORES = 4  # of an executor
TOPIC_SHARE = 0.02
ENGINES = ("DuckDB", "Spark")


def main(arguments: list[str]) -> None:
    """Measure worlds of several sizes, and print what follows as Markdown."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks spark", description=__doc__)
    parser.add_argument("--families", type=int, nargs="+", default=[50_000, 200_000, 1_000_000])
    parser.add_argument("--spark", default="local[2]", help="master  [local[2]]")
    parser.add_argument("--threads", type=int, default=2, help="of DuckDB  [2]")
    parser.add_argument("--memory", default="3g", help="of Spark's driver  [3g]")
    parser.add_argument("--work", type=Path, default=Path(tempfile.gettempdir()) / "corepath-benchmarks")
    parser.add_argument("--results", type=Path, default=RESULTS / "spark.json")
    options = parser.parse_args(arguments)
    options.work.mkdir(parents=True, exist_ok=True)
    limits = {"spark": options.spark, "threads": options.threads, "memory": options.memory}
    report = resume(options.results, "spark", {"topic_share": TOPIC_SHARE, **limits})
    topic = topics.write(options.work / "topic.toml", **topics.FEW_DRAWS)
    for families in sorted(set(options.families) - {taken["families"] for taken in report["rounds"]}):
        dump = options.work / f"google_patents-{families}-8-{TOPIC_SHARE}"
        if not dump.exists():
            shape = [
                "--families",
                str(families),
                "--layout",
                "google_patents",
                "--shards",
                "8",
                "--topic-share",
                str(TOPIC_SHARE),
                "--seed",
                "1",
                "--out",
                str(dump),
            ]
            _run("corepath.synthetic.world", *shape)
        taken: dict[str, Any] = {"families": families}
        with tempfile.TemporaryDirectory(dir=options.work) as folder:
            for engine, given in (
                ("DuckDB", [str(options.threads)]),
                ("Spark", [options.spark, options.memory]),
            ):
                told = Path(folder, f"{engine}.json")
                _run("benchmarks.spark", engine, str(dump), folder, str(told), str(topic), *given)
                taken[engine] = json.loads(told.read_text())
        report["rounds"].append(taken)
        write(options.results, report)
    print(as_markdown(report["rounds"]))


def _run(module: str, *arguments: str) -> None:
    say(f"{module} {' '.join(arguments)}")
    subprocess.run([sys.executable, "-m", module, *arguments], cwd=ROOT, check=True, stdout=sys.stderr)


# --- What is measured -----------------------------------------------------------------------------


class Clock:
    """Runs steps, and notes of each how long it took and how much CPU time, of all processes below."""

    def __init__(self) -> None:
        self.steps: dict[str, dict[str, float]] = {}
        self.spans: dict[str, tuple[float, float]] = {}

    def step(self, name: str, work: Callable[[], Any], retries: int = 0) -> Any:
        """Run a step."""
        del retries
        began, cpu = time.time(), cpu_seconds(os.getpid())
        result = work()
        ended = time.time()
        self.spans[name] = began, ended
        self.steps[name] = {
            "wall": ended - began,
            # Of a process that ended and that nobody waited for, the time is lost with it.
            "cpu": max(0.0, cpu_seconds(os.getpid()) - cpu),
        }
        return result


def cpu_seconds(process: int) -> float:
    """Add up user and system time of a process, of all below it, and of those of them that have ended."""
    below: dict[int, list[int]] = {}
    seconds: dict[int, float] = {}
    # Of a process that starts others meanwhile, its own list of them may be incomplete.
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it has ended, and its parent has its time
            fields = path.read_text().rpartition(")")[2].split()
            number = int(path.parent.name)
            below.setdefault(int(fields[1]), []).append(number)
            seconds[number] = sum(map(int, fields[11:15])) / TICKS
    found, left = 0.0, [process]
    while left:
        number = left.pop()
        found += seconds.get(number, 0.0)
        left += below.get(number, [])
    return found


def on_duckdb(dump: Path, folder: Path, topic: str, threads: str) -> dict[str, Any]:
    """Make the world's side on this machine; give what each step took."""
    from corepath.warehouse.build import builder as build
    from corepath.warehouse.build.border import world_side
    from corepath.warehouse.build.graph import discover
    from corepath.warehouse.build.inputs import read_reference, write_topic
    from corepath.warehouse.database import attach, connect
    from corepath.warehouse.load.loader import load
    from corepath.warehouse.settings import Settings
    from corepath.warehouse.sources import named
    from corepath.warehouse.topic.files import read

    clock = Clock()
    settings = Settings(warehouse=folder / "warehouse.duckdb", threads=int(threads))
    source = named("google_patents")
    connection = connect(settings)
    attach(connection, settings.warehouse, "warehouse")
    connection.execute("create schema warehouse.raw; use warehouse")
    clock.step("load", lambda: load(connection, source, dump))
    connection.execute("use memory; attach ':memory:' as build")
    read_reference(connection)
    write_topic(connection, read(topic), None)
    tables = discover([source.name])
    build.create_schemas(connection, tables.values())
    ours = world_side(tables)
    for key, table in tables.items():
        if table.schema == "sources":
            build.unite_sources(connection, table, {source.name: source})
        elif table.in_warehouse or key in ours:
            clock.step(key, lambda table=table: build.make(connection, table, build.catalog_of(table)))
    return {"steps": clock.steps}


def on_spark(dump: Path, folder: Path, topic: str, master: str, memory: str) -> dict[str, Any]:
    """Make the world's side in a lake; give what each step took, and what Spark tells of its tasks."""
    from corepath.warehouse import cluster
    from corepath.warehouse.build.border import world_side
    from corepath.warehouse.build.graph import discover
    from corepath.warehouse.settings import Cluster, Settings

    events = folder / "events"
    events.mkdir()
    options = {
        "spark.driver.memory": memory,
        "spark.sql.shuffle.partitions": "8",
        "spark.local.dir": str(folder),
        "spark.eventLog.enabled": "true",
        "spark.eventLog.dir": events.as_uri(),
        "spark.eventLog.compress": "false",
        "spark.eventLog.rolling.enabled": "false",
    }
    where = Cluster(lake=str(folder / "lake"), spark=master, options=options)
    clock = Clock()
    settings = Settings(sources={"google_patents": dump}, threads=2)
    clock.step("all", lambda: cluster.stage(settings, where, clock.step))
    whole = clock.steps.pop("all")
    rest = {name: whole[name] - sum(step[name] for step in clock.steps.values()) for name in ("wall", "cpu")}
    refreshed, ours = Clock(), world_side(discover(["google_patents"]))
    settings = Settings(topic=topic, releases=folder / "releases", threads=2)
    cluster.refresh(settings, where, refreshed.step)
    clock.steps |= {name: step for name, step in refreshed.steps.items() if name in ours}
    spans = clock.spans | refreshed.spans
    tasks = list(read_tasks(events))
    for name, step in clock.steps.items():
        began, ended = spans[name]
        step |= of_tasks([task for task in tasks if began <= task["ended"] <= ended])
    return {"steps": clock.steps | {"session": rest}}


def read_tasks(events: Path) -> Iterator[dict[str, Any]]:
    """Read Spark's event log: of each task its stage, end, bytes and records of its shuffle."""
    for file in events.iterdir():
        for line in file.read_text().splitlines():
            event = json.loads(line)
            if event["Event"] == "SparkListenerTaskEnd" and event.get("Task Metrics"):
                metrics = event["Task Metrics"]
                read = metrics["Shuffle Read Metrics"]
                yield {
                    "stage": event["Stage ID"],
                    "ended": event["Task Info"]["Finish Time"] / 1000,
                    "written": metrics["Shuffle Write Metrics"]["Shuffle Bytes Written"],
                    "records": read["Total Records Read"],
                }


def of_tasks(tasks: list[dict[str, Any]]) -> dict[str, float]:
    """Give the bytes that were shuffled, and the records of the fullest task beside the mean's."""
    stages: dict[int, list[int]] = {}
    for task in tasks:
        stages.setdefault(task["stage"], []).append(task["records"])
    largest = max(stages.values(), key=sum, default=[])
    skew = max(largest) / mean(largest) if sum(largest) else 1.0
    return {"shuffled": sum(task["written"] for task in tasks), "skew": skew}


# --- What follows ---------------------------------------------------------------------------------


def as_markdown(rounds: list[dict[str, Any]]) -> str:
    """Write the figures as tables, and what the world would take; steps below 1 % in one line."""
    rounds = sorted(rounds, key=lambda taken: taken["families"])
    sizes = [taken["families"] for taken in rounds]
    small, large = rounds[0], rounds[-1]
    lines = [
        f"| {sizes[-1]:,} families | DuckDB: CPU s | wall s | Spark: CPU s | wall s | shuffled MB | skew |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    steps = {engine: dict(large[engine]["steps"]) for engine in ENGINES}
    few = [name for name, step in steps["Spark"].items() if step["cpu"] < total(large["Spark"]) / 100]
    for engine in ENGINES:
        rest = [steps[engine].pop(name) for name in few if name in steps[engine]]
        steps[engine][f"{len(few)} others"] = {k: sum(step[k] for step in rest) for k in ("cpu", "wall")}
    none = {"cpu": 0.0, "wall": 0.0}
    for name, spark in sorted(steps["Spark"].items(), key=lambda step: -step[1]["cpu"]):
        duckdb = steps["DuckDB"].get(name, none)
        shuffled = f"{spark['shuffled'] / 1e6:.1f} | {spark['skew']:.1f}" if "shuffled" in spark else " | "
        lines.append(
            f"| {name} | {duckdb['cpu']:.1f} | {duckdb['wall']:.1f} | "
            f"{spark['cpu']:.1f} | {spark['wall']:.1f} | {shuffled} |"
        )
    lines += ["", "| families | DuckDB CPU s | wall s | Spark CPU s | wall s | CPU ratio |"]
    lines += ["|---:|---:|---:|---:|---:|---:|"]
    for size, run in zip(sizes, rounds, strict=True):
        figures = [f"{total(run[engine], what):.0f}" for engine in ENGINES for what in ("cpu", "wall")]
        ratio = total(run["Spark"]) / total(run["DuckDB"])
        lines.append(f"| {size:,} | {' | '.join(figures)} | {ratio:.1f} |")
    if len(sizes) > 1:
        slopes = {
            engine: (total(large[engine]) - total(small[engine])) / (sizes[-1] - sizes[0])
            for engine in ENGINES
        }
        exponents = {
            engine: log(total(large[engine]) / total(small[engine])) / log(sizes[-1] / sizes[0])
            for engine in ENGINES
        }
        hours = {engine: slope * WORLD_FAMILIES / 3600 for engine, slope in slopes.items()}
        shuffled = sum(step.get("shuffled", 0) for step in large["Spark"]["steps"].values()) / sizes[-1]
        lines += [
            "",
            f"CPU of a further family: DuckDB {1000 * slopes['DuckDB']:.2f} ms, Spark "
            f"{1000 * slopes['Spark']:.2f} ms; {shuffled / 1000:.1f} kB shuffled. Slope of log CPU over log "
            f"families: {exponents['DuckDB']:.2f} and {exponents['Spark']:.2f}.",
            f"{WORLD_FAMILIES:,} families: DuckDB {hours['DuckDB']:.0f} core-hours, Spark "
            f"{hours['Spark']:.0f}, {shuffled * WORLD_FAMILIES / 1e9:.0f} GB shuffled.",
            "",
            f"| executors of {CORES} cores | hours, if all are busy |",
            "|---:|---:|",
            *(f"| {n} | {hours['Spark'] / n / CORES:.1f} |" for n in (2, 4, 8, 16, 32)),
        ]
    return "\n".join(lines)


def total(run: dict[str, Any], what: str = "cpu") -> float:
    """Add up the seconds of a run's steps, CPU or wall."""
    return sum(step[what] for step in run["steps"].values())


if __name__ == "__main__":
    engine, dump, folder, told, *given = sys.argv[1:]
    measure = on_duckdb if engine == "DuckDB" else on_spark
    Path(told).write_text(json.dumps(measure(Path(dump), Path(folder), *given)))
