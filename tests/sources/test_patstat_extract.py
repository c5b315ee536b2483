"""The real extract of PATSTAT: indicators for what it has, reasons for what it lacks."""

import csv
import gzip
from pathlib import Path

import duckdb
import pytest

from corepath.synthetic.topic import FEW_DRAWS, write
from corepath.warehouse.refresh import refresh
from corepath.warehouse.settings import Settings

EXTRACT = Path(__file__).parents[3] / "shared" / "data" / "patstat"
pytestmark = pytest.mark.skipif(not EXTRACT.exists(), reason="needs ../shared/data/patstat")

ASKED = ["fc_5", "bc", "fs", "cl", "sc", "inv", "fc_reported", "fs_reported", "nov"]
KNOWN = {"sc", "inv", "fc_reported", "fs_reported", "nov"}


@pytest.fixture
def release(tmp_path, unvalidated):
    topic = write(tmp_path / "extract.toml", everything=True, indicators=ASKED, **FEW_DRAWS)
    outcome = refresh(
        Settings(
            topic=str(topic),
            sources={"patstat": EXTRACT},
            threads=2,
            warehouse=tmp_path / "w.duckdb",
            releases=tmp_path / "releases",
        )
    )
    with duckdb.connect(str(outcome.path / "corepath.duckdb"), read_only=True) as connection:
        yield connection


@pytest.mark.whole
def test_what_the_extract_counts_is_measured_and_what_it_lacks_has_a_reason(release):
    columns = ["nb_citing_docdb_fam", "docdb_family_size", "nb_inventors"]
    with gzip.open(EXTRACT / "tls201_appln.csv.gz", "rt", encoding="utf-8") as file:
        told = {
            f"XX-{row['appln_id']}-A": tuple(float(row[c]) for c in columns) for row in csv.DictReader(file)
        }
    found = release.sql(
        "select family_id, fc_reported, fs_reported, inv, fc_3, fc_5, fc_7, fcx_5, bc, npl, fs, "
        "tri, pct, cl, icl, gl, ren, gen, ori, rad, tct, cd_5, pr from marts.fct_patent"
    ).fetchall()
    assert len(found) > 2000
    assert {family: values[:3] for family, *values in map(tuple, found)} == {
        family: list(told[family]) for family, *_ in found
    }
    assert {value for row in found for value in row[4:]} == {None}
    weights = release.sql("select indicator, weight, reason from marts.fct_indicator_weight").fetchall()
    assert {name for name, weight, _ in weights if weight} == KNOWN
    assert sum(weight or 0 for _, weight, _ in weights) == pytest.approx(1, abs=1e-12)
    assert all((reason is None) == (name in KNOWN) for name, _, reason in weights)
