"""Make tables of the world's side in the lake, on Spark, from the files that make them on one machine."""

import hashlib
import importlib.metadata
import logging
import time
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import polars as pl
import pyarrow as pa

from corepath.warehouse.build.graph import Table
from corepath.warehouse.errors import CorepathError, UsageError
from corepath.warehouse.lake.components import families, filings
from corepath.warehouse.lake.dialect import Untranslatable, translate
from corepath.warehouse.lake.frames import frame_of, shaped, show, spark_type, view_of
from corepath.warehouse.lake.lake import Lake
from corepath.warehouse.lake.load import Brought
from corepath.warehouse.lake.rows import run_by_rows
from corepath.warehouse.lake.shapes import shape_of
from corepath.warehouse.load.loader import identify
from corepath.warehouse.sources import Source
from corepath.warehouse.validate.bare import counting, results_of
from corepath.warehouse.validate.suites import Suite
from corepath.warehouse.validate.validator import Result

# pyspark is an extra, installed in .venv-spark only.
# pyright: reportMissingImports=false

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

log = logging.getLogger("corepath.lake")

# Functions that have a counterpart here, for they see all rows of the world.
_COUNTERPARTS = {"staging.stg_filing": filings, "staging.stg_family": families}
# Functions that see all rows, and run where the session is, over columns of the lake's Parquet.
_OF_ALL_ROWS = {"staging.stg_organisation", "intermediate.int_pagerank"}
_PAGERANK = "intermediate.int_pagerank"


def engine() -> str:
    """Name the engine and its version, as a release tells it."""
    return f"Apache Spark {importlib.metadata.version('pyspark')}"


def raw_marks(files: Iterable[Brought], sources: Mapping[str, Source]) -> dict[str, str]:
    """Give the fingerprint of each raw table: of its files, the engine, and our code that goes with that."""
    code = b"".join(file.read_bytes() for file in sorted(Path(__file__).parent.glob("*.py")))
    made_by = engine().encode() + code
    marks = {}
    for source in sources.values():
        ours = sorted((f["name"], f["sha256"], f["reader"]) for f in files if f["source"] == source.name)
        found = hashlib.sha256(identify(source, ours).encode() + made_by).hexdigest()
        marks |= {f"raw.{source.name}_{table}": found for table in source.tables}
    return marks


@dataclass
class World:
    """Tables of a graph as Spark makes them and finds them.

    Attributes
    ----------
    spark, lake
        Who makes them, and where they are.
    connection
        A DuckDB that holds every table without a row, for the types; and look-up tables with theirs.
    tables
        The graph.
    marks
        The fingerprint of each table.
    made
        What was made or found in the lake so far, with the fingerprint.
    """

    spark: "SparkSession"
    lake: Lake
    connection: duckdb.DuckDBPyConnection
    tables: Mapping[str, Table]
    sources: Mapping[str, Source]
    marks: Mapping[str, str]
    made: dict[str, str] = field(default_factory=dict)
    _sql: dict[str, str] = field(default_factory=dict)
    _small: dict[str, pa.Table] = field(default_factory=dict)

    def prepare(self, wanted: Iterable[str]) -> None:
        """Translate all that is to be made, and show Spark the look-up tables.

        Raises
        ------
        CorepathError
            Something cannot be made by Spark; each is named, and nothing has run.
        UsageError
            The topic asks for PageRank.
        """
        wanted = list(wanted)
        wrong = []
        for key in wanted:
            table = self.tables[key]
            if table.schema == "sources":
                continue
            if table.path.suffix == ".sql":
                try:
                    self._sql[key] = translate(table.text, view_of)
                except Untranslatable as error:
                    wrong.append(f"{table.path}: {error}")
            elif key not in _OF_ALL_ROWS | _COUNTERPARTS.keys() and not table.row_by_row:
                wrong.append(f"{table.path}: a function that is not of single rows (ROW_BY_ROW)")
        if wrong:
            raise CorepathError("Spark cannot make this: " + "; ".join(wrong))
        for parent in {p for key in wanted for p in self.tables[key].parents} - self.tables.keys():
            schema, name = parent.split(".")
            if schema in ("reference", "topic") and self._is_there(schema, name):
                self._small[parent] = self.connection.sql(f"from {parent}").to_arrow_table()
                show(self.spark, parent, self._small[parent])
        if _PAGERANK in wanted and "pr" in self._small["topic.topic_indicator"]["indicator"].to_pylist():
            raise UsageError(
                "the topic asks for pr, the PageRank of each family among all: it needs all references in "
                "the memory of one machine, and there is no way for it on a lake yet; leave pr out, or "
                "refresh without --lake"
            )

    def _is_there(self, schema: str, name: str) -> bool:
        return bool(
            self.connection.execute(
                "select 1 from duckdb_tables() where schema_name = ? and table_name = ?", [schema, name]
            ).fetchall()
        )

    def show_raw(self, files: Iterable[Brought]) -> None:
        """Let Spark find the raw tables: each the files' parts of it."""
        parts: dict[str, list[str]] = {}
        for file in files:
            for key, mark in file["tables"].items():
                parts.setdefault(key, []).append(self.lake.path(key, mark))
        for source in self.sources.values():
            for key in (f"raw.{source.name}_{name}" for name in source.tables):
                shape = shape_of(self.connection, key)
                found = parts.get(key)
                frame = (
                    self.spark.read.schema(spark_type(shape)).parquet(*found)
                    if found
                    else frame_of(self.spark, shape.empty_table())
                )
                show(self.spark, key, frame)

    def make(self, key: str) -> int:
        """Make a table, or find it in the lake; give its rows, 0 of a view.

        Raises
        ------
        CorepathError
            Spark or the function failed; the message names the file.
        """
        began = time.perf_counter()
        table, shape = self.tables[key], shape_of(self.connection, key)
        if table.is_view and not self._is_read_whole(key):
            show(self.spark, key, shaped(self._selected(table), shape))
            return 0
        rows = self.lake.rows(key, self.marks[key])
        if rows is None:
            try:
                rows = self._write(key, shaped(self._frame(table, shape), shape))
            except CorepathError:
                raise
            except Exception as error:
                raise CorepathError(f"{table.path}: {_said(error)}") from error
            log.info("%s: %s rows in %.2f s", key, f"{rows:,}", time.perf_counter() - began)
        else:
            log.info("%s: up to date", key)
        self.made[key] = self.marks[key]
        path = self.lake.path(key, self.marks[key])
        show(self.spark, key, self.spark.read.schema(spark_type(shape)).parquet(path))
        return rows

    def _is_read_whole(self, key: str) -> bool:
        """Whether a function reads it here: for that it has to lie in the lake, even if it is a view."""
        return any(key in self.tables[name].parents for name in _OF_ALL_ROWS if name in self.tables)

    def _write(self, key: str, frame: "DataFrame") -> int:
        path = self.lake.path(key, self.marks[key])
        frame.write.mode("overwrite").parquet(path)
        rows = self.lake.scan(key, self.marks[key]).count_rows()  # the files' own count
        self.lake.finish(key, self.marks[key], rows)
        return rows

    def _frame(self, table: Table, shape: pa.Schema) -> "DataFrame":
        if table.schema == "sources":  # a view on one machine; Spark would make it at each mention
            return self._united(table)
        if table.path.suffix == ".sql":
            return self._selected(table)
        if counterpart := _COUNTERPARTS.get(table.key):
            return counterpart(self.spark, self._save)
        if table.row_by_row:
            (rows,) = (p for p in table.parents if p.split(".")[1] == table.row_by_row)
            others = {p.split(".")[1]: self._small[p] for p in table.parents if p != rows}
            return run_by_rows(table, self.spark.table(view_of(*rows.split("."))), others, shape)
        return frame_of(self.spark, self._of_all_rows(table).cast(shape))

    def _selected(self, table: Table) -> "DataFrame":
        return self.spark.sql(self._sql[table.key])

    def _of_all_rows(self, table: Table) -> pa.Table:
        """Call a function where the session is: of what it reads, it takes the columns that it uses."""
        given = {
            parent.split(".")[1]: pl.DataFrame(self._small[parent]).lazy()
            if parent in self._small
            else pl.scan_pyarrow_dataset(self.lake.scan(parent, self.made[parent]))
            for parent in table.parents
        }
        return table.function()(**given).lazy().collect(engine="streaming").to_arrow()

    def _save(self, frame: "DataFrame", name: str) -> "DataFrame":
        """Write what is needed between steps; `Lake.clean` removes it."""
        path = self.lake.path("scratch.families", f"{name}-{uuid.uuid4().hex[:8]}")
        frame.write.parquet(path)
        return self.spark.read.schema(frame.schema).parquet(path)

    def _united(self, table: Table) -> "DataFrame":
        """Show a canonical table of all sources; see `builder.unite_sources`."""
        from pyspark.sql import functions as f

        shape = shape_of(self.connection, table.key)
        days = [column.name for column in shape if pa.types.is_date(column.type)]
        parts = [frame_of(self.spark, shape.empty_table())]
        for parent in table.parents:
            name = parent.split(".")[0]
            rows = self.spark.table(view_of(*parent.split(".")))
            for day in set(days) & set(rows.columns):
                possible = f.expr(f"`{day}` between date '1790-01-01' and current_date() + 1")
                rows = rows.withColumn(day, f.when(possible, f.col(day)))
            rank = self.sources[name].rank
            parts.append(shaped(rows.withColumns({"source": f.lit(name), "source_rank": f.lit(rank)}), shape))
        found = parts[0]
        for part in parts[1:]:
            found = found.unionAll(part)
        return found

    def keep(self, key: str, sql: str) -> None:
        """Write the answer of a small SELECT of DuckDB's over staging as a table of the lake."""
        mark = self.made["staging.stg_document"]
        self.lake.bring(key, mark, self.ask(sql))
        self.made[key] = mark

    def ask(self, sql: str) -> pa.Table:
        """Answer a SELECT of DuckDB's over what was made; the answer fits into memory."""
        return self.spark.sql(translate(sql, view_of)).toArrow()

    def validate(self, suite: Suite) -> list[Result]:
        """Validate a table by one query over it; one for each expectation if that cannot be run."""
        queries = [counting(e, f"{suite.schema}.{suite.name}") for e in suite.expectations]
        return results_of(suite, self._counted(queries))

    def _counted(self, queries: list[str]) -> list[int | str]:
        if not queries:
            return []
        try:
            columns = ", ".join(f"({query}) as found_{i}" for i, query in enumerate(queries))
            return list(self.ask(f"select {columns}").to_pylist()[0].values())
        except Exception as error:
            if len(queries) == 1:
                return [_said(error)]
            return [self._counted([query])[0] for query in queries]


def _said(error: Exception) -> str:
    """Say what went wrong without the trace of the JVM."""
    return str(error).partition("JVM stacktrace")[0].strip()[:2000]
