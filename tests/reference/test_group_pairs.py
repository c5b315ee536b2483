"""Groups against 300 pairs of names labelled by reading; the names may not be shipped.

tests/reference/group_pairs.csv has a hash of each pair. Rules were written with sight of the half
"seen" alone. The pairs are of a PATSTAT extract beside the project and of the sample.
"""

import csv
import hashlib
from itertools import combinations

import duckdb
import polars as pl
import pytest

from corepath.transforms.stg_organisation import stg_organisation
from corepath.warehouse.settings import ROOT
from tests.worlds import SOURCES, world

EXTRACT = ROOT.parent / "shared" / "data" / "patstat"
PARTIES = ["publication_number", "role", "name", "country", "sector"]
TABLES = [f"organisation{end}" for end in ("s", "_alias", "_abbreviation", "_group", "_word")] + [
    "language_word"
]


def read_extract() -> pl.DataFrame:
    """Parties of the extract, as the pipeline stages them."""
    given = {
        f"raw.patstat_{path.name.removesuffix('.csv.gz')}": pl.read_csv(path, infer_schema=False).to_dicts()
        for path in sorted(EXTRACT.glob("tls20*.csv.gz"))
    }
    connection = world(given, "staging.stg_party", sources=["patstat"])
    return connection.sql(f"select {', '.join(PARTIES)} from staging.stg_party").pl()


@pytest.fixture(scope="module")
def joined(sample_release):
    """Whether a release takes each pair for one group, by the hash of the pair."""
    if not EXTRACT.exists():
        pytest.skip("needs ../shared/data/patstat")
    assert "patstat" in SOURCES
    with duckdb.connect(str(sample_release.warehouse), read_only=True) as db:
        sample = db.sql(f"select {', '.join(PARTIES)} from staging.stg_party").pl()
    tables = [pl.read_csv(ROOT / "reference" / f"{name}.csv", infer_schema=False).lazy() for name in TABLES]
    parties = pl.concat([sample, read_extract()]).filter(pl.col("name").is_not_null()).lazy()
    applicants, inventors = (parties.filter(role=role).drop("role") for role in ("applicant", "inventor"))
    found = stg_organisation(applicants, inventors, *tables)
    group = dict(found.select("organisation", "corporate_group").unique().iter_rows())
    return {
        hashlib.sha256("\n".join(pair).encode()).hexdigest(): group[pair[0]] == group[pair[1]]
        for pair in combinations(sorted(group), 2)
    }


@pytest.mark.slow
@pytest.mark.parametrize("half", ["seen", "test"])
def test_pairs_are_told_apart_as_a_reader_does(joined, half):
    path = ROOT / "tests" / "reference" / "group_pairs.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["half"] == half and row["pair"] in joined]
    assert len(rows) >= 140
    truth = [row["is_one_group"] == "true" for row in rows]
    told = [joined[row["pair"]] for row in rows]
    right = sum(t and is_one for t, is_one in zip(told, truth, strict=True))
    assert right / sum(told) >= 0.97
    assert right / sum(truth) >= 0.85
