"""The graph of tables: what is read from the files, and what is wrong with them said by name."""

import dataclasses
import re
from pathlib import Path

import duckdb
import pytest

from corepath.warehouse.build.graph import (
    GraphError,
    as_mermaid,
    as_text,
    describe,
    discover,
    fingerprints,
    parents_of_sql,
)
from corepath.warehouse.settings import ROOT
from corepath.warehouse.sources import available
from corepath.warehouse.topic.files import Topic

# A house of one source: raw -> source -> canonical -> staging -> intermediate -> mart.
HOUSE = {
    "sql/sources/dump/source.toml": "[tables.line]\ncolumns = { number = 'VARCHAR' }\n",
    "sql/sources/dump/clean.sql": "select * from raw.dump_line",
    "sql/sources/dump/stg_document.sql": "select number from dump.clean",
    "sql/sources/stg_document.sql": "select null::varchar as number where false",
    "sql/staging/stg_document.sql": "select * from sources.stg_document",
    "sql/intermediate/int_topic.sql": "select * from staging.stg_document, topic.topic",
    "transforms/int_score.py": "from corepath.transforms.methods.maths import twice\n\n\n"
    "def int_score(int_topic, topic, country):\n    return twice(int_topic)\n",
    "transforms/methods/maths.py": "from corepath.transforms.methods.deeper import two\n\n\n"
    "def twice(frame):\n    return frame\n",
    "transforms/methods/deeper.py": "def two():\n    return 2\n",
    "transforms/methods/another.py": "ONE = 1\n",
    "sql/marts/fct_patent.sql": "-- Patents. One row = one. Key: number.\nselect\n"
    "    number -- Its number\nfrom intermediate.int_score",
    "reference/country.csv": "country\nJP\n",
}
KEYS = {
    "dump.clean",
    "dump.stg_document",
    "sources.stg_document",
    "staging.stg_document",
    "intermediate.int_topic",
    "intermediate.int_score",
    "marts.fct_patent",
}


@pytest.fixture
def house(tmp_path):
    """Build the project, with changes: a text replaces a file, None takes it away."""

    def make(changes=None):
        for name, text in {**HOUSE, **(changes or {})}.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if text is None:
                path.unlink()
            else:
                path.write_text(text, encoding="utf-8")
        return tmp_path

    return make


def parents(tmp_path, sql):
    path = tmp_path / "fct_any.sql"
    path.write_text(sql, encoding="utf-8")
    with duckdb.connect() as parser:
        return parents_of_sql(path, parser)


# --- Parents -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sql", "found"),
    [
        ("select 1", ()),
        ("select * from staging.b join staging.a using (x)", ("staging.a", "staging.b")),
        (
            "select * from staging.a left join lateral (select a.x from staging.b) on true",
            ("staging.a", "staging.b"),
        ),
        ("select * from staging.a, intermediate.b", ("intermediate.b", "staging.a")),
        ("from staging.a", ("staging.a",)),
        ("with c as (select * from staging.a), d as (select * from c) select * from d", ("staging.a",)),
        ("with c as (with d as (select * from staging.a) select * from d) select * from c", ("staging.a",)),
        ("select * from (with c as (select 1) select * from c union all from staging.a)", ("staging.a",)),
        ("select * from (select * from staging.a) as staging_b", ("staging.a",)),
        (
            "select (select max(x) from staging.a) from staging.b where x in (select x from marts.c) "
            "and exists (select 1 from staging.d)",
            ("marts.c", "staging.a", "staging.b", "staging.d"),
        ),
        (
            "select 1 union all select 2 from staging.a except select 3 from staging.b",
            ("staging.a", "staging.b"),
        ),
        (
            "select x from staging.a qualify rank() over (order by (select 1 from staging.b)) = 1",
            ("staging.a", "staging.b"),
        ),
        ("select 'from staging.b', \"from staging.c\" from staging.a -- join staging.d", ("staging.a",)),
        ("/* select * from staging.b */ select * from staging.a;", ("staging.a",)),
        ("select a.x, staging.y from staging.a as a, (select 1 as y) as staging", ("staging.a",)),
        ("select * from staging.a join staging.a as again using (x)", ("staging.a",)),
        ('select * from "staging"."stg a"', ("staging.stg a",)),
        ("select unnest(list_transform([1], lambda x: x + 1)) from range(3), staging.a", ("staging.a",)),
    ],
)
def test_the_tables_that_a_select_reads_are_its_parents(tmp_path, sql, found):
    assert parents(tmp_path, sql) == found


def test_a_cte_hides_no_table_of_its_name_in_a_schema(tmp_path):
    assert parents(tmp_path, "with a as (select 1) select * from a, staging.a") == ("staging.a",)


@pytest.mark.parametrize(
    ("sql", "complaint"),
    [
        ("select 1; select 2", "holds 2 statements"),
        ("", "holds 0 statements"),
        ("-- nothing but a comment", "holds 0 statements"),
        ("create table a as select 1", "SELECT"),
        ("selekt 1 from", "syntax error"),
        ("select * from stg_document", "name the schema of stg_document"),
        ("select * from 'file.parquet'", "name the schema of file.parquet"),
        ("with c as (select 1) select * from c, loose", "name the schema of loose"),
    ],
)
def test_what_is_no_single_select_of_named_tables_is_refused_by_file(tmp_path, sql, complaint):
    with pytest.raises(GraphError, match=re.escape(complaint)) as caught:
        parents(tmp_path, sql)
    assert "fct_any.sql" in str(caught.value)


# --- The graph -----------------------------------------------------------------------------------


def test_the_house_has_every_table_once_and_after_its_parents(house):
    tables = discover(["dump"], house())
    assert set(tables) == KEYS
    seen = set()
    for key, table in tables.items():
        assert key == table.key
        assert {parent for parent in table.parents if parent in KEYS} <= seen
        seen.add(key)


def test_the_parameters_of_a_function_are_its_parents(house):
    score = discover(["dump"], house())["intermediate.int_score"]
    assert score.parents == ("intermediate.int_topic", "topic.topic", "reference.country")


def test_the_part_of_a_table_in_parts_is_no_parent(house):
    root = house({"transforms/int_score.py": "PARTS = 2\n\n\ndef int_score(part, int_topic): ..."})
    assert discover(["dump"], root)["intermediate.int_score"].parents == ("intermediate.int_topic",)


def test_a_module_of_functions_is_no_table(house):
    root = house({"transforms/methods/more_maths.py": "def thrice(x):\n    return x\n"})
    assert set(discover(["dump"], root)) == KEYS


def test_a_source_that_is_not_loaded_is_left_aside(house):
    tables = discover([], house({"sql/sources/other/stg_document.sql": "select nonsense from a.b"}))
    assert set(tables) == KEYS - {"dump.clean", "dump.stg_document"}
    assert tables["sources.stg_document"].parents == ()


def test_the_canonical_table_has_every_loaded_source_as_a_parent(house):
    root = house({"sql/sources/other/stg_document.sql": "select '1' as number"})
    tables = discover(["other", "dump"], root)
    assert tables["sources.stg_document"].parents == ("dump.stg_document", "other.stg_document")


INT = "sql/intermediate/int_topic.sql"


@pytest.mark.parametrize(
    ("file", "changes", "complaint"),
    [
        (INT, {INT: "select * from staging.stg_nobody, topic.topic"}, "unknown parent staging.stg_nobody"),
        (INT, {INT: "select * from staging.stg_document, topic.toppic"}, "unknown parent topic.toppic"),
        (
            INT,
            {INT: "select * from staging.stg_document, reference.planet"},
            "unknown parent reference.planet",
        ),
        (
            "clean.sql",
            {"sql/sources/dump/clean.sql": "select * from raw.dump_lines"},
            "unknown parent raw.dump_lines",
        ),
        (
            "int_score.py",
            {"transforms/int_score.py": "def int_score(int_topic, planet): ..."},
            "unknown parent planet",
        ),
        (
            "int_score.py",
            {"transforms/int_score.py": "def int_score(part, int_topic): ..."},
            "unknown parent part",
        ),
        (
            "int_score.py",
            {"transforms/int_score.py": "def score(int_topic): ..."},
            "holds no function int_score",
        ),
        (INT, {INT: "select * from intermediate.int_score"}, "cycle intermediate.int_"),
        (
            INT,
            {INT: "select * from intermediate.int_topic"},
            "cycle intermediate.int_topic -> intermediate.int_topic",
        ),
        (
            "int_alone.sql",
            {"sql/intermediate/int_alone.sql": "select * from staging.stg_document"},
            "intermediate.int_alone leads to no mart",
        ),
        (
            "int_alone.py",
            {"transforms/int_alone.py": "def int_alone(stg_document): ..."},
            "intermediate.int_alone leads to no mart",
        ),
        (
            "unused.sql",
            {"sql/sources/dump/unused.sql": "select * from raw.dump_line"},
            "dump.unused leads to no mart",
        ),
        (
            "int_score.py",
            {"sql/intermediate/int_score.sql": "select * from intermediate.int_topic"},
            "int_score is made by",
        ),
        (
            "fct_patent.py",
            {"transforms/fct_patent.py": "def fct_patent(int_score): ..."},
            "fct_patent is made by",
        ),
        (
            "tmp_patent.sql",
            {"sql/marts/tmp_patent.sql": "select * from intermediate.int_score"},
            "name starts with stg_, int_, dim_ or fct_",
        ),
        (INT, {INT: "select 1; select 2"}, "holds 2 statements"),
        (INT, {INT: "select * from stg_document"}, "name the schema of stg_document"),
        (
            "stg_document.sql",
            {"sql/staging/stg_document.sql": "select * from sources.stg_document, topic.topic"},
            "staging.stg_document outlives topics, so it cannot read topic.topic",
        ),
        (
            "stg_document.sql",
            {"sql/staging/stg_document.sql": "select * from sources.stg_document, marts.fct_patent"},
            "staging.stg_document outlives topics, so it cannot read marts.fct_patent",
        ),
        (
            "dump/stg_party.sql",
            {"sql/sources/dump/stg_party.sql": "select * from dump.clean"},
            "sql/sources/stg_party.sql does not declare stg_party",
        ),
    ],
)
def test_what_is_wrong_is_said_by_file_before_anything_runs(house, file, changes, complaint):
    with pytest.raises(GraphError, match=re.escape(complaint)) as caught:
        discover(["dump"], house(changes))
    message = str(caught.value)
    assert file in message or "int_score.py" in message  # a cycle is named by one of its files
    assert caught.value.exit_code == 1


# --- The real graph ------------------------------------------------------------------------------


@pytest.mark.parametrize("sources", [["ppubs"], ["uspto"], ["ppubs", "uspto"]])
def test_the_projects_own_graph_holds_with_any_source(sources):
    tables = discover(sources)
    files = {table.path.relative_to(ROOT).as_posix() for table in tables.values()}
    expected = {
        path.relative_to(ROOT).as_posix()
        for layer in ("staging", "intermediate", "marts", *(f"sources/{s}" for s in sources))
        for path in (ROOT / "sql" / layer).glob("*.sql")
    }
    assert expected <= files
    assert {table.schema for table in tables.values()} == {
        "sources",
        "staging",
        "intermediate",
        "marts",
        *sources,
    }


def test_order_does_not_depend_on_the_order_of_sources():
    assert list(discover(["ppubs", "uspto"])) == list(discover(["uspto", "ppubs"]))


def test_tables_of_the_warehouse_are_those_no_topic_changes():
    kept = {key for key, table in discover(available()).items() if table.in_warehouse}
    assert "staging.stg_family" in kept
    assert "ppubs.publication" in kept
    assert not any(key.startswith(("intermediate.", "marts.")) for key in kept)


@pytest.mark.parametrize("mart", [k for k, t in discover(available()).items() if t.schema == "marts"])
def test_every_mart_tells_its_key_and_every_column(mart):
    table = discover(available())[mart]
    description = describe(table)
    assert description.text.endswith(".")
    assert "One row = " in description.text
    assert set(description.key) <= set(description.columns)
    assert all(len(comment) > 3 for comment in description.columns.values())
    # Every column of the last SELECT bears a comment: one a comma, and one more.
    body = table.text[table.text.rindex("\nselect") :].split("\nfrom ")[0]
    bare = re.sub(r"--.*|'[^']*'", "", body)
    depth, columns = 0, 1
    for character in bare:
        depth += {"(": 1, ")": -1}.get(character, 0)
        columns += character == "," and depth == 0
    assert len(description.columns) == columns


def test_a_mart_without_a_key_is_refused_by_file(house):
    root = house(
        {"sql/marts/fct_patent.sql": "-- Patents.\nselect 1 as a -- One\nfrom intermediate.int_score"}
    )
    with pytest.raises(GraphError, match=r"fct_patent\.sql: its head does not tell the key"):
        describe(discover(["dump"], root)["marts.fct_patent"])


def test_a_description_is_read_from_the_last_select_only(house):
    root = house(
        {
            "sql/marts/fct_patent.sql": (
                "-- Patents\n-- of all kinds. Key: number, year.\n"
                "-- Refers to: dim_year (year), dim_office\n-- (office, kind).\nwith a as (\n"
                "    select\n        x, -- not a column of the table\n        y\n"
                "    from intermediate.int_score\n)\n\nselect\n    number, -- Its number, in full\n"
                "    case\n        when x then 1\n    end as year, -- Its year\n"
                '    coalesce(a, b)\n        as "first", -- quoted\n    a.last_one -- The last\n'
                "from a -- no column either\n"
            )
        }
    )
    description = describe(discover(["dump"], root)["marts.fct_patent"])
    assert description.text == (
        "Patents of all kinds. Key: number, year. Refers to: dim_year (year), dim_office (office, kind)."
    )
    assert description.key == ("number", "year")
    assert description.references == (("dim_year", ("year",)), ("dim_office", ("office", "kind")))
    assert description.columns == {
        "number": "Its number, in full",
        "year": "Its year",
        "last_one": "The last",
    }


# --- Fingerprints --------------------------------------------------------------------------------

GIVEN = {"raw.dump_line": "r", "reference.country": "c"} | dict.fromkeys(
    (f"topic.{name}" for name in Topic(name="a", title="A", classes=["A"]).tables(None)), "t"
)


def changed(before, after):
    assert before.keys() == after.keys()
    return {key for key in before if before[key] != after[key]}


DOWN_FROM_INT = {"intermediate.int_topic", "intermediate.int_score", "marts.fct_patent"}


@pytest.mark.parametrize(
    ("changes", "affected"),
    [
        ({}, set()),
        ({INT: HOUSE[INT] + "\n-- a word"}, DOWN_FROM_INT),
        ({"sql/marts/fct_patent.sql": HOUSE["sql/marts/fct_patent.sql"] + "\n"}, {"marts.fct_patent"}),
        (
            {"transforms/int_score.py": HOUSE["transforms/int_score.py"] + "\n"},
            {"intermediate.int_score", "marts.fct_patent"},
        ),
        (
            {"transforms/methods/maths.py": HOUSE["transforms/methods/maths.py"] + "\n"},
            {"intermediate.int_score", "marts.fct_patent"},
        ),
        (
            {"transforms/methods/deeper.py": "def two():\n    return 3\n"},
            {"intermediate.int_score", "marts.fct_patent"},
        ),
        ({"transforms/methods/another.py": "ONE = 2\n"}, set()),
        ({"sql/sources/dump/clean.sql": "select distinct * from raw.dump_line"}, KEYS),
        (
            {"sql/sources/stg_document.sql": "select null::bigint as number where false"},
            KEYS - {"dump.clean", "dump.stg_document"},
        ),
    ],
)
def test_a_change_of_code_marks_the_table_and_what_is_made_of_it(house, changes, affected):
    before = fingerprints(discover(["dump"], house()), GIVEN)
    after = fingerprints(discover(["dump"], house(changes)), GIVEN)
    assert changed(before, after) == affected


@pytest.mark.parametrize(
    ("mark", "affected"),
    [
        ("raw.dump_line", KEYS),
        ("reference.country", {"intermediate.int_score", "marts.fct_patent"}),
        ("topic.topic", DOWN_FROM_INT),
        ("topic.topic_class", set()),
    ],
)
def test_a_change_of_what_is_given_marks_what_is_made_of_it(house, mark, affected):
    tables = discover(["dump"], house())
    before = fingerprints(tables, GIVEN)
    assert changed(before, fingerprints(tables, GIVEN | {mark: "other"})) == affected


def test_a_source_more_marks_the_canonical_table(house):
    root = house({"sql/sources/other/stg_document.sql": "select '1' as number"})
    before = fingerprints(discover(["dump"], root), GIVEN)
    after = fingerprints(discover(["dump", "other"], root), GIVEN)
    after.pop("other.stg_document")
    assert changed(before, after) == KEYS - {"dump.clean", "dump.stg_document"}


def test_fingerprints_do_not_depend_on_where_the_house_stands(house, tmp_path):
    before = fingerprints(discover(["dump"], house()), GIVEN)
    moved = {
        key: dataclasses.replace(table, path=Path(*table.path.parts))
        for key, table in discover(["dump"], tmp_path).items()
    }
    assert fingerprints(moved, GIVEN) == before


def test_transforms_import_each_other_in_the_one_way_that_fingerprints_follow():
    for path in (ROOT / "transforms").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        mentions = re.findall(r"^.*\bimport\b.*$", text, re.MULTILINE)
        for line in mentions:
            if "transforms" in line:
                assert re.match(r"from corepath\.transforms\.[\w.]+ import ", line), f"{path}: {line}"


# --- As text -------------------------------------------------------------------------------------


def test_the_graph_is_written_as_text_and_as_mermaid(house):
    tables = discover(["dump"], house())
    lines = as_text(tables).splitlines()
    assert len(lines) == len(KEYS)
    assert any(
        re.fullmatch(
            r"intermediate\.int_score +<- intermediate\.int_topic, topic\.topic, "
            r"reference\.country",
            line,
        )
        for line in lines
    )
    assert as_text(discover([], house())).count("(declared columns)") == 1
    mermaid = as_mermaid(tables).splitlines()
    assert mermaid[0] == "graph LR"
    assert "  staging.stg_document --> intermediate.int_topic" in mermaid
    assert len(mermaid) == 1 + sum(len(table.parents) for table in tables.values())
