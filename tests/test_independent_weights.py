"""A real extract of PATSTAT, from its files to scores: weights and scores again, from the files alone."""

import csv
import gzip
import re
from collections import defaultdict

import duckdb
import numpy as np
import pytest

from corepath.synthetic.topic import FEW_DRAWS
from corepath.warehouse.plan import resolve
from corepath.warehouse.scratch import build_tables
from corepath.warehouse.settings import ROOT, Settings
from tests import independent

EXTRACT = ROOT.parent / "shared" / "data" / "patstat"
TOPIC = """
name = "chips"
title = "Chips"
classes = ["H01L", "G06F", "G11C"]
[method]
preset = "study"
indicators = ["inv", "sc"]
"""


def lines(path):
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


@pytest.fixture(scope="module")
def built(once):
    if not EXTRACT.exists():
        pytest.skip("the extract of PATSTAT is not here")

    def make(folder):
        draws = "".join(f"{choice} = {number}\n" for choice, number in FEW_DRAWS.items())
        (folder / "chips.toml").write_text(TOPIC + draws)
        settings = Settings(
            topic=str(folder / "chips.toml"),
            sources={"patstat": EXTRACT},
            threads=2,
            warehouse=folder / "warehouse.duckdb",
        )
        file = folder / "scratch.duckdb"
        marts = ["fct_patent", "fct_patent_country", "fct_indicator_weight"]
        build_tables(resolve(settings), marts, file)
        return file

    with duckdb.connect(str(once("independent_weights", make)), read_only=True) as db:
        yield db


@pytest.fixture(scope="module")
def applications():
    """Read years, inventors and subclasses from the files, and the way from old places to new."""
    moved = {
        row["old"]: row["new"]
        for row in lines(ROOT / "reference" / "ipc_reform.csv")
        if row["is_main"] == "true"
    }
    of_ipc = {
        row["technology"] for row in lines(ROOT / "reference" / "ipc_title.csv") if row["level"] == "subclass"
    }
    subclasses = defaultdict(set)
    for row in lines(EXTRACT / "tls224_appln_cpc.csv.gz"):
        symbol = re.sub(r"\s", "", row["cpc_class_symbol"])
        if re.match(r"....2\d{3}/", symbol):  # an indexing code is no technology
            continue
        place = max((old for old in moved if symbol.startswith(old)), key=len, default=None)
        subclasses[row["appln_id"]].add(moved.get(place, symbol)[:4])
    return {
        row["appln_id"]: (
            int(row["appln_filing_year"]),
            int(row["nb_inventors"]),
            subclasses[row["appln_id"]] & of_ipc,
        )
        for row in lines(EXTRACT / "tls201_appln.csv.gz")
    }


@pytest.fixture(scope="module")
def expected(built, applications):
    """Give the families as published, and the normalised values that follow from the files."""
    names = [
        "representative_publication",
        "priority_year",
        "inv",
        "sc",
        "score",
        "equal_score",
        "critic_score",
        "topsis_score",
        "grey_score",
    ]
    families = [
        dict(zip(names, row, strict=True))
        for row in built.sql(f"select {', '.join(names)} from marts.fct_patent").fetchall()
    ]
    known = [applications[f["representative_publication"].split("-")[1]] for f in families]
    field_of = {row["ipc"]: row["field"] for row in lines(ROOT / "reference" / "wipo_field.csv")}
    years = np.array([year for year, _, _ in known])
    fields = np.array([field_of.get(min(codes), min(codes)) for _, _, codes in known])
    raw = {
        "inv": np.array([inventors for _, inventors, _ in known], dtype=float),
        "sc": np.array([len(codes) for _, _, codes in known], dtype=float),
    }
    for name, x in raw.items():
        assert [f[name] for f in families] == x.tolist()
    y = [independent.minmax(independent.beside_cohort(x, years, fields)) for x in raw.values()]
    return families, np.column_stack(y)


@pytest.mark.whole
def test_the_weights_follow_from_the_files(built, expected):
    _, y = expected
    assert len(y) > 2500
    found = built.sql(
        "select entropy, divergence, weight, entropy_weight, equal_weight, critic_weight, "
        "correlation from marts.fct_indicator_weight where is_used order by position"
    ).fetchnumpy()
    divergence = 1 - independent.entropy(y)
    weight = divergence / divergence.sum()
    theirs = {
        "entropy": 1 - divergence,
        "divergence": divergence,
        "weight": weight,
        "entropy_weight": weight,
        "equal_weight": [0.5, 0.5],
        "critic_weight": independent.critic(y),
        "correlation": [np.corrcoef(y.T)[0, 1]] * 2,
    }
    for name, values in theirs.items():
        assert found[name] == pytest.approx(np.array(values), abs=1e-9), name


def test_the_scores_follow_from_the_files(expected):
    families, y = expected
    divergence = 1 - independent.entropy(y)
    weight = divergence / divergence.sum()
    theirs = {
        "score": 100 * y @ weight,
        "equal_score": 100 * y.mean(axis=1),
        "critic_score": 100 * y @ independent.critic(y),
        "topsis_score": independent.topsis(y, weight),
        "grey_score": independent.grey(y, weight),
    }
    for name, values in theirs.items():
        assert [f[name] for f in families] == pytest.approx(values, abs=1e-9), name


def test_the_share_between_countries_follows_from_the_published_shares(built, expected):
    families, y = expected
    place = {f["representative_publication"]: i for i, f in enumerate(families)}
    shares = built.sql(
        "select p.representative_publication, c.country, c.share from marts.fct_patent as p "
        "inner join marts.fct_patent_country as c using (topic, family_id)"
    ).fetchall()
    countries = sorted({country for _, country, _ in shares})
    held = np.zeros((len(y), len(countries)))
    for publication, country, share in shares:
        held[place[publication], countries.index(country)] += share
    assert held.sum(axis=1) == pytest.approx(np.ones(len(y)))
    sizes, totals = held.sum(axis=0)[:, None], held.T @ y
    part = totals / totals.sum(axis=0)
    ratio = totals / sizes / y.mean(axis=0)
    between = (part * np.log(np.where(ratio > 0, ratio, 1))).sum(axis=0)
    theil = (1 - independent.entropy(y)) * np.log(len(y))
    found = built.sql(
        "select between_country_share from marts.fct_indicator_weight where is_used order by position"
    ).fetchnumpy()["between_country_share"]
    assert found == pytest.approx(between / theil, abs=1e-9)
