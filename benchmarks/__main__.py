"""Measure corepath: `python -m benchmarks all`, or one of its parts; see CONTRIBUTING.md.

`python -m benchmarks topic --labels FILE` measures a topic by labelled documents instead, and
`python -m benchmarks spark` the world's side on Apache Spark.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb

from benchmarks import loading, method, paths, report, selection, spark, topic, validation, weekly
from benchmarks.calibration import runner as calibration
from benchmarks.compare import MARTS, differences
from benchmarks.run import RESULTS, ROOT, Contender, alternate, measure, say
from corepath.synthetic import topic as topics
from corepath.warehouse.database import literal

# How many families a part takes, or documents: `small` is done in minutes, `full` is what the
# targets ask for.
SIZES: dict[str, dict[str, list[int]]] = {
    "small": {
        "crossing": [2_500, 5_000],
        "floor": [5_000],
        "growth": [2_000, 4_000, 8_000, 16_000],
        "refresh": [5_000],
        "weekly": [20_000],
        "phases": [5_000],
        "loading": [5_000],
        "method": [5_000],
        "paths": [25_000],
        "validation": [100_000],
        "networks": [5_000],
        "selection": [100_000],
    },
    "full": {
        "crossing": [25_000, 100_000, 400_000, 1_000_000],
        "floor": [1_000_000],
        "growth": [250_000, 500_000, 1_000_000, 4_000_000],
        "refresh": [1_000_000],
        "weekly": [400_000, 1_000_000, 4_000_000],
        "phases": [1_000_000],
        "loading": [1_000_000],
        "method": [1_000_000],
        "paths": [62_500],
        "validation": [10_000_000],
        "networks": [200_000],
        "selection": [10_000_000],
    },
}
PARTS = tuple(SIZES["small"])
XML_BYTES_A_FAMILY = 600  # so that the XML is of the order of the other dumps
SHARDS = 100  # of which one is 1 %
SECOND_TOPIC = "ai_chips"
BUILT = "built.duckdb"
TOPIC_SHARE = 0.02  # of a national office's families


class Bench:
    """The parts, and what they share: where worlds are kept and how much of the machine to take."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.work: Path = options.work.resolve()
        self.work.mkdir(parents=True, exist_ok=True)
        self.runs: int = options.runs
        self.results: Path = options.results
        self.limits = {"memory": options.memory, "threads": options.threads}
        self.few = topics.write(self.work / "topic.toml", **topics.FEW_DRAWS)
        self.second = topics.write(self.work / "second.toml", shipped=SECOND_TOPIC, **topics.FEW_DRAWS)
        # Not the user's own Prefect: neither its server nor its database.
        os.environ["PREFECT_HOME"] = str(self.work / "prefect")
        for name in [n for n in os.environ if n.startswith(("COREPATH_", "PREFECT_API"))]:
            del os.environ[name]

    def floor(self, sizes: list[int]) -> None:
        """Against a bare script of DuckDB."""
        dump = self._world(sizes[0], topic_share=TOPIC_SHARE)
        self._start_prefect_once()
        limits = [f"--{name}={value}" for name, value in self.limits.items()]

        def same(folders: Mapping[str, Path]) -> None:
            release = folders["corepath"] / "releases" / topics.SHIPPED / "latest"
            _require_same(release, folders["floor"] / "marts")
            _require_same(_marts_of(folders["corepath build"]), folders["floor"] / "marts")

        contenders = {
            "corepath": Contender(lambda folder: self._command(folder, dump)),
            "corepath build": self._build(dump),
            "floor": self._script("floor", dump, limits),
        }
        parameters = {"families": sizes[0], "topic_share": TOPIC_SHARE}
        self._alternate("floor", contenders, parameters, after=same)

    def crossing(self, sizes: list[int]) -> None:
        """Against a script of pandas and networkx, of the same tables, by size: where it crosses."""
        contenders = {}
        for size in sorted(sizes, reverse=True):
            world = self._world(size, topic_share=TOPIC_SHARE)
            contenders[f"analyst {size}"] = self._script("analyst", world, [])
            contenders[f"corepath build {size}"] = self._build(world)

        def same(folders: Mapping[str, Path]) -> None:
            for size in sizes:
                _require_same(
                    _marts_of(folders[f"corepath build {size}"]), folders[f"analyst {size}"] / "marts"
                )

        self._alternate("crossing", contenders, {"sizes": sizes, "topic_share": TOPIC_SHARE}, after=same)

    def _script(self, name: str, dump: Path, options: list[str]) -> Contender:
        def script(folder: Path) -> list[str]:
            _warm(dump)
            program = [*_python(f"benchmarks.{name}"), "--topic", str(self.few), *options]
            return [*program, str(dump), str(folder / "marts")]

        return Contender(script)

    def _build(self, dump: Path) -> Contender:
        """Give `corepath build` of the tables that are compared."""

        def build(folder: Path) -> list[str]:
            _warm(dump)
            where = ["--warehouse", f"{folder}/warehouse.duckdb", "--out", str(folder / BUILT)]
            limits = [f"--{name}={value}" for name, value in self.limits.items()]
            program = [*_python("corepath.flows.cli"), "build", *MARTS, "--topic", str(self.few)]
            return [*program, "--source", f"google_patents={dump}", *where, *limits]

        return Contender(build)

    def growth(self, sizes: list[int]) -> None:
        """A refresh of worlds of several sizes."""
        self._start_prefect_once()
        # The largest first: if one fails, it fails soon.
        contenders = {
            str(size): self._refresh(self._world(size, topic_share=TOPIC_SHARE))
            for size in sorted(sizes, reverse=True)
        }
        self._alternate("growth", contenders, {"sizes": sizes, "topic_share": TOPIC_SHARE})

    def phases(self, sizes: list[int]) -> None:
        """Where the time of a refresh goes, and what Prefect adds to it."""
        self._start_prefect_once()
        dump = self._world(sizes[0])
        contenders = {"orchestrated": self._refresh(dump), "plain": self._refresh(dump, "--plain")}
        self._alternate("phases", contenders, {"families": sizes[0]})

    def refresh(self, sizes: list[int]) -> None:
        """A refresh of all, of nothing, of 1 % new files, and of a second topic; of a topic of nearly all."""
        files = sorted(self._world(sizes[0], shards=SHARDS).iterdir())
        contenders = {
            "full": self._step(1, self.few, files[:-1]),
            "nothing changed": self._step(2, self.few),
            "1 % of files new": self._step(3, self.few, files[-1:]),
            "second topic": self._step(4, self.second),
        }
        parameters = {"families": sizes[0], "files": len(files)}
        self._alternate("refresh", contenders, parameters, in_order=True)

    def weekly(self, sizes: list[int]) -> None:
        """A refresh of all, of nothing and of new files; of a topic of a fiftieth."""
        for size in sizes:
            self._weekly(size, "weekly" if size == sizes[0] else f"weekly_{size}")

    def _weekly(self, size: int, name: str) -> None:
        world = self._world(size, shards=SHARDS, topic_share=TOPIC_SHARE)
        files = sorted(world.iterdir())
        unread = self.work / f"{world.name}.unread.parquet"
        if not unread.exists():
            weekly.write_designs(files[-1], unread)
        contenders = {
            weekly.FULL: self._step(1, self.few, files[:-1]),
            weekly.NOTHING: self._step(2, self.few),
            weekly.COMMAND: Contender(lambda folder: self._command(folder, Path("dump"))),
            weekly.UNREAD: self._step(3, self.few, [unread]),
            weekly.NEW: self._step(4, self.few, files[-1:]),
        }
        parameters = {"families": size, "files": len(files), "topic_share": TOPIC_SHARE}
        self._alternate(name, contenders, parameters, in_order=True)

    def _step(self, number: int, topic: Path, shown: Sequence[Path] = ()) -> Contender:
        """Give a refresh of the dump in its round's folder, after some files were added to it."""

        def show(folder: Path) -> None:
            (folder / "dump").mkdir(exist_ok=True)
            for file in shown:
                (folder / "dump" / file.name).hardlink_to(file)

        return self._refresh(Path("dump"), "--plain", topic=topic, tells=f"{number}.json", before=show)

    def loading(self, sizes: list[int]) -> None:
        """Raw tables, against the least that reads the same columns or elements."""
        xml = self.work / f"xml-{sizes[0]}"
        if not xml.exists():
            aside = self.work / f".xml-{os.getpid()}"
            loading.write_xml(aside, max(64, sizes[0] * XML_BYTES_A_FAMILY // 2**20), 4)
            aside.rename(xml)
        dumps = {
            "patentsview": self._world(sizes[0], "patentsview"),
            "google_patents": self._world(sizes[0]),
            "uspto": xml,
        }
        environment = {f"BENCHMARK_{name.upper()}": str(v) for name, v in self.limits.items()}
        contenders = {}
        for source, dump in dumps.items():
            for how in ("corepath", "bare", *(["cut"] if source == "uspto" else [])):
                contenders[f"{source} {how}"] = Contender(
                    lambda folder, how=how, source=source, dump=dump: [
                        *_python("benchmarks.loading"),
                        how,
                        source,
                        str(dump),
                        str(folder / "loaded.duckdb"),
                    ],
                    before=lambda folder, dump=dump: _warm(dump),
                    environment=environment,
                )
        self._alternate("loading", contenders, {"families": sizes[0]})

    def method(self, sizes: list[int]) -> None:
        """Indicators, weights, scores and ranks against one bare script; and the bootstrap."""
        dump = self._world(sizes[0])
        draws: dict[str, Any] = topics.FEW_DRAWS | {"samples": 500}
        everything = topics.write(
            self.work / "everything.toml",
            everything=True,
            indicators=method.INDICATORS,
            minimum_coverage=0,
            **draws,
        )
        limits = [f"--{name}={value}" for name, value in self.limits.items()]

        def script(folder: Path) -> list[str]:
            where = [str(folder / "warehouse.duckdb"), str(everything), str(folder)]
            return [*_python("benchmarks.method"), *where, *limits]

        def same(folders: Mapping[str, Path]) -> None:
            folder = folders["bare"]
            if found := method.differences(folder / "releases" / "everything" / "latest", folder):
                raise SystemExit("the numbers differ:\n" + "\n".join(found))

        contenders = {
            "corepath": self._refresh(dump, "--plain", topic=everything),
            "bare": Contender(script, tells="bare.json"),
        }
        self._alternate("method", contenders, {"families": sizes[0]}, in_order=True, after=same)

    def paths(self, sizes: list[int]) -> None:
        """Planted paths beside the found ones; a round is a seed."""
        paths.measure(sizes[0], self.runs, self.limits, self.work, self.results / "paths.json")

    def validation(self, sizes: list[int]) -> None:
        """The suite of a mart with so many families."""
        database = self.work / f"{validation.MART}-{sizes[0]}.duckdb"
        if not database.exists():
            dump = self._world(5_000)
            with tempfile.TemporaryDirectory(dir=self.work) as name:
                folder = Path(name)
                measure(self._refresh(dump, "--plain"), folder)
                release = folder / "releases" / topics.SHIPPED / "latest" / "corepath.duckdb"
                validation.multiply(release, folder / database.name, sizes[0])
                (folder / database.name).rename(database)
        limits = [f"--{name}={value}" for name, value in self.limits.items()]

        def validate(folder: Path) -> list[str]:
            where = [str(database), str(folder / "validation.json")]
            return [*_python("benchmarks.validation"), *where, *limits]

        contenders = {"corepath": Contender(validate, tells="validation.json")}
        self._alternate("validation", contenders, {"families": sizes[0]})

    def networks(self, sizes: list[int]) -> None:
        """Networks of a topic's countries; and each measure of one against a library's call."""
        topic = topics.write(self.work / "networks.toml", everything=True, core_share=0.99, samples=10)
        contenders = {
            "corepath": self._refresh(self._world(sizes[0]), "--plain", topic=topic),
            "measures": Contender(
                lambda folder: [*_python("benchmarks.networks"), str(folder / "measures.json")],
                tells="measures.json",
            ),
        }
        self._alternate("networks", contenders, {"families": sizes[0]})

    def selection(self, sizes: list[int]) -> None:
        """What a topic of words and classes lets in, of so many documents."""
        documents = self.work / f"documents-{sizes[0]}.duckdb"
        if not documents.exists():
            dump = self._world(5_000 if sizes[0] <= 1_000_000 else 250_000)
            with tempfile.TemporaryDirectory(dir=self.work) as name:
                folder = Path(name)
                measure(self._refresh(dump, "--plain"), folder)
                many = folder / documents.name
                limits = {"memory_limit": self.limits["memory"], "temp_directory": f"{name}/spilled"}
                selection.multiply(folder / "warehouse.duckdb", sizes[0], many, limits)
                many.rename(documents)
        limits = [f"--{name}={value}" for name, value in self.limits.items()]

        def select(folder: Path) -> list[str]:
            where = [str(documents), SECOND_TOPIC, str(folder / "selection.json")]
            return [*_python("benchmarks.selection"), *where, *limits]

        contenders = {"corepath": Contender(select, tells="selection.json")}
        self._alternate("selection", contenders, {"families": sizes[0]})

    # --- What they share -------------------------------------------------------------------------

    def _alternate(
        self, name: str, contenders: Mapping[str, Contender], parameters: Mapping[str, Any], **options: Any
    ) -> None:
        scratch = self.work / "rounds"
        parameters = {**parameters, **self.limits}
        alternate(name, contenders, self.runs, parameters, scratch, results=self.results, **options)

    def _world(
        self, families: int, layout: str = "google_patents", shards: int = 8, topic_share: float | None = None
    ) -> Path:
        """Generate a world, once."""
        home = self.work / f"{layout}-{families}-{shards}{f'-{topic_share}' if topic_share else ''}"
        if not home.exists():
            say(f"generating {home.name}")
            aside = self.work / f".world-{os.getpid()}"
            shape = ["--families", str(families), "--layout", layout, "--shards", str(shards)]
            if layout == "patentsview":
                shape = shape[:-2]  # its tables are one file each
            if topic_share:
                shape += ["--topic-share", str(topic_share)]
            command = [*_python("corepath.synthetic.world"), *shape, "--seed", "1", "--out", str(aside)]
            subprocess.run(command, cwd=ROOT, check=True, stdout=sys.stderr)
            aside.rename(home)
        return home

    def _start_prefect_once(self) -> None:
        """Let Prefect make its database, which takes half a minute the first time only."""
        if not (self.work / "prefect").exists():
            with tempfile.TemporaryDirectory(dir=self.work) as folder:
                command = [
                    *_python("corepath.flows.cli"),
                    "refresh",
                    "--source",
                    "ppubs=samples/ppubs",
                    "--warehouse",
                    f"{folder}/w.duckdb",
                    "--releases",
                    f"{folder}/releases",
                ]
                subprocess.run(command, cwd=ROOT, check=True, capture_output=True)

    def _command(self, folder: Path, dump: Path) -> list[str]:
        _warm(folder / dump)
        return [
            *_python("corepath.flows.cli"),
            "refresh",
            "--topic",
            str(self.few),
            "--source",
            f"google_patents={folder / dump}",
            "--warehouse",
            f"{folder}/warehouse.duckdb",
            "--releases",
            f"{folder}/releases",
            *(f"--{name}={value}" for name, value in self.limits.items()),
        ]

    def _refresh(
        self,
        dump: Path,
        *options: str,
        topic: Path | None = None,
        tells: str = "phases.json",
        before: Any = None,
    ) -> Contender:
        """Give a refresh that tells its phases; a relative dump is in the folder of the round."""
        names = {name.upper(): str(value) for name, value in self.limits.items()}

        def command(folder: Path) -> list[str]:
            _warm(folder / dump)
            settings = names | {
                "TOPIC": str(topic or self.few),
                "SOURCES": json.dumps({"google_patents": str(folder / dump)}),
                "WAREHOUSE": str(folder / "warehouse.duckdb"),
                "RELEASES": str(folder / "releases"),
            }
            given = [f"COREPATH_{name}={value}" for name, value in settings.items()]
            program = _python("benchmarks.phases")
            return ["env", *given, *program, str(folder / tells), *options]

        return Contender(command, before or (lambda folder: None), tells)


def _python(module: str) -> list[str]:
    return [sys.executable, "-m", module]


def _warm(dump: Path) -> None:
    """Bring a dump into the system's cache, lest the first contender pay for all."""
    for file in sorted(dump.iterdir()):
        with open(file, "rb") as content:
            while content.read(2**24):
                pass


def _marts_of(folder: Path) -> Path:
    """Give the tables that `corepath build` made as Parquet, for the comparison."""
    marts = folder / "marts"
    marts.mkdir()
    with duckdb.connect(folder / BUILT, read_only=True) as connection:
        for name in MARTS:
            connection.execute(f"copy marts.{name} to {literal(marts / f'{name}.parquet')} (format parquet)")
    return marts


def _require_same(one: Path, other: Path) -> None:
    if found := differences(one, other):
        raise SystemExit("the numbers differ:\n" + "\n".join(found))


def main(arguments: list[str] | None = None) -> None:
    """Run the parts that are asked for, then write the report."""
    given = sys.argv[1:] if arguments is None else arguments
    if given[:1] == ["topic"]:  # measured by labels, not by a clock: no round, size or report
        topic.main(given[1:])
        return
    if given[:1] == ["spark"]:  # wants what only the extra brings, and writes a page of its own
        spark.main(given[1:])
        return
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("part", choices=[*PARTS, "all", "report", "calibration"])
    parser.add_argument("--size", choices=list(SIZES), default="small")
    parser.add_argument("--families", type=int, nargs="+", help="instead of the size's; several for growth")
    parser.add_argument("--only", nargs="*", help="of calibration: these inferences  [all]")
    parser.add_argument("--runs", type=int, default=1, help="rounds; the report shows the median")
    parser.add_argument("--memory", default="4GB", help="limit of DuckDB")
    parser.add_argument("--threads", type=int, default=os.cpu_count(), help="of DuckDB")
    parser.add_argument(
        "--work",
        type=Path,
        default=Path(tempfile.gettempdir()) / "corepath-benchmarks",
        help="folder of worlds and rounds; 4 million families take some 30 GB",
    )
    parser.add_argument("--results", type=Path, help="folder  [full: benchmarks/results]")
    parser.add_argument("--report", type=Path, help="page  [full: docs/benchmarks.md]")
    options = parser.parse_args(arguments)
    # A quick look must not replace what was measured with care.
    is_full = options.size == "full"
    options.results = options.results or (RESULTS if is_full else options.work / "results")
    if options.part == "calibration":
        calibration.run(options.size, options.only, options.threads, options.work, options.results)
        return
    page = ROOT / "docs" / "benchmarks.md" if is_full else options.work / "benchmarks.md"
    page = options.report or page
    bench = Bench(options)
    for part in PARTS if options.part == "all" else (options.part,):
        if part != "report":
            sizes = options.families or SIZES[options.size][part]
            if part == "growth" and len(sizes) == 1:
                sizes = [sizes[0] // 8, sizes[0] // 4, sizes[0] // 2, sizes[0]]
            getattr(bench, part)(sizes)
        report.write(options.results, page)
    say(f"results: {page}")


if __name__ == "__main__":
    main()
