"""Whatever files come, change and go: tables that follow them end as one build of all makes them."""

import logging
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import duckdb
import hypothesis
import polars as pl
import pytest
from hypothesis import strategies as st

from corepath.warehouse.build import builder as build
from corepath.warehouse.build import inputs
from corepath.warehouse.build.graph import Table, discover, fingerprints
from corepath.warehouse.build.incremental import Changes
from corepath.warehouse.database import WAREHOUSE_STORAGE_VERSION, attach, connect
from corepath.warehouse.load.loader import base_fingerprint, fingerprint, load, settle
from corepath.warehouse.refresh import refresh
from corepath.warehouse.settings import Settings
from tests.sources.damaged import DUMPS
from tests.worlds import SOURCES

SHARDS = 12
PARTS = 6  # of each file of the other sources


@pytest.fixture(scope="session")
def world(once) -> list[pl.DataFrame]:
    """The files of a generated world: families with documents, references, parties, priorities."""

    def make(folder: Path) -> list[pl.DataFrame]:
        size = ["--families", "200", "--shards", str(SHARDS), "--layout", "google_patents", "--threads", "1"]
        program = [sys.executable, "-m", "corepath.synthetic.world"]
        subprocess.run([*program, *size, "--out", str(folder / "world")], check=True, capture_output=True)
        return [pl.read_parquet(file) for file in sorted((folder / "world").glob("*.parquet"))]

    return once("small_google_patents", make)


# What becomes of a file of the world: each edit touches other keys of other tables.
EDITS = {
    "whole": lambda file, _: file,
    "a third is missing": lambda file, _: file.filter(pl.int_range(pl.len()) % 3 > 0),
    "without numbers of families": lambda file, _: file.with_columns(
        family_id=pl.when(pl.int_range(pl.len()) % 2 == 0).then(pl.lit("0")).otherwise("family_id")
    ),
    "with records of another file, dated otherwise": lambda file, other: pl.concat(
        [file, other.head(9).with_columns(publication_date=pl.col("publication_date") + 10000)]
    ),
    "without references": lambda file, _: file.with_columns(citation=pl.col("citation").list.head(0)),
    "in other classes": lambda file, _: file.with_columns(ipc=pl.col("ipc").reverse()),
    "of other applicants": lambda file, _: file.with_columns(
        assignee_harmonized=pl.col("assignee_harmonized").reverse()
    ),
    "with numbers that nobody can read": lambda file, _: file.with_columns(
        publication_number=pl.when(pl.int_range(pl.len()) < 2)
        .then(pl.lit("unread"))
        .otherwise("publication_number")
    ),
}
# What becomes of a file, by the name of its source and its number; None: it is not there.
State = dict[tuple[str, int], str | None]


def write(state: State, world: list[pl.DataFrame], folder: Path) -> None:
    """Let a folder hold the files of a state, and no others; files that stay as they are stay."""
    wanted: dict[Path, bytes | pl.DataFrame] = {}
    for (name, number), edit in state.items():
        if name == "world" and edit:
            file = folder / "google_patents" / f"part-{number:02}.parquet"
            wanted[file] = EDITS[edit](world[number], world[(number + 1) % SHARDS])
        elif edit:
            dump = DUMPS[name]()
            for file in dump.files:
                # Backwards, so that no file ends with a document that is cut.
                part = replace(file, rows=file.rows[number::PARTS][::-1])
                wanted[folder / dump.source / str(number) / file.name] = part.content
    for file in [file for file in folder.rglob("*") if file.is_file() and file not in wanted]:
        file.unlink()
    for file, content in wanted.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, bytes):
            file.write_bytes(content)
        else:
            content.write_parquet(file)


def follow(folder: Path, sources: list[str], warehouse: Path) -> dict[str, pl.DataFrame]:
    """Load what is in a folder and bring staging up to date; give its tables, in an order of their own."""
    settings = Settings(topic="any", warehouse=warehouse, threads=1)
    declared = {name: SOURCES[name] for name in sources}
    tables = {k: t for k, t in discover(sources).items() if t.in_warehouse and t.name != "stg_organisation"}
    connection = connect(settings)
    try:
        attach(connection, warehouse, "warehouse", WAREHOUSE_STORAGE_VERSION)
        connection.execute("create schema if not exists warehouse.raw; use warehouse")
        for name, source in declared.items():
            load(connection, source, folder / name, reject_share=1.0)
        raw = {f"raw.{name}_{table}": source for name, source in declared.items() for table in source.tables}
        now = {key: fingerprint(connection, source) for key, source in raw.items()}
        before = {key: base_fingerprint(connection, source) for key, source in raw.items()}
        connection.execute("use memory")
        reference = inputs.read_reference(connection)
        build.create_schemas(connection, tables.values())
        now, before = (given | fingerprints(tables, given) for given in (reference | now, reference | before))
        changes = Changes(connection, tables, declared, before, now)
        present = build.materialized(connection)
        for table in tables.values():
            if table.schema == "sources":
                build.unite_sources(connection, table, declared)
            elif present.get(table.key) != now[table.key]:
                changes.materialize(table, present.get(table.key))
        connection.execute("use warehouse")
        with build.transaction(connection):
            for source in declared.values():
                settle(connection, source)
            changes.forget()
        staging = [table for table in tables.values() if table.schema == "staging"]
        found = {table.name: connection.sql(f"from warehouse.{table.key}").pl() for table in staging}
    finally:
        connection.close()
    return {name: _with_ids(frame, found["stg_family"]) for name, frame in found.items()}


def _with_ids(frame: pl.DataFrame, families: pl.DataFrame) -> pl.DataFrame:
    """Replace numbers of families by their ids: a number may differ, what it stands for may not."""
    ids = families.select("family", "family_id").unique()
    assert ids["family"].is_unique().all()
    assert ids.sort("family")["family_id"].is_sorted()
    for column in {"family", "citing_family", "cited_family"} & set(frame.columns):
        named = ids.select(pl.col("family").alias(column), pl.col("family_id").alias(f"id of {column}"))
        frame = frame.join(named, on=column, how="left").with_columns(
            pl.when(pl.col(column) < 0).then(column)  # not loaded: the number is the same everywhere
        )
    return frame.select(sorted(frame.columns)).sort(sorted(frame.columns))


def start(*names: str) -> State:
    """Give all files as they are."""
    world: State = {("world", number): "whole" for number in range(SHARDS)}
    return world | {(name, number): "whole" for name in names for number in range(PARTS)}


def edits(*names: str) -> st.SearchStrategy[State]:
    """Draw what becomes of up to three files."""
    of_world = st.tuples(
        st.tuples(st.just("world"), st.integers(0, SHARDS - 1)), st.sampled_from([None, *EDITS])
    )
    of_others = st.tuples(
        st.tuples(st.sampled_from(names), st.integers(0, PARTS - 1)), st.sampled_from([None, "whole"])
    )
    return st.lists(of_world | of_others, min_size=1, max_size=3).map(dict)


def ends_the_same(
    names: tuple[str, ...], sequence: list[State], world: list[pl.DataFrame], folder: Path
) -> None:
    """See that staging, made to follow edit by edit, is what one build of the last files makes."""
    sources = sorted({"google_patents", *(DUMPS[name]().source for name in names)})
    *others, last = sequence
    late = ("world", 0)  # there is always a file that comes last
    state, followed = start(*names) | {late: None}, {}
    for edit in [{}, *others, {late: "whole"} | last]:
        state |= edit
        write(state, world, folder / "dump")
        followed = follow(folder / "dump", sources, folder / "followed.duckdb")
    whole = follow(folder / "dump", sources, folder / "whole.duckdb")
    for name, frame in whole.items():
        assert followed[name].equals(frame), (
            f"{name}: {frame.join(followed[name], on=frame.columns, how='anti')}"
        )


FEW = ("docdb", "ppubs")
ALL = ("docdb", "ppubs", "uspto", "lens_jsonl", "patstat", "patentsview")


@hypothesis.settings(max_examples=3, derandomize=True, database=None, phases=[hypothesis.Phase.generate])
@hypothesis.given(sequence=st.lists(edits(*FEW), min_size=2, max_size=2))
def test_any_sequence_of_edits_ends_as_one_build(sequence, world, tmp_path_factory) -> None:
    ends_the_same(FEW, sequence, world, tmp_path_factory.mktemp("files"))


@pytest.mark.slow
@hypothesis.settings(max_examples=12)
@hypothesis.given(sequence=st.lists(edits(*ALL), min_size=2, max_size=3))
def test_any_sequence_of_edits_of_all_sources_ends_as_one_build(sequence, world, tmp_path_factory) -> None:
    ends_the_same(ALL, sequence, world, tmp_path_factory.mktemp("files"))


class Stopped(BaseException):
    """Stands for the end of the process."""


@pytest.mark.parametrize("at", ["google_patents.left_out", "staging.stg_citation", "staging.stg_family"])
def test_a_run_that_was_stopped_is_continued_with_further_files_too(
    at: str, world, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = start()
    write(state, world, tmp_path / "dump")
    follow(tmp_path / "dump", ["google_patents"], tmp_path / "followed.duckdb")
    materialize = Changes.materialize

    def stop(changes: Changes, table: Table, present: str | None) -> int:
        if table.key == at:
            raise Stopped
        return materialize(changes, table, present)

    for edit in (
        {("world", 3): "with records of another file, dated otherwise"},
        {("world", 3): "whole", ("world", 7): "without numbers of families"},
    ):
        state |= edit
        write(state, world, tmp_path / "dump")
        with monkeypatch.context() as patched:
            patched.setattr(Changes, "materialize", stop)
            with pytest.raises(Stopped):
                follow(tmp_path / "dump", ["google_patents"], tmp_path / "followed.duckdb")
    followed = follow(tmp_path / "dump", ["google_patents"], tmp_path / "followed.duckdb")
    whole = follow(tmp_path / "dump", ["google_patents"], tmp_path / "whole.duckdb")
    for name, frame in whole.items():
        assert followed[name].equals(frame), name


def test_of_one_new_file_few_rows_are_made_and_families_keep_their_numbers(
    world, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    dump, warehouse = tmp_path / "dump", tmp_path / "warehouse.duckdb"
    write(start() | {("world", 5): None}, world, dump)
    follow(dump, ["google_patents"], warehouse)
    numbers = "select distinct family_id, family from staging.stg_family order by all"
    with duckdb.connect(str(warehouse)) as connection:
        before = dict(connection.sql(numbers).fetchall())
    write(start(), world, dump)
    caplog.set_level(logging.INFO, "corepath.build")
    follow(dump, ["google_patents"], warehouse)
    said = [record.getMessage() for record in caplog.records]
    by_key = {text.split(":")[0] for text in said if "rows removed" in text}
    stored = [table for table in discover(["google_patents"]).values() if not table.is_view]
    assert by_key >= {t.key for t in stored if t.schema == "staging"} - {"staging.stg_organisation"}
    with duckdb.connect(str(warehouse)) as connection:
        after = dict(connection.sql(numbers).fetchall())
    assert len(after) > len(before)
    assert before.items() <= after.items()


@pytest.mark.slow
@pytest.mark.usefixtures("unvalidated")
def test_every_published_file_is_the_same_to_the_byte(world, tmp_path: Path) -> None:
    topic = tmp_path / "topic.toml"
    few = "samples = 10\nnull_draws = 100\nrarefaction_draws = 20\npermutations = 99\ncommunities = 1\n"
    topic.write_text(f'name = "small"\ntitle = "Small"\nclasses = ["G", "H"]\n[method]\n{few}')

    def settings(name: str) -> Settings:
        sources = {"google_patents": tmp_path / "dump" / "google_patents"}
        where = {"warehouse": tmp_path / f"{name}.duckdb", "releases": tmp_path / name}
        return Settings(topic=str(topic), sources=sources, threads=2, **where)

    state, followed = start() | {("world", 5): None}, None
    for edit in (
        {},
        {("world", 5): "whole", ("world", 2): "a third is missing"},
        {("world", 9): "without numbers of families", ("world", 1): None},
    ):
        state |= edit
        write(state, world, tmp_path / "dump")
        followed = refresh(settings("followed"))
    whole = refresh(settings("whole"))
    assert followed is not None
    assert whole.rows == followed.rows
    assert len(whole.rows) > 30
    for name in whole.rows:
        one, other = (outcome.path / f"{name}.parquet" for outcome in (whole, followed))
        assert one.read_bytes() == other.read_bytes(), name
