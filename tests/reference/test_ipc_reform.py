"""What became of places of the IPC: the table, and what topics make of it."""

import csv
import gzip
import json
import re

import pytest

from corepath.warehouse.settings import ROOT
from corepath.warehouse.topic.files import Topic
from tests.worlds import by, publications, world


def table(name):
    with open(ROOT / "reference" / f"{name}.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


REFORM = table("ipc_reform")
TITLED = {row["technology"] for row in table("ipc_title")}
MAIN = [row for row in REFORM if row["is_main"] == "true"]


def test_every_old_place_has_one_new_main_group_to_count_in():
    olds = [row["old"] for row in MAIN]
    assert len(olds) == len(set(olds))
    assert set(olds) == {row["old"] for row in REFORM}


def test_no_row_stands_twice_and_lines_are_complete():
    assert len({(row["old"], row["new"]) for row in REFORM}) == len(REFORM)
    for row in REFORM:
        assert re.fullmatch(r"[A-H]\d\d[A-Z]\d+/\d*", row["old"]), row
        assert re.fullmatch(r"[A-H]\d\d[A-Z]\d+", row["new"]), row
        assert re.fullmatch(r"20(19|2\d)\.01", row["since"]), row
        assert row["basis"] in {"titles", "recalled"}, row


def test_a_place_is_part_exactly_where_it_went_to_several():
    for old in {row["old"] for row in REFORM}:
        rows = [row for row in REFORM if row["old"] == old]
        assert {row["fit"] for row in rows} == {"whole" if len(rows) == 1 else "part"}, old


def test_nothing_moves_to_a_place_that_was_closed():
    closed = tuple(row["old"] for row in MAIN)
    assert [row for row in REFORM if f"{row['new']}/".startswith(closed)] == []


def test_every_new_place_is_in_the_scheme():
    assert {row["new"] for row in REFORM} <= TITLED


def test_every_main_group_of_class_h10_came_from_somewhere():
    h10 = {t for t in TITLED if re.fullmatch(r"H10[A-Z]\d+", t)}
    assert h10 - {row["new"] for row in REFORM} == set()
    assert {t[:4] for t in h10} == {f"H10{letter}" for letter in "BDFHKNPW"}


def test_nothing_of_h01l_stays_behind():
    groups = {t for t in TITLED if re.fullmatch(r"H01L\d+", t)}
    assert groups <= {row["old"].removesuffix("/") for row in MAIN}


# CNIPA's concordance of 2026.01, by subclass (methods.md 7); since 2023.01 nothing else may differ.
CNIPA = {
    "H01L21": {"H10D", "H10P", "H10W"},
    "H01L23": {"H10W"},
    "H01L25": {"H10B", "H10D", "H10F", "H10H", "H10K", "H10N", "H10W"},
    "H01L29": {"H10D"},
    "H01L31": {"H10F"},
    "H01L33": {"H10H"},
    "H01L41": {"H10N"},
    "H01L43": {"H10N"},
    "H01L45": {"H10N"},
    "H01L51": {"H10K"},
}


@pytest.mark.parametrize(("old", "news"), CNIPA.items())
def test_subclasses_are_those_of_cnipas_concordance(old, news):
    here = {
        row["new"][:4] for row in REFORM if row["old"].startswith(f"{old}/") and float(row["since"]) > 2023.01
    } or {row["new"][:4] for row in REFORM if row["old"].startswith(f"{old}/")}
    assert here <= news


def test_fields_of_wipo_survive_the_reform():
    """What moved keeps its technology field, but where the field followed the subject."""
    fields = {row["ipc"]: row["field_number"] for row in table("wipo_field")}

    def field(main_group):
        return fields.get(main_group, fields.get(main_group[:4]))

    changed = {
        (row["old"][:4], row["new"][:4])
        for row in MAIN
        if field(row["old"].split("/")[0]) != field(row["new"])
    }
    assert changed == {("G06F", "G16H")}


def test_the_table_mostly_agrees_with_how_offices_reclassified_real_documents():
    """IPC as it stood at grant, against the CPC of the same documents after the reform of 2025."""
    places = {row["old"]: row["new"][:4] for row in MAIN}
    compared = agreed = 0
    with gzip.open(ROOT / "samples" / "ppubs" / "ppubs.jsonl.gz", "rt", encoding="utf-8") as file:
        for line in file:
            record = json.loads(line)
            cpc = {s.strip()[:4] for s in (record.get("cpcInventiveFlattened") or "").split(";")}
            cpc |= {s.strip()[:4] for s in (record.get("cpcAdditionalFlattened") or "").split(";")}
            ipc = set()
            for symbol in (record.get("ipcCodeFlattened") or "").split(";"):
                olds = [old for old in places if symbol.strip().startswith(old)]
                ipc |= {places[max(olds, key=len)]} if olds else set()
            devices = ipc & {"H10B", "H10D", "H10F", "H10H", "H10K", "H10N"}
            if any(subclass.startswith("H10") for subclass in cpc):
                compared += len(devices)
                agreed += len(devices & cpc)
    assert compared > 30
    assert agreed / compared > 0.75


# --- Topics --------------------------------------------------------------------------------------


def selects(prefix, *symbols):
    """Which of these symbols a topic of one prefix finds."""
    given = {
        "sources.stg_document": publications(
            *({"publication_number": f"US-{i}-B2"} for i in range(len(symbols)))
        ),
        "sources.stg_classification": [
            {"publication_number": f"US-{i}-B2", "symbol": symbol} for i, symbol in enumerate(symbols)
        ],
    }
    topic = Topic(name="t", title="T", classes=[prefix])
    connection = world(given, "intermediate.int_topic_document", topic=topic)
    found = by(connection, "intermediate.int_topic_document", "publication_number")
    return {symbols[int(number.split("-")[1])] for number in found}


SERIES = ("H01L27/108", "H01L27/1085", "H10B12/00", "H10B12/30")
ELSEWHERE = ("H01L33/00", "H10H20/80", "G06N3/02")


@pytest.mark.parametrize("prefix", ["H01L27/108", "H10B12", "H10B"])
def test_a_topic_finds_a_series_by_its_old_name_and_by_its_new(prefix):
    assert selects(prefix, *SERIES, *ELSEWHERE) == set(SERIES)


def test_a_topic_that_names_what_was_divided_finds_all_parts():
    parts = {"H01L27/06", "H10D84/80", "H10B12/00", "H10F39/12", "H10K59/10", "H10N69/00"}
    assert selects("H01L27", *parts, *ELSEWHERE) == parts


def test_a_subclass_finds_all_that_was_taken_out_of_it():
    out_of_it = {f"{t}/00" for t in TITLED if re.fullmatch(r"H10[A-Z]\d+", t)}
    assert selects("H01L", *out_of_it, "G06N3/02") == out_of_it


def test_a_name_finer_than_the_table_finds_what_bears_it_only():
    assert selects("H10B12/30", *SERIES) == {"H10B12/30"}
    assert selects("H01L27/1085", *SERIES) == {"H01L27/1085"}


def test_symbols_that_did_not_move_are_found_as_before():
    assert selects("G06K", "G06K7/10", "G06N3/02") == {"G06K7/10"}
    assert selects("G06F15", "G06F15/80", "G06F15/18", "G06N3/02") == {"G06F15/80", "G06F15/18"}
