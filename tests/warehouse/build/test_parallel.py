"""Tables of Python made in other processes, while DuckDB makes the others."""

import os
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import date
from decimal import Decimal
from functools import partial
from itertools import pairwise
from pathlib import Path

import duckdb
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import corepath.transforms
from corepath.warehouse.build import builder as build
from corepath.warehouse.build.graph import Table
from corepath.warehouse.build.parallel import Helpers, Work, in_threads, in_turn, write_files
from corepath.warehouse.database import MEMORY
from corepath.warehouse.errors import CorepathError, Refused

FUNCTION = """
import os, time
import polars as pl
from corepath.transforms.methods.entropy import DegenerateInput

def {name}({parents}):
    return pl.LazyFrame({{"process": [os.getpid()], "rows": [{rows}]}})
"""


@pytest.fixture
def connection(tmp_path):
    with duckdb.connect(config={"temp_directory": str(tmp_path / "spilled")}) as connection:
        connection.execute("create schema intermediate; set search_path = 'memory.intermediate'")
        yield connection


@pytest.fixture
def table(tmp_path, monkeypatch):
    """Write a table's file, its function where processes find it; give the table."""
    package = tmp_path / "corepath_functions"
    package.mkdir()

    def written(name: str, *parents: str, sql: str = "", body: str = "") -> Table:
        file = package / f"{name}.{'sql' if sql else 'py'}"
        rows = " + ".join(f"{parent}.collect().height" for parent in parents) or "0"
        file.write_text(sql or body or FUNCTION.format(name=name, parents=", ".join(parents), rows=rows))
        return Table("intermediate", name, file, tuple(f"intermediate.{parent}" for parent in parents))

    monkeypatch.setattr(corepath.transforms, "__path__", [*corepath.transforms.__path__, str(package)])
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    (tmp_path / "found_functions.py").write_text(
        f"import corepath.transforms\ncorepath.transforms.__path__.append({str(package)!r})\n"
    )
    return written


def ready(helpers: Helpers, most: int) -> Helpers:
    """Wait until what may be made in other processes would be."""
    late = time.monotonic() + 60
    while most and not helpers.has_free() and time.monotonic() < late:
        time.sleep(0.01)
    return helpers


def made(connection: duckdb.DuckDBPyConnection, tables: list[Table], most: int) -> dict[str, int | None]:
    """Make tables; give the process that made each one of Python, in the order in which they were made."""
    found = {}
    with (
        Helpers(most, ["found_functions"]) as helpers,
        closing(in_turn(connection, tables, ready(helpers, most))) as turns,
    ):
        for table, begun in turns:
            build.make(connection, table, "memory", begun=begun)
            sql = table.path.suffix == ".sql"
            process = None if sql else connection.sql(f"select process from {table.key}").fetchall()[0][0]
            found[table.name] = process
    return found


@pytest.mark.parametrize("most", [0, 1, 2])
def test_tables_are_made_after_their_parents_and_some_elsewhere(connection, table, most):
    tables = [
        table("int_first", sql="select range as number from range(3)"),
        table("int_one", "int_first"),
        table("int_two", "int_first"),
        table("int_of_both", "int_one", "int_two"),
        table("int_last", sql="select rows from intermediate.int_of_both"),
    ]
    tables[-1] = Table("intermediate", "int_last", tables[-1].path, ("intermediate.int_of_both",))
    found = made(connection, tables, most)
    assert next(iter(found)) == "int_first"
    assert list(found)[-2:] == ["int_of_both", "int_last"]
    processes = {process for process in found.values() if process}
    assert (processes == {os.getpid()}) == (most == 0)
    assert len(processes - {os.getpid()}) <= most
    assert connection.sql("from intermediate.int_one union all from intermediate.int_two").pl()[
        "rows"
    ].to_list() == [3, 3]
    assert connection.sql("from intermediate.int_last").fetchall() == [(2,)]
    assert not list(
        Path(connection.sql("select current_setting('temp_directory')").fetchall()[0][0]).iterdir()
    )


def test_a_table_of_too_many_rows_is_made_where_duckdb_gives_up_memory_for_it(connection, table):
    connection.execute(f"set memory_limit = '100MiB'; set variable {MEMORY} = {100 * 2**20}")
    tables = [
        table("int_many", sql="select range as number from range(100_000)"),
        table("int_few", sql="select range as number from range(10)"),
        table("int_of_many", "int_many"),
        table("int_of_few", "int_few"),
    ]
    found = made(connection, tables, 1)
    assert found["int_of_many"] == os.getpid()
    assert found["int_of_few"] != os.getpid()


def test_what_is_made_elsewhere_takes_of_duckdbs_memory_until_it_is_taken(connection, table):
    def limit() -> float:
        return float(connection.sql("select current_setting('memory_limit')").fetchall()[0][0].split()[0])

    connection.execute(f"set memory_limit = '1000MiB'; set variable {MEMORY} = {1000 * 2**20}")
    tables = [
        table("int_many", sql="select range as number from range(200_000)"),
        table("int_of_many", "int_many"),
        table("int_other", sql="select 1 as x"),
    ]
    seen = {}
    with Helpers(1, ["found_functions"]) as helpers:
        for each, begun in in_turn(connection, tables, ready(helpers, 1)):
            seen[each.name] = limit()
            build.make(connection, each, "memory", begun=begun)
    assert seen["int_many"] == 1000
    assert seen["int_of_many"] == pytest.approx(800, rel=0.02)
    assert limit() == 1000


def test_an_error_in_another_process_is_told_as_if_it_were_here(connection, table):
    body = (
        "from corepath.transforms.methods.entropy import DegenerateInput\n"
        "def int_poor():\n    raise DegenerateInput('every indicator is constant')\n"
    )
    with pytest.raises(Refused, match=r"cannot be analysed.*every indicator is constant"):
        made(connection, [table("int_poor", body=body)], 1)


def test_where_a_table_fails_others_are_given_up_and_nothing_is_left(connection, table):
    connection.execute(f"set memory_limit = '1000MiB'; set variable {MEMORY} = {1000 * 2**20}")
    body = "import time\n\n\ndef int_slow(int_many):\n    time.sleep(60)\n"
    tables = [
        table("int_many", sql="select range as number from range(200_000)"),
        table("int_slow", "int_many", body=body),
        table("int_bad", sql="select no_such_column from intermediate.int_many"),
    ]
    began = time.monotonic()
    with pytest.raises(CorepathError, match=r"int_bad\.sql"):
        made(connection, tables, 1)
    assert time.monotonic() - began < 30
    limit, beside = connection.sql(
        "select current_setting('memory_limit'), current_setting('temp_directory')"
    ).fetchall()[0]
    assert limit == "1000.0 MiB"
    assert not list(Path(beside).iterdir())


COLUMNS = {
    "whole": st.none() | st.integers(-(2**63), 2**63 - 1),
    "huge": st.none() | st.integers(-(10**30), 10**30),
    "fraction": st.none() | st.floats(),
    "text": st.none() | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
    "day": st.none() | st.dates(date(1, 1, 1), date(9999, 12, 31)),
    "is": st.none() | st.booleans(),
    "exact": st.none() | st.decimals(-1000, 1000, places=3).map(Decimal),
    "many": st.none() | st.lists(st.none() | st.text("abc")),
}


@given(rows=st.lists(st.fixed_dictionaries(COLUMNS), max_size=5))
def test_another_process_reads_what_a_function_here_reads(rows, tmp_path_factory):
    folder = tmp_path_factory.mktemp("files")
    with duckdb.connect() as connection:
        connection.execute(
            "create table t (whole bigint, huge hugeint, fraction double, text varchar, day date, "
            '"is" boolean, exact decimal(12, 3), many varchar[])'
        )
        if rows:
            connection.executemany(
                f"insert into t values ({', '.join(f'${name}' for name in COLUMNS)})", rows
            )
        here = pl.concat(
            [pl.DataFrame(batch) for batch in connection.sql("from t").to_arrow_reader()]
            or [connection.sql("from t").pl()]
        )
        files = write_files(connection, ["main.t"], folder)
    there = pl.scan_ipc(files["t"], glob=False).collect()
    assert there.schema == here.schema
    assert there.equals(here)


def test_work_is_done_here_where_no_process_is_free():
    with Helpers(0) as helpers:
        assert helpers.do(partial(pl.DataFrame, {"process": os.getpid()})).item() == os.getpid()
        assert not helpers.has_free()


def test_parts_are_spread_over_this_process_and_others(connection, table):
    body = (
        "import os, time\nimport polars as pl\nPARTS = 4\n\n\n"
        "def int_part(part, int_first):\n    time.sleep(0.2)\n"
        "    return int_first.select(process=pl.lit(os.getpid()), part=pl.lit(part))\n"
    )
    first = table("int_first", sql="select 1 as number")
    parts = table("int_part", "int_first", body=body)
    with Helpers(1, ["found_functions"]) as helpers:
        build.make(connection, first, "memory")
        build.make(connection, parts, "memory", helpers.sharing(partial(in_threads, 2)))
    found = connection.sql("select part, process from intermediate.int_part order by part").fetchall()
    assert [part for part, _ in found] == [0, 1, 2, 3]
    assert len({process for _, process in found}) == 2


def test_parts_have_all_processes_and_all_memory_to_themselves(connection, table):
    slow = (
        "import os, time\nimport polars as pl\n\n\ndef int_slow(int_first):\n    time.sleep(0.5)\n"
        "    return pl.DataFrame({'process': [os.getpid()]})\n"
    )
    parts = (
        "import os\nimport polars as pl\nPARTS = 2\n\n\ndef int_part(part, int_first):\n"
        "    return pl.DataFrame({'process': [os.getpid()]})\n"
    )
    tables = [
        table("int_first", sql="select 1 as number"),
        table("int_part", "int_first", body=parts),
        table("int_slow", "int_first", body=slow),
    ]
    assert list(made(connection, tables, 1)) == ["int_first", "int_slow", "int_part"]


def test_a_part_is_work_that_names_itself(tmp_path, table):
    body = "PARTS = 2\ndef int_number(part, t):\n    return t.filter(number=part)\n"
    table("int_number", "t", body=body)
    pl.DataFrame({"number": [0, 1, 1]}).write_ipc(tmp_path / "t.arrow")
    files = {"t": tmp_path / "t.arrow"}
    assert [Work("int_number", files, part)().height for part in (0, 1)] == [1, 2]


@pytest.mark.parametrize(("most", "works", "threads"), [(0, 3, 2), (1, 4, 3), (2, 5, 2)])
def test_no_more_work_is_done_at_once_than_there_are_processes(most, works, threads):
    with Helpers(most) as helpers, ThreadPoolExecutor(threads) as pool:
        begun = list(pool.map(lambda _: helpers.do(partial(_slowly, 0.05)), range(works)))
    by_process: dict[int, list[tuple[float, float]]] = {}
    for process, *times in (frame.row(0) for frame in begun):
        by_process.setdefault(process, []).append(tuple(times))
    assert len(by_process) <= min(most + 1, threads)
    for spans in by_process.values():
        assert all(end <= start for (_, end), (start, _) in pairwise(sorted(spans)))


def _slowly(seconds: float) -> pl.DataFrame:
    began = time.time()
    time.sleep(seconds)
    return pl.DataFrame({"process": os.getpid(), "began": began, "ended": time.time()})


def test_a_table_is_not_left_to_a_process_that_still_imports(connection, table, tmp_path):
    (tmp_path / "slow_to_import.py").write_text("import found_functions, time\ntime.sleep(60)\n")
    with Helpers(1, ["slow_to_import"]) as helpers:
        ((_, begun),) = in_turn(connection, [table("int_one")], helpers)
    assert begun is None
