"""Every indicator against plain pandas, on 2,000 random families."""

import numpy as np
import pandas as pd
import polars as pl
import pytest

from corepath.warehouse.settings import ROOT
from corepath.warehouse.topic.files import Topic
from tests.sql.intermediate.reference_indicators import Reference, World, random_world
from tests.worlds import with_ids, world

INDICATORS = pl.read_csv(ROOT / "reference" / "indicator.csv")["indicator"].to_list()
FAMILIES = 2000
# No source records them.
ALWAYS_UNKNOWN = {"icl", "ren"}


@pytest.fixture(scope="module")
def drawn() -> World:
    return random_world(FAMILIES, seed=7)


def canonical(table: pd.DataFrame, **columns: pl.Expr) -> pl.DataFrame:
    frame = pl.from_pandas(table).with_columns(source=pl.lit("test"), source_rank=pl.lit(1), **columns)
    return frame.with_columns(pl.col(pl.Datetime).cast(pl.Date))


def measured(drawn: World, truncation: str) -> pd.DataFrame:
    whole = ("claim_count", "inventor_count", "npl_citation_count", "forward_citation_count", "family_size")
    text = pl.lit(None, pl.String)
    lists = pl.when("lists_references").then(pl.lit(1))
    given = {
        "sources.stg_document": canonical(
            drawn.documents,
            **{name: pl.col(name).cast(pl.Int64) for name in whole},
            patent_citation_count=lists,
            application_number=text,
            first_filing_office=text,
            title=text,
            title_language=text,
            abstract=text,
        ).drop("lists_references"),
        "sources.stg_citation": canonical(drawn.references, npl=text, category=text),
        "sources.stg_classification": canonical(
            drawn.symbols, scheme=pl.lit("IPC"), is_inventive=pl.lit(None, pl.Boolean)
        ),
        "sources.stg_party": canonical(drawn.applicants, role=pl.lit("applicant"), country=text, sector=text),
    }
    topic = Topic(
        name="any",
        title="Anything",
        classes=list("ABCDEFGHY"),
        method={"indicators": INDICATORS, "truncation": truncation},
    )
    connection = world(given, "intermediate.int_indicator", topic=topic)
    found = connection.sql(with_ids("intermediate.int_indicator")).pl().to_pandas()
    return found.set_index("family_id")


@pytest.fixture(scope="module")
def compared(drawn: World) -> tuple[pd.DataFrame, pd.DataFrame]:
    return measured(drawn, "closed"), Reference(drawn).table()


@pytest.fixture(scope="module")
def deflated(drawn: World) -> pd.DataFrame:
    return measured(drawn, "deflate")


@pytest.mark.whole
def test_the_families_are_the_same(compared):
    ours, theirs = compared
    assert set(ours.index) == set(theirs.index)
    assert len(theirs) > FAMILIES / 2


@pytest.mark.whole
@pytest.mark.parametrize("indicator", INDICATORS)
def test_an_indicator_is_what_its_formula_says(compared, indicator):
    ours, theirs = (table[indicator].sort_index().astype(float) for table in compared)
    assert (ours.isna() == theirs.isna()).all()
    assert np.allclose(ours, theirs, rtol=0, atol=1e-9, equal_nan=True)
    if indicator not in ALWAYS_UNKNOWN:
        assert theirs.nunique() > 1  # else nothing was compared


@pytest.mark.whole
@pytest.mark.parametrize("years", [3, 5, 7])
def test_a_deflated_count_is_what_its_formula_says(drawn, deflated, years):
    reference = Reference(drawn)
    ours = deflated[f"fc_{years}"]
    theirs = pd.Series({family: reference.deflated(family, years) for family in ours.index})
    assert (ours.isna() == theirs.isna()).all()
    assert np.allclose(ours, theirs, rtol=0, atol=1e-9, equal_nan=True)
    assert (theirs % 1 > 0).any()  # some were estimated
