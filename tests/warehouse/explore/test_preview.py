"""What a topic would be about, counted before a release is built."""

import pytest

from corepath.warehouse.explore.preview import as_text, preview
from corepath.warehouse.explore.selection import SELECTED, funnel, select
from corepath.warehouse.settings import Settings
from corepath.warehouse.topic.files import Topic
from tests.worlds import publications, rows, world

TOPIC = """
name = "batteries"
title = "Batteries"
[[include]]
id = "by_class"
classes = ["H01M10"]
[[include]]
id = "by_class_and_word"
classes = ["C01B"]
terms = "battery"
[[exclude]]
id = "of_vehicles"
classes = ["B60"]
[[subfield]]
id = "solid"
title = "Solid state"
any = [{ terms = "solid" }]
[terms.battery]
en = '''batter(?:y|ies)'''
[terms.solid]
en = '''solid'''
"""
DOCUMENTS = [
    ("US-1-B2", "1", "Solid cell", "H01M10/05", "US", "2005-01-01"),
    ("EP-1-A1", "1", "Solid cell", "H01M10/05", "US", "2005-01-01"),
    ("US-2-B2", "2", "Battery acid", "C01B25/00", "JP", "2006-01-01"),
    ("US-3-B2", "3", "Traction \x1b[31m stack", "H01M10/05 B60L1/00", "JP", "2006-01-01"),
    ("US-4-B2", "4", "Acid", "C01B25/00", "JP", "2006-01-01"),
    ("US-5-B2", "5", "Plough", "A01B1/00", "DE", "2006-01-01"),
    ("US-6-S1", "6", "Battery case", "H01M10/05", "DE", "2006-01-01"),
]
TABLES = ("stg_document", "stg_classification", "stg_party", "stg_priority", "stg_family", "stg_invention")


@pytest.fixture
def settings(tmp_path):
    given = {
        "sources.stg_document": publications(
            *(
                {"publication_number": n, "family_id": f, "title": t, "priority_date": date}
                for n, f, t, _, _, date in DOCUMENTS
            )
        ),
        "sources.stg_classification": [
            {"publication_number": n, "symbol": symbol, "position": i}
            for n, _, _, symbols, *_ in DOCUMENTS
            for i, symbol in enumerate(symbols.split(), start=1)
        ],
        "sources.stg_party": [
            {"publication_number": n, "name": f"Company {n}", "country": country}
            for n, _, _, _, country, _ in DOCUMENTS
        ],
    }
    path, topic = tmp_path / "warehouse.duckdb", tmp_path / "batteries.toml"
    topic.write_text(TOPIC)
    wanted = [f"staging.{name}" for name in (*TABLES, "stg_organisation", "stg_citation")]
    with world(given, *wanted, "intermediate.int_family_country") as connection:
        connection.execute(f"attach '{path}' as warehouse; create schema warehouse.staging")
        for (name,) in connection.sql(
            "select table_name from duckdb_tables() "
            "where schema_name = 'staging' and database_name = 'memory'"
        ).fetchall():
            connection.execute(f"create table warehouse.staging.{name} as from memory.staging.{name}")
    return Settings(topic=str(topic), warehouse=path, threads=1)


@pytest.mark.whole
def test_families_are_counted_by_rule_subfield_country_and_year(settings):
    found = preview(settings)
    assert found.funnel.families == 2
    assert found.by_rule == [("by_class", 1), ("by_class_and_word", 1)]
    assert found.by_subfield == [("Solid state", 1)]
    assert dict(found.by_country) == {"US": 1, "JP": 1}
    assert found.by_year == [("2005", 1), ("2006", 1)]


@pytest.mark.whole
def test_titles_of_both_sides_of_the_border_tell_why(settings):
    found = preview(settings)
    assert {(t.publication_number, t.why) for t in found.let_in} == {
        ("US-1-B2", "by_class"),
        ("EP-1-A1", "by_class"),
        ("US-6-S1", "by_class"),
        ("US-2-B2", "by_class_and_word"),
    }
    assert [(t.publication_number, t.why) for t in found.left_out] == [
        ("US-3-B2", "put out by of_vehicles"),
        ("US-4-B2", "has a class of by_class_and_word, not its words"),
    ]
    assert preview(settings, 1).left_out == found.left_out[:1]


@pytest.mark.whole
def test_the_funnel_counts_each_step(settings):
    found = preview(settings).funnel
    assert found.documents == 7
    assert found.with_class == {"by_class": 4, "by_class_and_word": 2}
    assert found.included == {"by_class": 4, "by_class_and_word": 1}
    assert found.excluded == {"of_vehicles": 1}
    assert (found.selected, found.inventions, found.families) == (4, 3, 2)


def test_a_topic_with_too_few_families_is_told_with_the_funnel_and_without_escapes(settings):
    told = as_text(preview(settings))
    assert "Too few for a release, which needs 50" in told
    assert "      1 put out again by of_vehicles" in told
    assert "\x1b" not in told


def test_excluded_documents_are_those_that_the_selection_leaves_out():
    topic = Topic.model_validate(
        {
            "name": "t",
            "title": "T",
            "include": [{"id": "a", "classes": ["A01"]}],
            "exclude": [{"id": "x", "classes": ["B60"], "unless": ["y"]}],
            "condition": [{"id": "y", "classes": ["C01"]}],
        }
    )
    symbols = ["A01B1/00", "A01B1/00 B60L1/00", "A01B1/00 B60L1/00 C01B1/00", "B60L1/00"]
    given = {
        "sources.stg_document": publications(
            *({"publication_number": f"US-{i}-B2", "title": "T"} for i in range(4))
        ),
        "sources.stg_classification": [
            {"publication_number": f"US-{i}-B2", "symbol": symbol, "position": p}
            for i, row in enumerate(symbols)
            for p, symbol in enumerate(row.split(), start=1)
        ],
    }
    with world(
        given, "staging.stg_document", "staging.stg_classification", "staging.stg_family"
    ) as connection:
        select(connection, topic)
        assert funnel(connection).excluded == {"x": 1}
        chosen = {row["publication_number"] for row in rows(connection, f"from {SELECTED}")}
        assert chosen == {"US-0-B2", "US-2-B2"}
