"""Build the graph of tables: the warehouse's, kept, and a topic's, fresh."""

import logging
import time
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager
from threading import Lock

import duckdb
import polars as pl
import pyarrow as pa
from polars.io.plugins import register_io_source

from corepath.transforms.methods.entropy import DegenerateInput
from corepath.warehouse.build.graph import GraphError, Table, describe
from corepath.warehouse.build.parallel import (
    Made,
    RunParts,
    Work,
    bytes_to_hold,
    one_by_one,
    spilling,
    write_files,
)
from corepath.warehouse.database import KEPT_SHARE, giving_up, identifier, literal, memory_limit
from corepath.warehouse.errors import CorepathError, Refused
from corepath.warehouse.sources import Source

log = logging.getLogger("corepath.build")

# What every BI tool reads, whichever driver it uses.
MART_TYPES = {"BIGINT", "DOUBLE", "VARCHAR", "BOOLEAN", "DATE"}

_MATERIALIZED = (
    "create table if not exists warehouse.raw.materialized (name varchar primary key, fingerprint varchar)"
)


def unite_sources(
    connection: duckdb.DuckDBPyConnection,
    table: Table,
    sources: Mapping[str, Source],
    catalog: str = "memory",
) -> None:
    """Show a canonical table of all sources as one view, with each row's source and its rank.

    A day that no patent can have, before 1790 or after tomorrow, is unknown.

    Parameters
    ----------
    connection
        Where the schema `sources` is.
    table
        The table `sources.<name>`: its file declares the columns, its parents give the rows.
    sources
        The sources by name.
    catalog
        Where to put it.

    Raises
    ------
    GraphError
        A source gives a column that the canonical table does not have.
    """
    prototype = table.text.strip()
    canonical = connection.sql(prototype)
    columns = set(canonical.columns)
    days = [c for c, kind in zip(canonical.columns, canonical.types, strict=True) if kind == "DATE"]
    parts = [f"select *, null::varchar as source, null::bigint as source_rank from ({prototype})"]
    for parent in table.parents:
        name = parent.split(".")[0]
        unknown = set(connection.sql(f"from {parent}").columns) - columns
        if unknown:
            raise GraphError(
                f"sql/sources/{name}/{table.name}.sql: {', '.join(sorted(unknown))} is no column "
                f"of sql/sources/{table.name}.sql"
            )
        given = [c for c in connection.sql(f"from {parent}").columns if c in days]
        possible = ", ".join(
            f"case when {c} between date '1790-01-01' and current_date + 1 then {c} end as {c}" for c in given
        )
        taken = f"* replace ({possible})" if given else "*"
        parts.append(
            f"select {taken}, {literal(name)} as source, {sources[name].rank} as source_rank from {parent}"
        )
    connection.execute(f"create schema if not exists {catalog}.sources")
    connection.execute(
        f"create or replace view {catalog}.sources.{table.name} as " + "\nunion all by name\n".join(parts)
    )


def create_schemas(connection: duckdb.DuckDBPyConnection, tables: Iterable[Table]) -> None:
    """Create the schema of each table, and let `schema.table` find tables, as the SQL files name them.

    Parameters
    ----------
    connection
        Where the warehouse is attached, and perhaps the build.
    tables
        The graph.
    """
    for catalog, schema in sorted({(catalog_of(table), table.schema) for table in tables}):
        connection.execute(f"create schema if not exists {catalog}.{identifier(schema)}")
    schemas = connection.sql(
        "select database_name, schema_name from duckdb_schemas() "
        "where database_name in ('memory', 'warehouse', 'build') and (not internal or schema_name = 'main') "
        "order by all"
    ).fetchall()
    path = ",".join(f"{identifier(catalog)}.{identifier(schema)}" for catalog, schema in schemas)
    connection.execute(f"set search_path = {literal(path)}")


def catalog_of(table: Table) -> str:
    """Name the database that holds a table: the warehouse, the file of the build, or memory."""
    if table.schema == "marts":
        return "build"
    return "warehouse" if table.in_warehouse and table.schema != "sources" else "memory"


def materialized(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Give the fingerprints of the tables that the warehouse holds, by schema.name."""
    noted = connection.execute(
        "select 1 from duckdb_tables() where database_name = 'warehouse' and table_name = 'materialized'"
    ).fetchall()
    return dict(connection.sql("from warehouse.raw.materialized").fetchall()) if noted else {}


def materialize(connection: duckdb.DuckDBPyConnection, table: Table, fingerprint: str) -> int:
    """Build a table of the warehouse and note its fingerprint, both or neither.

    Returns
    -------
    int
        Its rows.
    """
    with transaction(connection):
        rows = make(connection, table, "warehouse")
        note(connection, table.key, fingerprint)
    return rows


def note(connection: duckdb.DuckDBPyConnection, name: str, fingerprint: str) -> None:
    """Note the fingerprint of a table of the warehouse, in the transaction that makes it so."""
    connection.execute(_MATERIALIZED)
    connection.execute("insert or replace into warehouse.raw.materialized values (?, ?)", [name, fingerprint])


@contextmanager
def transaction(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Let what is done be done whole or not at all."""
    connection.begin()
    try:
        yield
        connection.commit()
    except BaseException:
        connection.rollback()
        raise


def make(
    connection: duckdb.DuckDBPyConnection,
    table: Table,
    catalog: str,
    run_parts: RunParts = one_by_one,
    begun: Future[Made] | None = None,
) -> int:
    """Build one table from its parents.

    Parameters
    ----------
    connection
        Where the parents are found by schema and name.
    table
        What to build.
    catalog
        Where to put it.
    run_parts
        How to make its parts, if it is made in parts.
    begun
        Where its rows are being made already.

    Returns
    -------
    int
        Its rows; 0 of a view, whose rows are made where they are read.

    Raises
    ------
    CorepathError
        DuckDB or the Python function failed; the message names the file.
    """
    started = time.perf_counter()
    schema = f"{catalog}.{identifier(table.schema)}"
    target = f"{schema}.{identifier(table.name)}"
    connection.execute(f"create schema if not exists {schema}")
    with naming(table):
        if table.path.suffix == ".sql":
            kind = "view" if table.is_view else "table"
            if catalog == "warehouse":  # all else is made in an empty place
                _drop_other(connection, table)
            connection.execute(f"create or replace {kind} {target} as\n{table.text}")
        elif begun:
            made = begun.result()
            started = time.perf_counter() - made.seconds
            write_frame(connection, target, made.rows)
        else:
            write_frame(connection, target, _call(connection, table, run_parts))
    if table.is_view:  # to count its rows would be to make them
        log.info("%s: a view", table.key)
        return 0
    rows = connection.sql(f"select count(*) from {target}").fetchall()[0][0]
    if table.schema == "marts":
        _comment(connection, table, catalog)
    log.info("%s: %s rows in %.2f s", table.key, f"{rows:,}", time.perf_counter() - started)
    return rows


def make_beside(connection: duckdb.DuckDBPyConnection, table: Table, target: str) -> None:
    """Make rows of a table of the warehouse, which is there, under another name.

    Parameters
    ----------
    connection
        Where the parents are found by schema and name, perhaps some of their rows alone.
    table
        What to make. A function that takes the table as it was (`before`) gets it.
    target
        Where to put it, with catalog and schema.

    Raises
    ------
    CorepathError
        As of `make`.
    """
    with naming(table):
        if table.path.suffix == ".sql":
            connection.execute(f"create or replace table {target} as\n{table.text}")
        else:
            write_frame(connection, target, _call(connection, table, one_by_one, is_there=True))


def take(connection: duckdb.DuckDBPyConnection, table: Table, rows: pa.Table) -> int:
    """Put rows that were made elsewhere in the place of a table; give how many.

    They are put in order, so that sums over them do not depend on how they came.
    """
    catalog = catalog_of(table)
    target = f"{catalog}.{identifier(table.schema)}.{identifier(table.name)}"
    connection.execute(f"create schema if not exists {catalog}.{identifier(table.schema)}")
    connection.register("rows_to_take", rows)
    try:
        connection.execute(f"create or replace table {target} as from rows_to_take order by all")
    finally:
        connection.unregister("rows_to_take")
    if table.schema == "marts":
        _comment(connection, table, catalog)
    return rows.num_rows


@contextmanager
def naming(table: Table) -> Iterator[None]:
    """Name the file of the table where it cannot be made."""
    try:
        yield
    except DegenerateInput as error:
        raise Refused(f"this topic cannot be analysed on these sources: {error}") from error
    except (duckdb.Error, pl.exceptions.PolarsError) as error:
        raise CorepathError(f"{table.path}: {error}") from error


def _drop_other(connection: duckdb.DuckDBPyConnection, table: Table) -> None:
    """Drop a table that has become a view since it was materialized, or a view a table."""
    other = "table" if table.is_view else "view"
    found = connection.execute(
        f"select 1 from duckdb_{other}s() where database_name = 'warehouse' and schema_name = ? "
        f"and {other}_name = ?",
        [table.schema, table.name],
    ).fetchall()
    if found:
        connection.execute(f"drop {other} warehouse.{identifier(table.schema)}.{identifier(table.name)}")


def _call(
    connection: duckdb.DuckDBPyConnection, table: Table, run_parts: RunParts, is_there: bool = False
) -> pl.DataFrame:
    with _Room(connection) as room:
        if table.is_in_parts:
            return _in_parts(connection, table, run_parts, room)
        frames = {parent.split(".")[1]: _scan(connection, parent, room) for parent in table.parents}
        if table.takes_before and is_there:
            frames["before"] = _scan(connection, table.key, room)
        result = table.function()(**frames)
        return result.collect(engine="streaming") if isinstance(result, pl.LazyFrame) else result


def _in_parts(
    connection: duckdb.DuckDBPyConnection, table: Table, run_parts: RunParts, room: "_Room"
) -> pl.DataFrame:
    """Make a table in parts, some perhaps in processes without DuckDB: they share files."""
    to_share = memory_limit(connection) * (1 - KEPT_SHARE)
    for parent in table.parents:
        room.make(parent)
    at_once = int(max(1, min(to_share / max(room.held, 1), table.parts())))
    with spilling(connection) as folder:
        files = write_files(connection, table.parents, folder)
        works = [Work(table.name, files, part) for part in range(table.parts())]
        return pl.concat(run_parts(table.key, works, at_once))


class _Room(ExitStack):
    """Lets DuckDB hold less while a function holds rows: those of the longest table it has read.

    What DuckDB gives up it may have to read again: a function that reads nothing takes nothing.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        super().__init__()
        self.held = 0  # bytes
        self._connection = connection
        self._lock = Lock()

    def make(self, parent: str) -> None:
        """Make room for the rows of a table, in addition to what there is; of a view, for none."""
        with self._lock:  # a frame may be read by any thread, and two at once
            held = bytes_to_hold(self._connection, [parent])
            if held > self.held:
                self.close()
                self.held = held
                self.enter_context(giving_up(self._connection, held))


def _scan(connection: duckdb.DuckDBPyConnection, parent: str, room: _Room) -> pl.LazyFrame:
    """Give a table as a frame that streams the columns that are used, when they are."""
    path = literal(connection.sql("select current_setting('search_path')").fetchall()[0][0])

    def read(
        columns: list[str] | None, predicate: pl.Expr | None, rows: int | None, _: int | None
    ) -> Iterator[pl.DataFrame]:
        room.make(parent)
        # A frame may be read twice at once, and a connection has one result at a time.
        with connection.cursor() as cursor:
            cursor.execute(f"set search_path = {path}")
            chosen = ", ".join(map(identifier, columns)) if columns else "*"
            limit = "" if rows is None else f" limit {rows}"
            for batch in cursor.sql(f"select {chosen} from {parent}{limit}").to_arrow_reader():
                frame = pl.DataFrame(batch)
                yield frame if predicate is None else frame.filter(predicate)

    schema = connection.sql(f"from {parent} limit 0").pl().schema
    return register_io_source(read, schema=schema)


def write_frame(connection: duckdb.DuckDBPyConnection, target: str, frame: pl.DataFrame) -> None:
    """Make a table, named with catalog and schema, of a frame."""
    connection.register("frame_to_write", frame.to_arrow())
    try:
        connection.execute(f"create or replace table {target} as from frame_to_write")
    finally:
        connection.unregister("frame_to_write")


def _comment(connection: duckdb.DuckDBPyConnection, table: Table, catalog: str) -> None:
    """Put the comments of a mart's file on its table, and hold it to the types BI reads."""
    target = f"{catalog}.{table.schema}.{identifier(table.name)}"
    description = describe(table)
    columns = {name: kind for name, kind, *_ in connection.sql(f"describe {target}").fetchall()}
    if list(columns) != list(description.columns):
        odd = set(columns) ^ set(description.columns)
        raise GraphError(f"{table.path}: a comment beside each column, please: {sorted(odd)}")
    for name, kind in columns.items():
        if kind not in MART_TYPES:
            raise GraphError(f"{table.path}: {name} is {kind}; cast it to one of {MART_TYPES}")
        connection.execute(
            f"comment on column {target}.{identifier(name)} is {literal(description.columns[name])}"
        )
    connection.execute(f"comment on table {target} is {literal(description.text)}")


def describe_calibration(connection: duckdb.DuckDBPyConnection, catalog: str) -> None:
    """Write meta.calibration: how often each inference is wrong where the truth is known."""
    connection.execute(
        f"create or replace table {catalog}.meta.calibration as "
        # Where no claim has a limit, the column's type cannot be seen.
        "select * replace (least::double as least, most::double as most, error::double as error, "
        "holds::boolean as holds) from memory.reference.calibration order by position"
    )


def describe_marts(connection: duckdb.DuckDBPyConnection, tables: Mapping[str, Table], catalog: str) -> None:
    """Write meta.data_dictionary: one row a column of every mart, the text of its comment."""
    rows = [
        {
            "table_name": table.name,
            "position": i,
            "column_name": column,
            "is_key": column in description.key,
            "comment": comment,
            "table_comment": description.text,
        }
        for table in tables.values()
        if table.schema == "marts"
        for description in [describe(table)]
        for i, (column, comment) in enumerate(description.columns.items(), start=1)
    ]
    write_frame(connection, f"{catalog}.meta.data_dictionary", pl.DataFrame(rows))


def describe_files(connection: duckdb.DuckDBPyConnection, sources: Mapping[str, Source]) -> None:
    """Write meta.source_file and meta.source_table: what was read, to be validated before the build.

    `meta.unread` has one row a column and reason: values that are given and count as unknown.
    `meta.source_file` has one row a raw file: where it came from, its rows, loaded and rejected.
    `meta.source_table` has one row a raw table: its rows, and the newest publication it tells of,
    now and when it was loaded before.
    """
    with _credits(connection, sources):
        connection.execute(
            "create table build.meta.source_file as "
            "select f.*, c.title, c.licence, c.credit, c.url "
            "from warehouse.raw.source_file as f inner join credits as c using (source) "
            "order by source, file"
        )
        connection.execute(
            "create table build.meta.source_table as select t.* exclude (mark) "
            "from warehouse.raw.source_table as t inner join credits as c using (source) "
            "order by source, name"
        )
        connection.execute(
            "create table build.meta.unread as select source, table_name, column_name, reason, "
            "sum(given)::bigint as given, sum(unread)::bigint as unread, count(*) as files, "
            "min(example) as example from warehouse.raw.unread inner join credits using (source) "
            "group by all order by all"
        )


def describe_sources(
    connection: duckdb.DuckDBPyConnection,
    sources: Mapping[str, Source],
    counted: Mapping[str, pa.Table] | None = None,
) -> None:
    """Write meta.source: what each source gave, and how many publications were merged.

    It has one row a source: the sums over its files, the publications it tells of as
    the best-ranked source, and how many of these another source tells of too.
    `meta.source_count` counts for each source and office what was loaded of it, and of the references to
    it how many meet a publication that is loaded, tell no kind, or have a number that cannot be read.
    What `source_counts` asks of staging is asked here, unless the answers are given (`counted`).
    """
    with ExitStack() as registered:
        registered.enter_context(_credits(connection, sources))
        asked = source_counts(sources)
        documents, counts = asked.values()
        for name, rows in (counted or {}).items():
            connection.register(name, rows)
            registered.callback(connection.unregister, name)
        if counted:
            documents, counts = (f"select * from {name}" for name in asked)
        connection.execute(
            "create table build.meta.source as "
            f"with documents as ({documents}), "
            "files as (select source, count(*) as files, sum(rows)::bigint as rows, "
            "sum(loaded)::bigint as loaded, sum(rejected)::bigint as rejected "
            "from build.meta.source_file group by source) "
            "select source, c.rank, f.files, f.rows, f.loaded, f.rejected, "
            "coalesce(d.publications, 0) as publications, "
            "coalesce(d.merged_publications, 0) as merged_publications, "
            "c.title, c.licence, c.credit, c.url "
            "from credits as c inner join files as f using (source) "
            "left join documents as d using (source) order by c.rank"
        )
        connection.execute(
            f"create table build.meta.source_count as from ({counts}) order by source, office, what"
        )


def source_counts(sources: Mapping[str, Source]) -> dict[str, str]:
    """Write what is asked of staging about the sources: SELECTs by name."""
    ranks = " union all ".join(
        f"select {literal(s.name)} as source, {s.rank} as rank" for s in sources.values()
    )
    return {
        "source_document": "select source, count(*) as publications, "
        "count(*) filter (where source_count > 1) as merged_publications "
        "from staging.stg_document group by source",
        "source_count": f"with credits as ({ranks}), {_SOURCE_COUNTS}",
    }


# What a spelling that no rule knows, or a kind that nobody gives, costs shows here: of an office
# whose publications are loaded few references are linked.
_SOURCE_COUNTS = """
cited as (
    select
        credits.source,
        split_part(cited_publication, '-', 1) as office,
        count(*) as total,
        count(*) filter (where is_loaded) as linked,
        count(*) filter (where cited_class = 'unknown') as classless,
        count(*) filter (where ends_with(split_part(cited_publication, '-', 2), '?')) as unread
    from staging.stg_citation inner join credits on source_rank = credits.rank
    where cited_publication is not null
    group by all
)
select source, office, 'publications' as what, count(*) as count
from staging.stg_document group by all
union all select source, office, 'publications with an abstract', count(abstract)
from staging.stg_document group by all
union all select source, office, 'references', total from cited
union all select source, office, 'linked references', linked from cited
union all select source, office, 'references of unknown kind', classless from cited
union all select source, office, 'references that no rule reads', unread from cited
"""


@contextmanager
def _credits(connection: duckdb.DuckDBPyConnection, sources: Mapping[str, Source]) -> Iterator[None]:
    """Show what the sources are, and whose, as the table `credits`."""
    credits = pl.DataFrame(
        [(s.name, s.rank, s.title, s.licence, s.credit, s.url) for s in sources.values()],
        schema=["source", "rank", "title", "licence", "credit", "url"],
        orient="row",
    )
    connection.register("credits", credits.to_arrow())
    try:
        yield
    finally:
        connection.unregister("credits")
