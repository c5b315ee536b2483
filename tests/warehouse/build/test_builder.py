"""Tables that are views, and what becomes of one kept as the other kind; tables made in parts."""

import pickle
import re
import sys
from pathlib import Path
from types import ModuleType

import duckdb
import polars as pl
import pytest

from corepath.transforms.methods.entropy import entropy_weights
from corepath.warehouse.build import builder as build
from corepath.warehouse.build import inputs
from corepath.warehouse.build.graph import Table
from corepath.warehouse.database import MEMORY
from corepath.warehouse.errors import BadInput, CorepathError, Refused
from corepath.warehouse.sources import named

TABLE = "-- Numbers. One row = one number.\nselect {} as number"
VIEW = "-- Numbers. One row = one number.\n-- A view: it is read once.\nselect {} as number"


@pytest.fixture
def connection():
    with duckdb.connect(config={"autoinstall_known_extensions": False}) as db:
        db.execute("attach ':memory:' as warehouse; create schema warehouse.raw")
        yield db


def written(folder: Path, text: str) -> Table:
    """A table anew each time: the text of one is read once."""
    path = folder / "stg_number.sql"
    path.write_text(text)
    return Table("dump", "stg_number", path, ())


def kind(connection: duckdb.DuckDBPyConnection) -> str:
    ((found,),) = connection.sql(
        "select table_type from information_schema.tables where table_name = 'stg_number'"
    ).fetchall()
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (TABLE, False),
        (VIEW, True),
        ("-- Numbers.\nselect 1 as number -- A view: no, it is not\n", False),
        ("-- A view of numbers as a table.\nselect 1 as number", False),
    ],
)
def test_the_head_of_a_file_tells_whether_it_is_a_view(tmp_path, text, expected):
    assert written(tmp_path, text).is_view is expected


@pytest.mark.parametrize("texts", [(TABLE, VIEW), (VIEW, TABLE), (VIEW, VIEW), (TABLE, TABLE)])
def test_a_table_that_becomes_a_view_is_replaced_and_so_the_other_way(tmp_path, connection, texts):
    for number, text in enumerate(texts):
        table = written(tmp_path, text.format(number))
        mark = f"mark {number}"
        assert build.materialized(connection).get(table.key) != mark
        build.materialize(connection, table, mark)
        assert build.materialized(connection).get(table.key) == mark
        assert connection.sql("from warehouse.dump.stg_number").fetchall() == [(number,)]
        assert kind(connection) == ("VIEW" if text is VIEW else "BASE TABLE")


@pytest.mark.parametrize(
    ("rows", "reads", "left"),
    [(10, True, 0.99), (200_000, True, 0.8), (10_000_000, True, 0.25), (10_000_000, False, 1)],
)
def test_duckdb_makes_room_for_the_rows_that_a_function_has_read(
    tmp_path, connection, monkeypatch, rows, reads, left
):
    def limit() -> float:
        (size,) = connection.sql("select current_setting('memory_limit')").fetchall()[0]
        return float(size.split()[0])

    def stg_number(short: pl.LazyFrame, long: pl.LazyFrame) -> pl.DataFrame:
        short.collect()
        read = long.head(1).collect() if reads else pl.DataFrame({"range": [1]})
        seen.append(limit())
        return read

    connection.execute(f"set memory_limit = '1000MiB'; set variable {MEMORY} = {1000 * 2**20}")
    connection.execute("create table warehouse.raw.short as select 1 as number")
    connection.execute(f"create table warehouse.raw.long as select * from range({rows})")
    connection.execute("set search_path = 'warehouse.raw'")
    path = tmp_path / "stg_number.py"
    path.write_text("def stg_number(short, long): ...\n")
    module = ModuleType("corepath.transforms.stg_number")
    module.__dict__.update(stg_number=stg_number)
    monkeypatch.setitem(sys.modules, "corepath.transforms.stg_number", module)
    table = Table("staging", "stg_number", path, ("raw.short", "raw.long"))
    seen = []
    for _ in range(3):
        build.make(connection, table, "warehouse")
    assert seen == [pytest.approx(1000 * left, rel=0.02)] * 3
    assert limit() == 1000


@pytest.mark.parametrize("texts", [(TABLE, VIEW), (VIEW, TABLE)])
def test_what_cannot_be_built_leaves_the_other_kind_as_it_was(tmp_path, connection, texts):
    good, bad = texts
    table = written(tmp_path, good.format(1))
    assert build.materialized(connection).get(table.key) != "good"
    build.materialize(connection, table, "good")
    broken = written(tmp_path, bad.format("no_such_column"))
    with pytest.raises(CorepathError, match=r"stg_number\.sql"):
        build.materialize(connection, broken, "bad")
    assert build.materialized(connection).get(table.key) == "good"
    assert connection.sql("from warehouse.dump.stg_number").fetchall() == [(1,)]


def test_values_without_an_answer_are_refused_and_the_reason_is_told(tmp_path, connection, monkeypatch):
    def int_weight() -> pl.DataFrame:
        return entropy_weights(pl.DataFrame({"fs": [1.0, 1.0], "sc": [2.0, 2.0]}))

    path = tmp_path / "int_weight.py"
    path.write_text("def int_weight(): ...\n")
    module = ModuleType("corepath.transforms.int_weight")
    module.__dict__.update(int_weight=int_weight)
    monkeypatch.setitem(sys.modules, "corepath.transforms.int_weight", module)
    with pytest.raises(Refused, match=r"cannot be analysed.*every indicator is constant: fs, sc"):
        build.make(connection, Table("intermediate", "int_weight", path, ()), "memory")
    assert connection.sql("from duckdb_tables() where table_name = 'int_weight'").fetchall() == []


# --- Tables in parts -----------------------------------------------------------------------------

IN_PARTS = "PARTS = 3\n\n\ndef int_even(part, int_number): ...\n"


def int_even(part: int, int_number: pl.LazyFrame) -> pl.LazyFrame:
    return int_number.filter(pl.col("number") % 3 == part).with_columns(part=pl.lit(part))


@pytest.fixture
def in_parts(tmp_path, connection, monkeypatch) -> Table:
    path = tmp_path / "int_even.py"
    path.write_text(IN_PARTS)
    module = ModuleType("corepath.transforms.int_even")
    module.__dict__.update(PARTS=3, int_even=int_even)
    monkeypatch.setitem(sys.modules, "corepath.transforms.int_even", module)
    connection.execute(f"set temp_directory = '{tmp_path / 'spilled'}'")
    connection.execute("create schema intermediate; set search_path = 'memory.intermediate'")
    connection.execute("create table intermediate.int_number as select range as number from range(7)")
    return Table("intermediate", "int_even", path, ("intermediate.int_number",))


def test_the_parts_of_a_table_are_made_by_number_and_put_together(connection, in_parts):
    assert in_parts.is_in_parts
    assert build.make(connection, in_parts, "memory") == 7
    found = connection.sql(
        "select part, list(number order by number) from intermediate.int_even group by part order by part"
    ).fetchall()
    assert found == [(0, [0, 3, 6]), (1, [1, 4]), (2, [2, 5])]


def test_the_work_of_a_part_can_be_sent_to_another_process(connection, in_parts):
    def sent(name, works, at_once):
        assert at_once == 3
        assert name == "intermediate.int_even"
        return [pickle.loads(pickle.dumps(work))() for work in works]

    assert build.make(connection, in_parts, "memory", sent) == 7


def test_no_more_parts_run_at_once_than_memory_holds(connection, in_parts):
    def spread(name, works, at_once):
        seen.append(at_once)
        return [work() for work in works]

    seen = []
    connection.execute(f"set memory_limit = '1000MiB'; set variable {MEMORY} = {1000 * 2**20}")
    for rows in (1_000, 300_000, 5_000_000):
        connection.execute(
            f"create or replace table intermediate.int_number as select range as number from range({rows})"
        )
        build.make(connection, in_parts, "memory", spread)
    assert seen == [3, 2, 1]


def test_files_that_parts_share_are_gone_even_if_one_fails(connection, in_parts, tmp_path):
    def failing(name, works, at_once):
        assert list((tmp_path / "spilled").rglob("*.arrow"))
        raise pl.exceptions.ComputeError("no")

    with pytest.raises(CorepathError, match=r"int_even\.py"):
        build.make(connection, in_parts, "memory", failing)
    assert not list((tmp_path / "spilled").iterdir())


def test_a_table_that_is_made_at_once_is_not_in_parts(tmp_path):
    assert not written(tmp_path, TABLE).is_in_parts


RULE = """
[[industry.rule]]
label = "I1"
title = "one"
says = "is one"
all = [["lift > 1", "density low"], ["cr4 >= 0.4"]]
"""


def rules(folder: Path, text: str) -> pl.DataFrame:
    path = folder / "rules.toml"
    path.write_text(text)
    return inputs.read_rules(path)


def test_rules_are_spelt_out_test_by_test(tmp_path):
    found = rules(tmp_path, RULE + RULE.replace("I1", "I2").replace("lift > 1", "lift high"))
    assert found.select("dimension", "position", "label", "clause", "test").rows() == [
        ("industry", 1, "I1", 1, "lift > 1"),
        ("industry", 1, "I1", 1, "density low"),
        ("industry", 1, "I1", 2, "cr4 >= 0.4"),
        ("industry", 2, "I2", 1, "lift high"),
        ("industry", 2, "I2", 1, "density low"),
        ("industry", 2, "I2", 2, "cr4 >= 0.4"),
    ]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (RULE.replace("lift > 1", "lift > one"), "industry, I1: 'lift > one' is no test"),
        (RULE.replace("lift > 1", "lfit > 1"), "industry, I1: 'lfit' is no metric; there are"),
        (RULE.replace('title = "one"', ""), "industry, I1: title missing"),
        (RULE.replace('label = "I1"', ""), "industry, rule 1: label missing"),
        (RULE.replace('["cr4 >= 0.4"]', "[]"), "industry, I1: a list of tests is empty"),
        (RULE + RULE, "industry, I1: the label is taken"),
        ("title = [", "rules.toml: "),
        ("", "it has no rule"),
    ],
)
def test_a_wrong_rule_is_told_with_file_and_rule(text, says, tmp_path):
    with pytest.raises(BadInput, match=re.escape(says)) as error:
        rules(tmp_path, text)
    assert "rules.toml" in str(error.value)


def test_the_shipped_rules_have_the_precedence_of_the_method():
    found = inputs.read_rules(inputs.REFERENCE / "pathway_rules.toml")
    order = found.unique(["dimension", "position"]).sort("position")
    assert {
        dimension: order.filter(dimension=dimension)["label"].to_list()
        for dimension in ("industry", "technology", "collaboration")
    } == {
        "industry": ["I1", "I3", "I2", "I4"],
        "technology": ["T1", "T2", "T3"],
        "collaboration": ["C2", "C1", "C3", "C4"],
    }


def test_the_release_says_of_each_source_how_many_publications_were_merged(connection):
    connection.execute(
        "attach ':memory:' as build; create schema build.meta; create schema staging; "
        "create table staging.stg_document as select * from (values ('uspto', 2, 'US', 'a'), "
        "('uspto', 1, 'US', 'b'), ('uspto', 3, 'US', null), ('patentsview', 1, 'US', null)) "
        "as d(source, source_count, office, abstract); "
        "create table staging.stg_citation as select * from (values "
        "('JP-S62123456-A', 'invention', true, 1), ('JP-S62123457', 'unknown', false, 1), "
        "('JP-7/1?', 'unknown', false, 1), ('US-5-A', 'invention', false, 2), (null, null, false, 1)) "
        "as c(cited_publication, cited_class, is_loaded, source_rank); "
        "create table build.meta.source_file as select * from (values ('uspto', 'a', 2, 2, 0), "
        "('uspto', 'b', 3, 1, 2), ('patentsview', 'c', 3, 3, 0)) "
        "as f(source, file, rows, loaded, rejected)"
    )
    sources = {
        name: named(name).model_copy(update={"rank": rank})
        for rank, name in enumerate(("uspto", "patentsview"), start=1)
    }
    build.describe_sources(connection, sources)
    told = connection.sql(
        "select files, rows, loaded, rejected, publications, merged_publications "
        "from build.meta.source order by source"
    ).fetchall()
    assert told == [(1, 3, 3, 0, 1, 0), (2, 5, 3, 2, 3, 2)]
    counted = connection.sql("select what, source, office, count from build.meta.source_count").fetchall()
    assert {what: sorted(rest for w, *rest in counted if w == what) for what, *_ in counted} == {
        "publications": [["patentsview", "US", 1], ["uspto", "US", 3]],
        "publications with an abstract": [["patentsview", "US", 0], ["uspto", "US", 2]],
        "references": [["patentsview", "US", 1], ["uspto", "JP", 3]],
        "linked references": [["patentsview", "US", 0], ["uspto", "JP", 1]],
        "references of unknown kind": [["patentsview", "US", 0], ["uspto", "JP", 2]],
        "references that no rule reads": [["patentsview", "US", 0], ["uspto", "JP", 1]],
    }
