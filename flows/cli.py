"""The command `corepath`."""

import atexit
import importlib.metadata
import logging
import os
import re
import shlex
import shutil
import sys
import tempfile
import uuid
import webbrowser
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import asdict
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError

from corepath.flows import output, shell
from corepath.flows.logs import run_log
from corepath.flows.metrics import measured
from corepath.flows.output import say, show_json, show_markdown, show_table, stop_writing, wrapped
from corepath.flows.serve import serve
from corepath.flows.shell import Format
from corepath.flows.stopping import stop_on_signals
from corepath.synthetic.demo import FAMILIES, SHIPPED
from corepath.synthetic.demo import write as write_demo
from corepath.warehouse import fetch as fetching
from corepath.warehouse import metrics, scratch, sources
from corepath.warehouse.build import graph
from corepath.warehouse.database import SCHEMA_VERSION, reading
from corepath.warehouse.doctor import examine
from corepath.warehouse.errors import BadInput, Busy, CorepathError, UsageError, writing
from corepath.warehouse.explore import dumps, preview
from corepath.warehouse.explore.explain import as_text, explain
from corepath.warehouse.explore.measure import as_markdown, measure
from corepath.warehouse.place import is_uri, shown
from corepath.warehouse.plan import Run, foresee, resolve
from corepath.warehouse.plan import as_dict as plan_as_dict
from corepath.warehouse.plan import as_text as as_plan
from corepath.warehouse.refresh import Outcome, plain, up_to_date
from corepath.warehouse.release import diff, history, schema
from corepath.warehouse.release import repository as release
from corepath.warehouse.release.pages import figure as draw_figure
from corepath.warehouse.release.query import reading as reading_release
from corepath.warehouse.release.summary import as_dict as release_as_dict
from corepath.warehouse.release.summary import brief, summarise
from corepath.warehouse.release.verify import must_be_whole, verify
from corepath.warehouse.reproduce import other_versions, reproduce
from corepath.warehouse.settings import Cluster, Settings, help_of
from corepath.warehouse.topic import files as topic
from corepath.warehouse.topic import init
from corepath.warehouse.topic.files import read as read_topic
from corepath.warehouse.topic.query import Dialect, query

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="""
Find the key core technologies of a field in the world's patents, measure how they converge,
and publish what was found as a versioned dataset.

Start with a made-up world: `corepath demo`, then `corepath open --topic ai_chips --releases demo/releases`.
With patents of your own: `corepath refresh --source NAME=PATH`, then `corepath show`. Every option can also
come from the environment, as `COREPATH_TOPIC`, `COREPATH_RELEASES`, ...

Before a run: `corepath refresh --plan` foretells what it will load, build and skip, and why. While you
develop: `corepath build TABLE` builds single tables, `corepath graph` shows what is made of what.
After it: `corepath sql` and `open`, `versions`, `diff`, `rollback`; `doctor` when something is damaged.
Commands that read take `--json`.

Exit codes: 0 published, or nothing to do; 1 a defect; 2 wrong usage; 3 bad input, or a damaged
release; 4 not published: validation failed, too much changed, or too little to analyse; 5 another run holds
the warehouse or the releases; 6 a dump, the warehouse, Prefect's server or the place of the releases cannot
be reached, read or written; 130 or 143 stopped by Ctrl-C or TERM.
""",
)


def _topic_names(incomplete: str) -> list[str]:
    return [path.stem for path in topic.available() if path.stem.startswith(incomplete)]


def _table_names(incomplete: str) -> list[str]:
    tables = graph.discover(sources.available()).values()
    return sorted({t.name for t in tables if t.name.startswith(incomplete)})


def _source_names(incomplete: str) -> list[str]:
    return [f"{name}=" for name in sources.available() if name.startswith(incomplete)]


def _versions(context: typer.Context, incomplete: str) -> list[str]:
    given = {name: context.params.get(name) for name in ("topic", "releases")}
    known = _releases(_settings(**given)).published()
    return [version for version in reversed(known) if version.startswith(incomplete)]


TopicName = Annotated[str | None, typer.Option("--topic", help=help_of("topic"), autocompletion=_topic_names)]
ReleasesPlace = Annotated[str | None, typer.Option("--releases", help=help_of("releases"))]

Version = Annotated[
    str | None,
    typer.Argument(help="Version, such as 2026.11.0; the latest by default.", autocompletion=_versions),
]
OneVersion = Annotated[str, typer.Argument(help="Version, such as 2026.11.0.", autocompletion=_versions)]
AsJson = Annotated[bool, typer.Option("--json", help="Write JSON, for programs.")]
Sources = Annotated[
    list[str] | None,
    typer.Option(
        "--source",
        metavar="NAME=PATH",
        help=f"{help_of('sources')} Repeat it for more.",
        autocompletion=_source_names,
    ),
]


LakePlace = Annotated[
    str | None, typer.Option("--lake", metavar="PLACE", help=Cluster.model_fields["lake"].description)
]
SparkMaster = Annotated[
    str | None, typer.Option("--spark", metavar="MASTER", help=Cluster.model_fields["spark"].description)
]
SparkOptions = Annotated[
    list[str] | None,
    typer.Option("--spark-option", metavar="NAME=VALUE", help=Cluster.model_fields["options"].description),
]


def _show_version(asked: bool) -> None:
    if asked:
        print(
            f"corepath {importlib.metadata.version('corepath')} (schema {SCHEMA_VERSION}, "
            f"DuckDB {importlib.metadata.version('duckdb')}, Python {sys.version.split()[0]})"
        )
        raise typer.Exit


@app.callback()
def _common(
    version: Annotated[
        bool,
        typer.Option(
            "--version", "-V", is_eager=True, callback=_show_version, help="Show the version and exit."
        ),
    ] = False,
) -> None:
    del version


class GraphFormat(StrEnum):
    """How to write the graph."""

    text = "text"
    mermaid = "mermaid"


@app.command(rich_help_panel="Run")
def refresh(
    topic: TopicName = None,
    source: Sources = None,
    countries: Annotated[str | None, typer.Option(help=help_of("countries"))] = None,
    warehouse: Annotated[Path | None, typer.Option(help=help_of("warehouse"))] = None,
    releases: ReleasesPlace = None,
    reject_share: Annotated[float | None, typer.Option(help=help_of("reject_share"))] = None,
    allowed_drop: Annotated[float | None, typer.Option(help=help_of("allowed_drop"))] = None,
    memory: Annotated[str | None, typer.Option(help=help_of("memory"))] = None,
    threads: Annotated[int | None, typer.Option(help=help_of("threads"))] = None,
    task_runner: Annotated[str | None, typer.Option(help=help_of("task_runner"))] = None,
    truth: Annotated[Path | None, typer.Option(help=help_of("truth"))] = None,
    logs: Annotated[Path | None, typer.Option(help=help_of("logs"))] = None,
    keep_logs: Annotated[int | None, typer.Option(help=help_of("keep_logs"))] = None,
    log_format: Annotated[str | None, typer.Option(help=help_of("log_format"))] = None,
    metrics: Annotated[Path | None, typer.Option(help=help_of("metrics"))] = None,
    plan: Annotated[
        bool, typer.Option("--plan", help="Only print what would be loaded, built and skipped, and why.")
    ] = False,
    lake: LakePlace = None,
    spark: SparkMaster = None,
    spark_option: SparkOptions = None,
    as_json: AsJson = False,
) -> None:
    """Load what is new, build, validate and publish.

    Files that have not changed are not read again, tables of the warehouse that would come out
    the same are not built again, and if nothing changed at all nothing is published.
    """
    with _explained():
        settings = _settings(
            topic=topic,
            sources=_pairs(source),
            countries=countries,
            warehouse=warehouse,
            releases=releases,
            reject_share=reject_share,
            allowed_drop=allowed_drop,
            memory=memory,
            threads=threads,
            task_runner=task_runner,
            truth=truth,
            logs=logs,
            keep_logs=keep_logs,
            log_format=log_format,
            metrics=metrics,
        )
        if lake or spark:
            cluster = _cluster(lake, spark, spark_option)
            if source or plan:
                raise UsageError("the sources of a lake are those it was staged from: no --source, no --plan")
            from corepath.flows.lake import refresh_on_lake

            with _logged():
                _show_outcome(settings, refresh_on_lake(settings, cluster), as_json)
            return
        _require_folder(settings.warehouse)
        if plan:
            found = foresee(resolve(settings))
            if as_json:
                show_json(plan_as_dict(found))
            else:
                print(as_plan(found))
            return
        _show_outcome(settings, _refresh(settings), as_json)


@app.command("stage", rich_help_panel="Run")
def stage_lake(
    lake: LakePlace = None,
    spark: SparkMaster = None,
    source: Sources = None,
    reject_share: Annotated[float | None, typer.Option(help=help_of("reject_share"))] = None,
    spark_option: SparkOptions = None,
    as_json: AsJson = False,
) -> None:
    """Load raw dumps into a lake and make staging of them, on Apache Spark.

    For dumps that outgrow one machine; `docs/scale.md` says when that is. Then
    `corepath refresh --lake PLACE --spark MASTER` makes releases from the lake.
    """
    with _explained():
        objects = {pair for pair in source or [] if is_uri(pair.partition("=")[2])}
        settings = _settings(
            sources=_pairs([pair for pair in source or [] if pair not in objects]), reject_share=reject_share
        )
        cluster = _cluster(lake, spark, spark_option, objects)
        from corepath.flows.lake import stage

        with _logged():
            staged = stage(settings, cluster)
        failed = [asdict(result) for result in staged.results if result.outcome != "passed"]
        if as_json:
            show_json({"lake": staged.place, "rows": staged.rows, "warnings": failed})
        else:
            tables = sum(rows > 0 for rows in staged.rows.values())
            say(f"Staged {staged.place}: {tables} tables; {len(failed)} expectations did not pass")
            say(f"  next      corepath refresh --lake {shlex.quote(cluster.lake)} --spark {cluster.spark}")


def _cluster(
    lake: str | None, spark: str | None, options: list[str] | None, dumps: Iterable[str] = ()
) -> Cluster:
    if not (lake and spark):
        raise UsageError("give both --lake, where the tables are, and --spark, the master that makes them")
    # Prefect's own lines tell of runs and states; the steps' are ours.
    os.environ.setdefault("PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL", "CRITICAL")
    pairs = [option.partition("=") for option in options or []]
    for name, equals, value in pairs:
        if not (name and equals and value):
            raise UsageError(f"--spark-option {name}: write NAME=VALUE, such as spark.executor.memory=8g")
    try:
        return Cluster(
            lake=lake,
            spark=spark,
            options={name: value for name, _, value in pairs},
            dumps=dict(pair.split("=", 1) for pair in dumps),
        )
    except ValidationError as error:
        problems = [p["msg"].removeprefix("Value error, ") for p in error.errors()]
        raise UsageError("; ".join(problems)) from None


def _refresh(settings: Settings) -> Outcome:
    """Run the flow, and show how far it is."""
    # Prefect takes seconds to start: what is plainly wrong is said before, and that nothing changed,
    # unless a server is to hear of each run.
    run = resolve(settings)
    if not os.environ.get("PREFECT_API_URL"):
        with suppress(Busy):
            if outcome := up_to_date(run):
                with run_log(settings, str(uuid.uuid4())), measured(settings) as measure:
                    measure.outcome = outcome
                return outcome
    # Importing it takes a moment, as what it shows needs much of the warehouse.
    from corepath.flows.progress import START, showing, stepping

    # Prefect's own lines tell of runs and states; the steps' are ours.
    os.environ.setdefault("PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL", "CRITICAL")
    logging.getLogger("corepath").setLevel(logging.INFO)
    with showing(run, output.errors):
        # Prefect takes seconds to import: only who refreshes waits for it.
        with stepping(START, ends=False):
            from prefect.logging.handlers import APILogHandler

            from corepath.flows.refresh import outcomes, require_server
            from corepath.flows.refresh import refresh as flow

            require_server()
        outcomes.clear()  # of an earlier run in this process
        try:
            return flow(settings)
        except CorepathError:
            raise
        except Exception as error:
            if not outcomes:
                raise
            # The release is there, whatever became of Prefect's account of it.
            logging.getLogger("corepath").warning("Prefect could not note how the run ended: %s", error)
            return outcomes[-1]
        finally:
            APILogHandler().flush()  # before Prefect's own server goes down


def _show_outcome(settings: Settings, outcome: Outcome, as_json: bool) -> None:
    """Tell in some ten lines how a refresh ended, and what comes next."""
    where = f"{shown(settings.releases)}/{outcome.topic}/{outcome.version}"
    options = "".join(
        f" --{name} {shlex.quote(str(getattr(settings, name)))}"
        for name in ("topic", "releases")
        if getattr(settings, name) != Settings.model_fields[name].default
    )
    if as_json:
        told = {name: getattr(outcome, name) for name in ("status", "topic", "version", "rows")}
        failed = [asdict(result) for result in outcome.results if result.outcome != "passed"]
        show_json(told | {"path": where, "warnings": failed})
    elif outcome.status == "unchanged":
        say(f"Nothing changed: {outcome.topic} {outcome.version} is up to date, {where}")
    elif outcome.status == "withdrawn":
        say(
            f"Nothing published: what comes of this input was rolled back; {outcome.topic} "
            f"{outcome.version} stays the latest, {where}"
        )
    else:
        made_up = ", a made-up world" if settings.truth else ""
        say(f"Published {outcome.topic} {outcome.version}{made_up}")
        lines = [("where", where), *brief(outcome.path)]
        lines.append(("next", f"corepath open{options}, or: show, diff, sql"))
        for what, text in lines:
            width = output.console.width - 12 if output.console.is_terminal else len(text)
            first, *rest = wrapped(text, max(width, 20))
            say(f"  {what:8}  {first}")
            for line in rest:
                say(f"{'':12}{line}")


def _is_asked() -> bool:
    """Whether somebody is there to answer a question."""
    return sys.stdin.isatty() and output.errors.is_terminal


def _require_folder(warehouse: Path) -> None:
    """Offer to make the folder of a warehouse, which may be a typing error; `resolve` rejects it."""
    folder = warehouse.parent
    if (
        not folder.is_dir()
        and _is_asked()
        and typer.confirm(f"There is no folder {folder} for the warehouse. Make it?", err=True)
    ):
        try:
            folder.mkdir(parents=True)
        except OSError as error:
            raise UsageError(f"{folder} cannot be made: {error.strerror}") from error


@app.command(rich_help_panel="Run")
def demo(
    folder: Annotated[
        Path, typer.Argument(help="Folder for the world, the warehouse and the releases.")
    ] = Path("demo"),
    families: Annotated[int, typer.Option(min=300, help="Patent families of the world.")] = FAMILIES,
    topic: Annotated[
        Path, typer.Option(help="File of a topic of your own.  [default: ai_chips]", show_default=False)
    ] = SHIPPED,
) -> None:
    """Make up a world of AI chips, and publish a release of it: a first look that needs no data.

    No patent in it is real. The report puts what was planted in the world beside what was found.
    """
    with _explained():
        with writing(folder):
            topic_file = write_demo(folder, families, topic)
        settings = _settings(
            topic=str(topic_file),
            sources={"google_patents": folder / "world"},
            truth=folder / "world.truth.toml",
            warehouse=folder / "warehouse.duckdb",
            releases=folder / "releases",
        )
        _show_outcome(settings, _refresh(settings), as_json=False)


@app.command("build", rich_help_panel="Run")
def build_tables(
    tables: Annotated[
        list[str],
        typer.Argument(
            metavar="TABLE...", help="Tables to build, such as fct_patent.", autocompletion=_table_names
        ),
    ],
    out: Annotated[
        Path, typer.Option("--out", "-o", help="DuckDB file to write; an earlier one is replaced.")
    ] = Path("scratch.duckdb"),
    topic: TopicName = None,
    source: Sources = None,
    countries: Annotated[str | None, typer.Option(help=help_of("countries"))] = None,
    warehouse: Annotated[Path | None, typer.Option(help=help_of("warehouse"))] = None,
    memory: Annotated[str | None, typer.Option(help=help_of("memory"))] = None,
    threads: Annotated[int | None, typer.Option(help=help_of("threads"))] = None,
    as_json: AsJson = False,
) -> None:
    """Build tables and what they need into a scratch DuckDB; nothing is validated or published.

    `corepath build int_score fct_patent --source ppubs=samples/ppubs`

    Raw files and staging are brought up to date in the warehouse; tables of the topic are built anew.
    So the same call measures the same work each time.
    """
    with _explained():
        settings = _settings(
            topic=topic,
            sources=_pairs(source),
            countries=countries,
            warehouse=warehouse,
            memory=memory,
            threads=threads,
        )
        _require_folder(settings.warehouse)
        from corepath.flows.progress import showing, watched

        run = resolve(settings)
        steps = [f"load {name}" for name in run.sources]
        steps += [
            key
            for key in scratch.needed(run, scratch.named(run, tables))
            if run.tables[key].schema != "sources"
        ]
        logging.getLogger("corepath").setLevel(logging.INFO)
        with showing(run, output.errors, steps):
            built = scratch.build_tables(run, tables, out, watched(plain))
        made = [each for each in built if each.rows or not run.tables[each.table].in_warehouse]
        if as_json:
            show_json({"file": str(out), "tables": made})
            return
        show_table(
            ["table", "rows", "seconds"],
            [(each.table, f"{each.rows:,}", f"{each.seconds:.2f}") for each in made],
        )
        say(f"{len(made)} tables in {sum(each.seconds for each in built):.1f} s; they are in {out}")


@app.command(rich_help_panel="Releases")
def versions(topic: TopicName = None, releases: ReleasesPlace = None, as_json: AsJson = False) -> None:
    """List the releases of every topic with their status: published, refused, rolled back, pruned."""
    with _explained():
        settings = _settings(topic=topic, releases=releases)
        names = [_name(topic)] if topic else release.topics(settings.releases)
        rows, found = [], []
        for name in names:
            of_topic = release.at(settings.releases, name)
            latest, pinned = of_topic.latest(), of_topic.pinned()
            for attempt in of_topic.attempts():
                published = attempt.status == "published"
                is_latest = published and latest is not None and attempt.version == latest.version
                is_pinned = published and attempt.version in pinned
                found.append(
                    {"topic": name, **asdict(attempt), "is_latest": is_latest, "is_pinned": is_pinned}
                )
                count = f"{sum(attempt.rows.values()):,} rows" if attempt.rows else ""
                rows.append(
                    (
                        name,
                        attempt.version or "-",
                        attempt.status + " (latest)" * is_latest + " (pinned)" * is_pinned,
                        attempt.at,
                        attempt.reason or count,
                    )
                )
        if as_json:
            show_json(found)
        elif rows:
            show_table(["topic", "version", "status", "at", "rows or reason"], rows)
        else:
            say(f"No release in {shown(settings.releases)} yet: start with `corepath refresh`.")


@app.command(rich_help_panel="Read")
def show(
    version: Version = None,
    topic: TopicName = None,
    releases: ReleasesPlace = None,
    figure: Annotated[
        str | None, typer.Option(help="Write one figure of report.html, such as rank, as SVG.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="File for the figure; printed without it.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show what a release found and where it is; or write one figure of its report.

    `corepath show --figure rank -o rank.svg`
    """
    with _explained():
        settings = _settings(topic=topic, releases=releases)
        known = _releases(settings)
        path = _release(settings, version)
        where = f"{known.place}/{path.name}"
        if out is not None and figure is None:
            raise UsageError("-o writes a figure: name it, such as --figure rank")
        if figure is not None:
            drawn = draw_figure(path, figure)
            if out is None:
                print(drawn)
            else:
                try:
                    out.write_text(drawn, encoding="utf-8")
                except OSError as error:
                    raise UsageError(f"{out} cannot be written: {error.strerror}") from error
                say(f"{figure} of {where} is in {out}")
            return
        if as_json:
            show_json({"path": where} | release_as_dict(path))
            return
        show_markdown(summarise(path, where))
        say(f"In {where}")


@app.command("open", rich_help_panel="Read")
def open_page(version: Version = None, topic: TopicName = None, releases: ReleasesPlace = None) -> None:
    """Open the report of a release in the browser, and say where it is."""
    with _explained():
        settings = _settings(topic=topic, releases=releases)
        page = _release(settings, version).resolve() / "report.html"
        if not page.exists():
            raise BadInput(f"{page.parent} was made before releases had a report.html: see `corepath sql`")
        if isinstance(settings.releases, str):
            # What is read from a store is gone when this command ends, before a browser has it.
            copy = Path(tempfile.mkdtemp(prefix="corepath-"))
            page = Path(shutil.copy(page, copy))
        say(str(page))
        if not webbrowser.open(page.as_uri()):
            say("No browser was found on this machine: open the file in one.")


@app.command("sql", rich_help_panel="Read")
def query_release(
    statement: Annotated[
        str | None,
        typer.Argument(
            help="What to ask, such as 'from fct_patent'. Without it: standard input, or a prompt."
        ),
    ] = None,
    version: Annotated[
        str | None,
        typer.Option(help="Version, such as 2026.11.0; the latest by default.", autocompletion=_versions),
    ] = None,
    topic: TopicName = None,
    releases: ReleasesPlace = None,
    form: Annotated[
        Format | None,
        typer.Option("--format", help="How to write rows.  [default: table on a terminal, else csv]"),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Query the tables of a release in SQL: a statement, standard input, or a prompt on a terminal.

    `corepath sql "select country, core_families from fct_country_ranking where is_default"`

    Only this release can be read, and nothing can be changed. Tables of marts and meta need no schema.
    """
    with _explained():
        settings = _settings(topic=topic, releases=releases)
        known = _releases(settings)
        path = _release(settings, version)
        with reading_release(path) as reader:
            if statement is None and sys.stdin.isatty():
                shell.prompt(reader, f"{known.place}/{path.name}")
            else:
                text = sys.stdin.read() if statement is None else statement
                shell.run(reader, text, Format.json if as_json else form)


@app.command("reproduce", rich_help_panel="Releases")
def reproduce_release(
    release_or_folder: Annotated[
        str | None,
        typer.Argument(
            metavar="[RELEASE]",
            help="Version, or the folder of a release; the latest by default.",
            autocompletion=_versions,
        ),
    ] = None,
    topic: TopicName = None,
    releases: ReleasesPlace = None,
    source: Sources = None,
    memory: Annotated[str | None, typer.Option(help=help_of("memory"))] = None,
    threads: Annotated[int | None, typer.Option(help=help_of("threads"))] = None,
    as_json: AsJson = False,
) -> None:
    """Make a release again from its own metadata, and hold every table to its bytes.

    `corepath reproduce 2026.11.0 --source ppubs=samples/ppubs --source uspto=samples/uspto`

    Raw files are checked by hash first, then the code, the look-up tables and the topic; what is missing
    or differs is listed, and nothing is built. Exits with 3 then, and if a table has other bytes.
    """
    with _explained():
        from corepath.flows.progress import showing, steps_of, watched

        def shown_run(run: Run) -> AbstractContextManager[None]:
            return showing(run, output.errors, steps_of(run, with_prefect=False))

        settings = _settings(
            topic=topic, releases=releases, sources=_pairs(source), memory=memory, threads=threads
        )
        if release_or_folder and (Path(release_or_folder) / "datapackage.json").is_file():
            path, where = Path(release_or_folder), release_or_folder
        else:
            known = _releases(settings)
            version = known.find(release_or_folder)
            path, where = known.path(version), f"{known.place}/{version}"
        for name, (before, here) in other_versions(path).items():
            output.errors.print(
                f"warning: it was made with {name} {before}, here is {here}: bytes may differ",
                markup=False,
                highlight=False,
            )
        logging.getLogger("corepath").setLevel(logging.INFO)
        tables = reproduce(path, settings, watched(plain), shown_run)
        if as_json:
            show_json({"release": where, "tables": tables})
        else:
            show_table(["table", "bytes"], [(t.table, "same" if t.is_same else "other") for t in tables])
        others = sum(not table.is_same for table in tables)
        if others:
            raise BadInput(f"{others} of {len(tables)} tables of {where} came out with other bytes")
        if not as_json:
            say(f"{where} is reproduced: {len(tables)} tables, byte for byte")


@app.command("verify", rich_help_panel="Releases")
def verify_release(
    version: Version = None, topic: TopicName = None, releases: ReleasesPlace = None, as_json: AsJson = False
) -> None:
    """Compute every hash of a release again, open every file, and report what is wrong.

    A line a file. Exits with 3 if a file was changed, removed or added, if a Parquet file has other
    rows than datapackage.json says, if the DuckDB file does not hold the same, or if SHA256SUMS is
    not the one whose hash versions.json has.
    """
    with _explained():
        settings = _settings(topic=topic, releases=releases)
        known = _releases(settings)
        version = known.find(version)
        with reading(settings) as connection:
            checked = verify(connection, known.path(version), known.published()[version].sums)
        if as_json:
            show_json(checked)
        for found in [] if as_json else checked:
            rows = "" if found.rows is None else f"  {found.rows:,} rows"
            line = f"WRONG  {found.file}: {', '.join(found.problems)}"
            say(line if found.problems else f"ok     {found.file}{rows}")
        wrong = sum(bool(found.problems) for found in checked)
        if wrong:
            raise BadInput(
                f"{known.place}/{version} is not what was published: {wrong} of {len(checked)} "
                "files are wrong. Restore them, or go to another release with "
                "`corepath rollback VERSION`"
            )
        if not as_json:
            say(f"{known.place}/{version} is whole: {len(checked)} files")


@app.command(rich_help_panel="Releases")
def doctor(
    repair: Annotated[
        bool,
        typer.Option("--repair", help="Rebuild what can be rebuilt; what was published is never changed."),
    ] = False,
    topic: TopicName = None,
    warehouse: Annotated[
        Path | None, typer.Option(help="File that keeps raw and staged data.  [default: warehouse.duckdb]")
    ] = None,
    releases: ReleasesPlace = None,
    as_json: AsJson = False,
) -> None:
    """Check the warehouse and every release, and say what is wrong, what is lost and what helps.

    Without `--topic`, the releases of every topic are checked. Exits with 3 if something is wrong
    and was not repaired.
    """
    with _explained():
        settings = _settings(warehouse=warehouse, releases=releases)
        found = []
        for finding in examine(settings, [_name(topic)] if topic else None):
            is_repaired = repair and finding.repair is not None
            if repair and finding.repair:
                finding.repair()
            found.append(
                {
                    "place": finding.place,
                    "problem": finding.problem,
                    "consequence": finding.consequence,
                    "remedy": finding.remedy,
                    "is_repaired": is_repaired,
                }
            )
            if not as_json and is_repaired:
                say(f"REPAIRED  {finding.place} {finding.problem}: {finding.consequence}")
            elif not as_json:
                say(f"WRONG     {finding}")
        if as_json:
            show_json(found)
        left = sum(not each["is_repaired"] for each in found)
        if left:
            raise BadInput(
                f"{left} problem{'s' * (left > 1)}"
                + ("" if repair else "; `corepath doctor --repair` rebuilds what can be rebuilt")
            )
        if not as_json:
            say("repaired: all is sound now" if found else "all is sound")


@app.command("metrics", rich_help_panel="Releases")
def show_metrics(topic: TopicName = None, releases: ReleasesPlace = None) -> None:
    """Write metrics of the latest release of each topic in Prometheus' text format.

    When it was published, rows of its tables, rows and rejects of its sources, references that were
    linked. `corepath refresh --metrics FOLDER` writes them after each run, with how the run ended.
    """
    with _explained():
        settings = _settings(topic=topic, releases=releases)
        names = [_name(topic)] if topic else release.topics(settings.releases)
        latest = [name for name in names if topic or release.at(settings.releases, name).latest()]
        paths = [_release(settings.model_copy(update={"topic": name}), None) for name in latest]
        print(metrics.as_text(sample for path in paths for sample in metrics.of_release(path)), end="")


@app.command("diff", rich_help_panel="Releases")
def compare(
    before: Annotated[
        str | None,
        typer.Argument(
            help="Version to start from; without it the latest is compared with the one before it.",
            autocompletion=_versions,
        ),
    ] = None,
    after: Annotated[
        str | None,
        typer.Argument(
            help="Version to compare with it; without it BEFORE is compared with the one before it.",
            autocompletion=_versions,
        ),
    ] = None,
    topic: TopicName = None,
    releases: ReleasesPlace = None,
    as_json: AsJson = False,
) -> None:
    """Show what changed between two releases: schema, rows by key, weights, ranks, path labels.

    What changed from each release to the next is in its folder already: changes.md and
    changes.json.
    """
    with _explained():
        settings = _settings(topic=topic, releases=releases)
        known = _releases(settings)
        if before is None or after is None:
            before, after = known.before(before), known.find(before)
        sides = [diff.read(_release(settings, version)) for version in (before, after)]
        with reading(settings) as connection:
            change = diff.compare(connection, *sides)
        if as_json:
            show_json(diff.as_dict(change))
        else:
            show_markdown(diff.as_markdown(change))


@app.command(rich_help_panel="Releases")
def rollback(
    version: OneVersion,
    why: Annotated[
        str | None, typer.Option(help="The reason, for versions.json and `corepath versions`.")
    ] = None,
    topic: TopicName = None,
    releases: ReleasesPlace = None,
) -> None:
    """Point `latest` to another release, in one step; nothing is built or removed.

    The release is verified before. A refresh of unchanged input leaves `latest` there; one of
    changed input publishes. `corepath rollback` to the newer version goes forward again.
    """
    with _explained():
        settings = _settings(topic=topic, releases=releases)
        known = _releases(settings)
        with reading(settings) as connection:
            history.rollback(connection, known, version, why)
        say(f"latest is {version} now: {known.place}/{version}")


@app.command(rich_help_panel="Releases")
def pin(version: OneVersion, topic: TopicName = None, releases: ReleasesPlace = None) -> None:
    """Keep a release whatever `corepath prune` removes."""
    _pin(version, topic, releases, keep=True)


@app.command(rich_help_panel="Releases")
def unpin(version: OneVersion, topic: TopicName = None, releases: ReleasesPlace = None) -> None:
    """Let `corepath prune` remove a release again."""
    _pin(version, topic, releases, keep=False)


def _pin(version: str, topic: str | None, releases: str | None, keep: bool) -> None:
    with _explained():
        known = _releases(_settings(topic=topic, releases=releases))
        already = "" if history.pin(known, version, keep) else " already"
        say(f"{version} is {'pinned' if keep else 'not pinned'}{already}")


@app.command(rich_help_panel="Releases")
def prune(
    keep: Annotated[int, typer.Option(help="How many of the last releases to keep.")],
    yes: Annotated[
        bool, typer.Option("--yes", help="Remove them; without it, they are only listed.")
    ] = False,
    topic: TopicName = None,
    releases: ReleasesPlace = None,
    as_json: AsJson = False,
) -> None:
    """Remove old releases, beyond the last ones, those that are pinned and the latest.

    versions.json keeps their version, identity, time and rows. Their numbers are not used again.
    """
    with _explained():
        known = _releases(_settings(topic=topic, releases=releases))
        gone = history.prune(known, keep) if yes else history.prunable(known, keep)
        if as_json:
            show_json({"removed": yes, "versions": [attempt.version for attempt in gone]})
            return
        for attempt in gone:
            say(f"{'removed' if yes else 'would remove'} {known.place}/{attempt.version}")
        if not gone:
            say("nothing to remove")
        elif not yes:
            say("nothing was removed: add --yes to remove them")


@app.command("schema", rich_help_panel="Read")
def show_schema(
    version: Version = None, topic: TopicName = None, releases: ReleasesPlace = None, as_json: AsJson = False
) -> None:
    """Write the schema of a release as Markdown: tables, columns, types, keys, comments."""
    with _explained():
        settings = _settings(topic=topic, releases=releases)
        path = _release(settings, version)
        if as_json:
            show_json(schema.columns(path))
        else:
            print(schema.as_markdown(path), end="")


@app.command(rich_help_panel="Read")
def export(
    folder: Annotated[Path, typer.Argument(help="Folder to write the files into.")],
    version: Annotated[
        str | None, typer.Option(help="Version, such as 2026.11.0; the latest by default.")
    ] = None,
    topic: TopicName = None,
    releases: ReleasesPlace = None,
    population: Annotated[str, typer.Option(help="all families, or core.")] = "all",
    period: Annotated[str, typer.Option(help="all, or a period such as 2017-2021.")] = "all",
    subfield: Annotated[str, typer.Option(help="all, or a sub-field of the topic.")] = "all",
    level: Annotated[str, typer.Option(help="section, class, subclass or main_group.")] = "subclass",
) -> None:
    """Write a release's networks as GraphML, GEXF and VOSviewer's JSON."""
    # networkx takes a moment to import: only who exports waits for it.
    from corepath.warehouse.release.export import export as write_networks

    with _explained():
        settings = _settings(topic=topic, releases=releases)
        path = _release(settings, version)
        for file in write_networks(path, folder, population, period, subfield, level):
            say(str(file))


app.command(rich_help_panel="Run")(serve)

topics_app = typer.Typer(rich_markup_mode="markdown")
app.add_typer(topics_app, name="topics", rich_help_panel="Explore")


@topics_app.callback(invoke_without_command=True)
def topics(context: typer.Context, as_json: AsJson = False) -> None:
    """List the topics that ship, and how to write another; or explain a topic's choice."""
    if context.invoked_subcommand:
        return
    with _explained():
        known = [topic.read(path.stem) for path in topic.available()]
        if as_json:
            show_json([each.model_dump() for each in known])
            return
        show_table(
            ["topic", "title", "rules", "sub-fields", "variants", "compares"],
            [
                (
                    each.name,
                    each.title,
                    len(each.include) + len(each.exclude),
                    len(each.subfield),
                    ", ".join(each.variant) or "-",
                    ", ".join(each.countries),
                )
                for each in known
            ],
        )
        print(
            "\nA variant is asked for as --topic ai_chips:strict.\n\n"
            'A topic is a TOML file; the smallest has three lines:\n\n  name = "my_topic"\n'
            '  title = "My topic"\n  classes = ["G06N", "H01L21"]\n\nthen: corepath refresh '
            "--topic my_topic.toml ...; see docs/topics.md.\ncorepath topics explain "
            "explains why a publication is in a topic or not."
        )


@topics_app.command("explain")
def explain_topic(
    topic: Annotated[
        str, typer.Argument(help="Name of a topic, of a variant (ai_chips:strict), or path of a file.")
    ],
    publication: Annotated[
        str, typer.Argument(help="Number of a publication, such as US-7650331-B1 or US7650331B1.")
    ],
    warehouse: Annotated[Path | None, typer.Option(help=help_of("warehouse"))] = None,
    as_json: AsJson = False,
) -> None:
    """Explain why a publication is in a topic or not: each rule, with the classes and words found.

    It reads the warehouse of an earlier `corepath refresh`, of any topic, and changes nothing. So a
    topic can be tried on single publications before it is run.
    """
    with _explained():
        found = explain(_settings(topic=topic, warehouse=warehouse), publication)
        if as_json:
            show_json(found)
        else:
            print(as_text(found))


@topics_app.command("preview")
def preview_topic(
    topic: Annotated[str, typer.Argument(help="Name of a topic, of a variant, or path of a file.")],
    warehouse: Annotated[
        Path | None, typer.Option(help="File that a refresh made.  [default: warehouse.duckdb]")
    ] = None,
    titles: Annotated[int, typer.Option(min=0, help="How many titles to show of each side.")] = 10,
    as_json: AsJson = False,
) -> None:
    """Tell what a topic selects: families by rule, sub-field, country, year; titles at its border.

    It reads the warehouse of an earlier `corepath refresh`, of any topic, and builds no release.
    """
    with _explained():
        found = preview.preview(_settings(topic=topic, warehouse=warehouse), titles)
        if as_json:
            show_json(found)
        else:
            print(preview.as_text(found))


@topics_app.command("init")
def init_topic(
    file: Annotated[Path, typer.Argument(help="The topic file to write, such as batteries.toml.")],
) -> None:
    """Ask what a topic is about, and write a commented topic file."""
    with _explained():
        init.write(init.ask_all(lambda question, default: typer.prompt(question, default=default)), file)
        say(f"wrote {file}; see what it selects: corepath topics preview {file}")


@topics_app.command("query")
def query_topic(
    topic: Annotated[str, typer.Argument(help="Name of a topic, of a variant, or path of a file.")],
    dialect: Annotated[Dialect, typer.Option(help="Whom to ask.")],
    since: Annotated[
        datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="Of uspto: the first day.")
    ] = None,
    sample: Annotated[
        int, typer.Option(min=0, help="Of bigquery: one family in so many from outside; 0 for none.")
    ] = 100,
) -> None:
    """Write what to ask a data source for, to refresh a topic from the answer.

    For bigquery it is SQL that exports the families with any class or word of the topic, those that cite
    them and that they cite, and a sample of the rest; for lens a query string and a list of fields; for
    uspto the names of weekly files.
    """
    with _explained():
        print(query(read_topic(topic), dialect, since.date() if since else None, sample, topic))


@topics_app.command("measure")
def measure_topic(
    topic: Annotated[str, typer.Argument(help="Name of a topic, or path of a file.")],
    labels: Annotated[Path, typer.Argument(help="CSV of labelled documents; see docs/labelling.md.")],
    half: Annotated[
        str | None, typer.Option(help="Only labels with this word in the column half, such as test.")
    ] = None,
    warehouse: Annotated[
        Path | None,
        typer.Option(
            help="Where the documents are if the labels bring no texts.  [default: warehouse.duckdb]"
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Measure the precision and recall of a topic, its variants and its rules, by labels."""
    with _explained():
        found = measure(_settings(topic=topic, warehouse=warehouse), labels, half)
        if as_json:
            show_json(found)
        else:
            show_markdown(as_markdown(found))


@app.command("sources", rich_help_panel="Explore")
def list_sources(
    name: Annotated[
        str | None, typer.Argument(help="Describe this source: tables, files and columns. Or: check.")
    ] = None,
    path: Annotated[Path | None, typer.Argument(help="With check: a file or folder to look into.")] = None,
    as_json: AsJson = False,
) -> None:
    """List the sources, or describe what one expects, file by file and column by column.

    `corepath sources check PATH` tells what a file or folder holds before anything is loaded: which
    source reads which file, columns found and missing, dates, titles, and which indicators will be known
    in which country, by the first 2,000 lines of each file.
    """
    with _explained():
        if name == "check":
            if path is None:
                raise UsageError("name what to check: corepath sources check PATH")
            logging.getLogger("corepath").addHandler(logging.NullHandler())  # the page says it all
            found = dumps.check(path)
            if as_json:
                show_json(found)
            else:
                print(dumps.as_text(found))
            return
        if name is None:
            all_of_them = sources.available().values()
            if as_json:
                show_json([known.model_dump() for known in all_of_them])
                return
            show_table(
                ["source", "what it reads", "files", "licence"],
                [(s.name, s.title, ", ".join(s.files), s.licence) for s in all_of_them],
            )
            print("\ncorepath sources NAME lists every table, file and column.")
            return
        known = sources.named(name)
        if as_json:
            show_json(known.model_dump())
            return
        say(f"{known.name}: {known.title}")
        for what in ("licence", "credit", "url"):
            say(f"  {what:8} {getattr(known, what)}")
        say(f"  files    {', '.join(known.files)}")
        for name_of_table, told in known.tables.items():
            needed = " (needed)" if told.needed else ""
            print()
            say(f"  {name_of_table}{needed}: {told.describes}")
            if told.files:
                say(f"    in {', '.join(told.files)}")
            for column, kind in told.columns.items():
                need = ", required" if column in told.required else ""
                say(f"    {column} {kind}{need}")


@app.command("notify", rich_help_panel="Run")
def notify(
    text: Annotated[str, typer.Argument(help="The message.")] = "This is a test of corepath's notifications.",
) -> None:
    """Send a message to everyone that COREPATH_NOTIFY names, to see that they can be reached.

    A service notifies them of failed, crashed and late runs, rejected releases and topics without new data;
    see docs/monitoring.md.
    """
    with _explained():
        from corepath.flows import notification  # it imports Prefect, which takes seconds

        wanted = notification.settings()
        if not wanted.notify:
            raise UsageError("COREPATH_NOTIFY names nobody: see docs/monitoring.md")
        say(f"sent to {notification.send(wanted, text)}")


fetch_app = typer.Typer(rich_markup_mode="markdown", no_args_is_help=True)
app.add_typer(
    fetch_app,
    name="fetch",
    help="Fetch raw files: what is new, resumed after a break.",
    rich_help_panel="Run",
)
Folder = Annotated[Path, typer.Option("--to", help="Folder that receives the files.")]
_DAY = ["%Y-%m-%d"]


@fetch_app.command("uspto")
def fetch_uspto(
    since: Annotated[datetime, typer.Option("--from", formats=_DAY, help="First day of data.")],
    until: Annotated[
        datetime | None, typer.Option("--until", formats=_DAY, help="Last day of data.  [default: today]")
    ] = None,
    folder: Folder = Path("data/uspto"),
    product: Annotated[
        list[str] | None, typer.Option(help="Product of the portal.  [default: PTGRXML and APPXML]")
    ] = None,
) -> None:
    """Fetch weekly full text of grants and applications from the USPTO's Open Data Portal.

    The API key is read from USPTO_API_KEY. Files that are there are not fetched again.
    """
    with _explained(), _logged():
        key = os.environ.get("USPTO_API_KEY")
        products = product or fetching.PRODUCTS
        wanted = fetching.list_uspto(since.date(), until.date() if until else None, key, products)
        _tell_fetched(fetching.fetch(wanted, folder, key), folder)


@fetch_app.command("files")
def fetch_files(
    manifest: Annotated[Path, typer.Argument(help="TOML with tables [[file]]: url, name, bytes, sha256.")],
    folder: Folder = Path("data"),
) -> None:
    """Fetch the files that a manifest names."""
    with _explained(), _logged():
        _tell_fetched(fetching.fetch(fetching.read_manifest(manifest), folder), folder)


def _tell_fetched(found: fetching.Fetched, folder: Path) -> None:
    say(f"{len(found.came)} files came into {folder}, {len(found.there)} were there")


@app.command("graph", rich_help_panel="Explore")
def show_graph(
    form: Annotated[
        GraphFormat, typer.Option("--format", help="text, or mermaid to draw it.")
    ] = GraphFormat.text,
    as_json: AsJson = False,
) -> None:
    """Show which table is made from which."""
    with _explained():
        tables = graph.discover(sources.available())
        if as_json:
            show_json({key: table.parents for key, table in tables.items()})
        else:
            print(graph.as_text(tables) if form is GraphFormat.text else graph.as_mermaid(tables))


@contextmanager
def _explained() -> Iterator[None]:
    """Print what went wrong in one line, and exit with the code of its kind."""
    try:
        yield
    except BrokenPipeError:  # who read what was printed has read enough
        stop_writing()
        raise typer.Exit from None
    except CorepathError as error:
        output.errors.print(f"corepath: {error}", style="red", markup=False, highlight=False, soft_wrap=True)
        raise typer.Exit(error.exit_code) from None


def _settings(**given: Any) -> Settings:
    """Fill the settings from the options that were given, else from the environment."""
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})
    except (ValidationError, ValueError) as error:
        problems = error.errors() if isinstance(error, ValidationError) else [{"msg": str(error)}]
        raise UsageError(
            "; ".join(
                f"{'.'.join(map(str, p.get('loc', ())))}: "
                f"{p['msg'].removeprefix('Value error, ')}".removeprefix(": ")
                for p in problems
            )
        ) from None


def _pairs(given: list[str] | None) -> dict[str, Path] | None:
    if not given:
        return None
    pairs = {}
    for pair in given:
        name, equals, path = pair.partition("=")
        if not (name and equals and path):
            raise UsageError(f"--source {pair}: write NAME=PATH, such as ppubs=samples/ppubs")
        if name in pairs:
            raise UsageError(f"--source {name}: given twice; put its files into one folder")
        pairs[name] = Path(path)
    return pairs


def _name(topic_or_file: str) -> str:
    """Name the topic of releases: a topic that is known by its name alone may be gone by now."""
    is_name = re.fullmatch(r"\w+", topic_or_file)
    return topic_or_file if is_name else topic.read(topic_or_file).name


def _releases(settings: Settings) -> release.Releases:
    return release.at(settings.releases, _name(settings.topic))


def _release(settings: Settings, version: str | None) -> Path:
    """Find a release; one that another account made is verified before anything of it is read."""
    known = _releases(settings)
    version = known.find(version)
    path = known.path(version)
    if not known.is_own(version):
        with reading(settings) as connection:
            must_be_whole(connection, path, known.published()[version].sums, f"{known.place}/{version}")
    return path


@contextmanager
def _logged() -> Iterator[None]:
    """Show the log, a line each, on standard error."""
    logger = logging.getLogger("corepath")
    logger.setLevel(logging.INFO)
    handler = logging.StreamHandler(sys.stderr)
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)


def main() -> None:
    """Run the command, and leave without taking the interpreter apart.

    Threads of Prefect outlive its runs and keep parts of DuckDB, which prints a page of complaints
    about leaks if the interpreter is dismantled around them. What asked to run at exit is run.
    """
    code: int | str | None = 0
    stop_on_signals()
    try:
        app()
    except SystemExit as done:
        code = done.code
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code if isinstance(code, int) else 0 if code is None else 1)


if __name__ == "__main__":
    main()
