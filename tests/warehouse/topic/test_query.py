"""What a topic needs of a data source: a release from that is one from all where it must be."""

import re
from datetime import date

import duckdb
import polars as pl
import pytest
import sqlglot

from corepath.synthetic import world
from corepath.warehouse.build import builder as build
from corepath.warehouse.build import inputs
from corepath.warehouse.build.graph import discover
from corepath.warehouse.database import attach, connect, find_tables
from corepath.warehouse.errors import UsageError
from corepath.warehouse.load.loader import load
from corepath.warehouse.settings import ROOT, Settings
from corepath.warehouse.sources import named
from corepath.warehouse.topic.files import Topic, read
from corepath.warehouse.topic.query import Dialect, places, query, re2, select_publications

TOPIC = Topic.model_validate(
    {
        "name": "chips",
        "title": "Chips",
        "include": [
            {"id": "class", "classes": ["H01L", "G11C11"]},
            {"id": "words", "classes": ["G06F"], "near": ["ai", "chip"]},
        ],
        "exclude": [{"id": "out", "classes": ["H04N"]}],
        "terms": {
            "ai": {"en": r"\b(?:neural|learning)\b", "ko": r"\w*(?:신경망|러닝)\w*"},
            "chip": {"en": r"\b(?:chips?|processors?)\b", "ko": r"\w*(?:칩|프로세서)\w*"},
        },
        "method": {"samples": 10, "minimum_families": 10},
    }
)
# What must be the same, and by what its rows are known. Corporate groups are found from all families of
# their companies, which an export does not hold: app and fc_5_others may differ.
SAME = {
    "intermediate.int_topic_document": "select * from {table}",
    "intermediate.int_family": "select * exclude (family) from {table}",
    "intermediate.int_indicator": "select * exclude (family, app, fc_5_others) from {table} {ids}",
    "intermediate.int_indicator_weight": (
        "select * from {table} where indicator not in ('app', 'fc_5_others')"
    ),
    "intermediate.int_score_rank": "select * exclude (family) from {table} {ids}",
    "intermediate.int_family_country": "select * exclude (family) from {table} {ids}",
    "intermediate.int_convergence_pair": "select * from {table}",
}
IDS = "inner join (select distinct family, family_id from staging.stg_family) using (family)"


def exported(publications: duckdb.DuckDBPyConnection, topic: Topic, sample: int) -> duckdb.DuckDBPyRelation:
    """Run the export's SELECT, translated, on a table `publications`."""
    publications.execute("create or replace macro normalize(text, form) as nfc_normalize(text)")
    publications.execute("create or replace macro farm_fingerprint(text) as (hash(text) // 2)::bigint")
    (translated,) = sqlglot.transpile(
        select_publications(topic, sample, "publications"), read="bigquery", write="duckdb"
    )
    return publications.sql(translated.replace("nfkc", "'nfkc'"))


def found(folder, topic, tmp_path, name) -> dict[str, pl.DataFrame]:
    """Build the tables that must be the same from the files of a folder."""
    settings = Settings(warehouse=tmp_path / f"{name}.duckdb", threads=1)
    source = named("google_patents")
    with connect(settings) as connection:
        attach(connection, settings.warehouse, "warehouse")
        connection.execute("create schema warehouse.raw; use warehouse")
        load(connection, source, folder)
        connection.execute("use memory")
        inputs.read_reference(connection)
        inputs.write_topic(connection, topic, None)
        find_tables(connection)
        tables = discover([source.name])
        wanted = _ancestors(tables, SAME)
        for table in tables.values():
            if table.key not in wanted:
                continue
            if table.schema == "sources":
                build.unite_sources(connection, table, {source.name: source})
            else:
                build.make(connection, table, "memory")
            find_tables(connection)
        return {
            table: connection.sql(f"from ({select.format(table=table, ids=IDS)}) order by all").pl()
            for table, select in SAME.items()
        }


def _ancestors(tables, keys) -> set[str]:
    wanted, new = set(), set(keys)
    while new:
        wanted |= new
        new = {p for key in new if key in tables for p in tables[key].parents} - wanted
    return wanted


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    folder = tmp_path_factory.mktemp("query") / "whole"
    world.main(
        ["--families", "1200", "--layout", "google_patents", "--topic-share", "0.4", "--out", str(folder)]
    )
    return folder


@pytest.mark.whole
def test_a_release_from_the_export_is_one_from_the_whole_world(whole, tmp_path):
    part = tmp_path / "part"
    part.mkdir()
    with duckdb.connect() as connection:
        connection.execute(f"create view publications as from '{whole}/*.parquet'")
        exported(connection, TOPIC, 0).write_parquet(str(part / "part.parquet"))
        ((all_rows, rows),) = connection.sql(
            f"select (select count(*) from publications), (select count(*) from '{part}/*.parquet')"
        ).fetchall()
    assert 0 < rows < all_rows
    of_whole, of_part = (found(f, TOPIC, tmp_path, f.name) for f in (whole, part))
    assert len(of_whole["intermediate.int_family"]) > 50
    for table in SAME:
        assert of_part[table].equals(of_whole[table]), table


def test_a_sample_of_the_rest_can_be_had(whole):
    with duckdb.connect() as connection:
        connection.execute(f"create view publications as from '{whole}/*.parquet'")
        without, with_sample = (
            {number for (number, *_) in exported(connection, TOPIC, n).fetchall()} for n in (0, 5)
        )
    assert without < with_sample


@pytest.mark.parametrize("name", ["ai_chips", "information_technology", "ai_chips_cnipa"])
def test_the_export_of_a_shipped_topic_holds_all_that_it_selects(name, tmp_path):
    path = next((ROOT / "samples" / "google_patents").iterdir())
    with duckdb.connect() as connection:
        columns = ", ".join(
            f"'{c}': '{t}'" for c, t in named("google_patents").tables["publication"].columns.items()
        )
        connection.execute(f"create view publications as from read_json('{path}', columns = {{{columns}}})")
        assert exported(connection, read(name), 0).fetchall() is not None
    assert f"--topic {name} " in query(read(name), Dialect.bigquery)
    assert "--topic my/file.toml " in query(read(name), Dialect.bigquery, asked="my/file.toml")
    assert "create" not in query(read(name), Dialect.bigquery).split("export data", maxsplit=1)[1]


@pytest.mark.parametrize(
    ("pattern", "text"),
    [(r"(?:신경망)\w*(?:칩)", "신경망가속칩"), (r"[\w-]+회로", "연산-회로"), (r"a\Wb", "a b")],
)
def test_patterns_find_in_re2_what_they_find_here(pattern, text):
    # DuckDB searches with RE2, as BigQuery does.
    assert duckdb.execute("select regexp_matches(?, ?)", [text, re2(pattern)]).fetchall() == [(True,)]


def test_places_are_asked_for_under_their_names_before_and_after_a_reform():
    assert {"H01L21/67", "H10P72/"} <= set(places(["H10P72"]))
    assert "G06N3/06" in places(["G06N3/06"])


def test_lens_is_asked_for_classes():
    told = query(TOPIC, Dialect.lens)
    symbols = {"G06F*", r"G11C11\/*", r"H10D84\/*"}
    for field in ("class_ipcr", "class_cpc"):
        assert symbols <= set(re.split(" OR ", told.split(f"{field}.symbol:(")[1].split(")")[0]))
    with pytest.raises(UsageError, match="asks for no class"):
        query(
            Topic.model_validate(
                {
                    "name": "w",
                    "title": "W",
                    "include": [{"id": "w", "terms": "x"}],
                    "terms": {"x": {"en": "x"}},
                }
            ),
            Dialect.lens,
        )


def test_the_uspto_is_asked_for_its_weekly_files():
    told = query(TOPIC, Dialect.uspto, date(2026, 11, 20)).splitlines()
    assert "ipg261124.zip" in told  # a Tuesday
    assert "ipa261126.zip" in told  # a Thursday
    with pytest.raises(UsageError, match="--from"):
        query(TOPIC, Dialect.uspto)
