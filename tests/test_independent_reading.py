"""The shipped sample read again by other means: json and numpy, never our own loader or SQL."""

import csv
import gzip
import json
import re
from collections import defaultdict
from datetime import date
from pathlib import Path

import duckdb
import numpy as np
import pytest

from tests import independent

ROOT = Path(__file__).parents[1]
SAMPLE = ROOT / "samples" / "ppubs" / "ppubs.jsonl.gz"
KINDS = {"B1", "B2", "A1"}


@pytest.fixture(scope="module")
def patents(sample_release):
    with duckdb.connect(str(sample_release.outcome.path / "corepath.duckdb"), read_only=True) as db:
        rows = db.sql("select * from marts.fct_patent").fetchall()
        columns = db.sql("select * from marts.fct_patent").columns
        weights = {
            name: (entropy, weight)
            for name, entropy, weight in db.sql(
                "select indicator, entropy, weight from marts.fct_indicator_weight where is_used"
            ).fetchall()
        }
    return [dict(zip(columns, row, strict=True)) for row in rows], weights


@pytest.fixture(scope="module")
def raw():
    with gzip.open(SAMPLE, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def documents_by_family(raw):
    """Invention documents of ppubs after 2001, by family where the search numbers it."""
    families = defaultdict(list)
    for record in raw:
        number = record.get("familyIdentifierCur")
        if record["kindCode"][0] in KINDS and record["datePublished"] >= "2001-01-02":
            key = str(number) if number and number < 10**12 else record["guid"]
            families[key].append(record)
    return families


@pytest.fixture(scope="module")
def fields(sample_release):
    """Give the WIPO field of the first subclass of publications by IPC, else CPC, or that subclass."""
    with open(ROOT / "reference" / "wipo_field.csv", encoding="utf-8", newline="") as file:
        field_of = {row["ipc"]: row["field"] for row in csv.DictReader(file)}
    with duckdb.connect(str(sample_release.warehouse), read_only=True) as db:
        codes = db.sql(
            "select publication_number, subclass from staging.stg_classification "
            "where subclass is not null "
            "order by publication_number, scheme <> 'IPC', position, subclass"
        ).fetchall()
    first = dict(reversed(codes))
    return {number: field_of.get(subclass, subclass) for number, subclass in first.items()}


def test_entropy_weights_follow_from_the_published_indicators(patents, fields):
    rows, weights = patents
    years = np.array([row["priority_year"] for row in rows])
    field = np.array([fields.get(row["representative_publication"], "") for row in rows])
    columns = []
    for name in weights:
        x = np.array([np.nan if row[name] is None else row[name] for row in rows], dtype=float)
        beside = independent.beside_levels(x, years, field)
        tamed = np.log1p(np.minimum(beside, np.quantile(beside[~np.isnan(x)], 0.99)))
        columns.append(independent.minmax(tamed))
    divergence = 1 - independent.entropy(np.column_stack(columns))
    with open(ROOT / "reference" / "indicator.csv", encoding="utf-8", newline="") as file:
        of = {row["indicator"]: row["dimension"] for row in csv.DictReader(file)}
    dimensions = np.array([of[name] for name in weights])
    for i, (entropy, weight) in enumerate(weights.values()):
        assert entropy == pytest.approx(1 - divergence[i], abs=1e-9)
        share = divergence[i] / divergence[dimensions == dimensions[i]].sum()
        assert weight == pytest.approx(share / len(set(dimensions)), abs=1e-9)


def test_subclasses_are_those_of_the_earliest_document(patents, raw):
    families = documents_by_family(raw)
    with open(ROOT / "reference" / "ipc_reform.csv", encoding="utf-8", newline="") as file:
        moved = {r["old"]: r["new"] for r in csv.DictReader(file) if r["is_main"] == "true"}

    def subclass(symbol):
        place = max((old for old in moved if symbol.startswith(old)), key=len, default=None)
        return moved.get(place, symbol)[:4]

    checked = 0
    for row in patents[0]:
        for_family = families.get(row["family_id"])
        if row["source"] == "ppubs" and for_family and len(for_family) == 1:
            symbols = for_family[0].get("ipcCodeFlattened")
            expected = len({subclass(s) for s in symbols.split(";")}) if symbols else None
            assert row["sc"] == expected, row["family_id"]
            checked += 1
    assert checked > 1000


def test_citing_families_are_counted_once_within_five_years(patents, raw):
    """Families of one document, cited by families of one document: no merging can interfere."""
    published = {}
    cites = defaultdict(set)
    of_number = {}
    families = documents_by_family(raw)
    for family, records in families.items():
        for record in records:
            of_number[re.sub(r"\D", "", record["guid"].split("-")[1])] = family
    everyone = {}
    for record in raw:
        number = record.get("familyIdentifierCur")
        key = str(number) if number and number < 10**12 else record["guid"]
        day = date.fromisoformat(record["datePublished"][:10])
        everyone[key] = min(day, everyone.get(key, day))
        for reference in record.get("urpn") or []:
            if reference.replace("/", "").isdigit():
                cited = of_number.get(reference.replace("/", "").lstrip("0"))
                if cited and cited != key:
                    cites[cited].add(key)
    for family, records in families.items():
        published[family] = min(date.fromisoformat(r["datePublished"][:10]) for r in records)
    rows = [row for row in patents[0] if row["source"] == "ppubs" and row["family_id"] in families]
    found = 0
    for row in rows:
        born = published[row["family_id"]]
        if born != row["publication_date"]:
            continue  # an older document of another kind belongs to the family
        end = born.replace(year=born.year + 5, day=min(born.day, 28) if born.month == 2 else born.day)
        expected = sum(born < everyone[citing] <= end for citing in cites[row["family_id"]])
        assert row["fc_5"] == expected, row["family_id"]
        found += expected
    assert found > 100
