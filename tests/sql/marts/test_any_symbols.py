"""Whatever stands where a symbol should: keys stay keys, and what is never null is not."""

import json
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corepath.warehouse.build.graph import head_of
from corepath.warehouse.refresh import refresh
from corepath.warehouse.settings import Settings
from tests.worlds import TABLES, publications, world

WHOLE = ["G06N3/063", "H01L21/02", "A21D13/40", "h01l 021/66 (2006.01)", "H01L0021020000", "B60W10/06"]
BARE = ["A21D", "G06N", "H01L  ", "A21D/", "g06n"]
INDEXING = ["H05K2201/10", "A61K2300/00", "C12N2310/14", "Y02D10/00", "Y10S901/00", "G06N2211/00"]
MALFORMED = [
    "",
    " ",
    "/",
    "A",
    "A2",
    "G06",
    "G06N3",
    "G06N3/",
    "Z99Z99/99",
    "G6N3/06",
    "06N3/06",
    "None",
    "あ",
]
SYMBOLS = WHOLE + BARE + INDEXING + MALFORMED
# Where symbols become technologies.
HELD = [
    "staging.stg_classification",
    "staging.stg_invention_code",
    "intermediate.int_family_technology",
    "marts.dim_technology",
]

families = st.lists(
    st.lists(
        st.tuples(st.sampled_from(["IPC", "CPC"]), st.sampled_from(SYMBOLS) | st.text(max_size=12)),
        max_size=6,
    ),
    min_size=1,
    max_size=12,
)


@pytest.mark.whole
@settings(max_examples=15)
@given(families)
def test_any_mixture_of_symbols_keeps_keys_and_what_is_never_null(drawn: list[list[tuple[str, str]]]) -> None:
    numbers = [f"US-{9_000_000 + place}-B2" for place in range(len(drawn))]
    given_ = {
        "sources.stg_document": publications(*({"publication_number": n, "family_id": n} for n in numbers)),
        "sources.stg_classification": [
            {"publication_number": n, "scheme": scheme, "symbol": symbol, "position": place}
            for n, symbols in zip(numbers, drawn, strict=True)
            for place, (scheme, symbol) in enumerate(symbols, 1)
        ],
    }
    connection = world(given_, *HELD)
    for name in HELD:
        head = head_of(TABLES[name])
        key = head.key or ("family", "level", "technology")
        [(rows, keys)] = connection.sql(
            f"select count(*), count(distinct ({', '.join(key)},)) from {name}"
        ).fetchall()
        assert rows == keys, name
        for column in head.filled or key:
            [(missing,)] = connection.sql(f"select count(*) from {name} where {column} is null").fetchall()
            assert missing == 0, (name, column)


@pytest.mark.slow
@pytest.mark.parametrize(
    "most", [WHOLE, BARE, INDEXING, MALFORMED], ids=["whole", "bare", "indexing", "malformed"]
)
def test_any_mixture_of_symbols_is_published(most: list[str], tmp_path: Path) -> None:
    """Families of each kind of symbol alone, and mixed."""
    chance = random.Random(18)
    records = []
    for number in range(120):
        pool = most if number % 2 else SYMBOLS
        symbols = chance.sample(pool, min(len(pool), chance.randint(1, 4))) + chance.sample(WHOLE, number % 3)
        records.append(
            {
                "publication_number": f"US-{9_000_000 + number}-B2",
                "publication_date": 20100101 + 10000 * (number % 9),
                "filing_date": 20080101 + 10000 * (number % 9),
                "family_id": str(50_000_000 + number),
                "title_localized": [{"text": f"Invention {number}", "language": "en"}],
                "assignee_harmonized": [
                    {"name": f"COMPANY {number % 7}", "country_code": chance.choice(["US", "JP"])}
                ],
                "ipc": [{"code": code, "inventive": True, "first": False} for code in symbols],
                "cpc": [{"code": code, "inventive": True, "first": False} for code in chance.sample(pool, 1)],
                "citation": [
                    {"publication_number": f"US-{9_000_000 + chance.randrange(120)}-B2"} for _ in range(3)
                ],
            }
        )
    (tmp_path / "p.jsonl").write_text("\n".join(map(json.dumps, records)))
    topic = tmp_path / "any.toml"
    topic.write_text(
        'name = "any"\ntitle = "Any"\nclasses = ["A", "B", "C", "D", "E", "F", "G", "H", "Y"]\n'
        'countries = ["JP", "US"]\n[method]\nminimum_families = 10\nsamples = 10\nnull_draws = 100\n'
        "rarefaction_draws = 20\npermutations = 99\ncommunities = 2\n"
    )
    outcome = refresh(
        Settings(
            topic=str(topic),
            sources={"google_patents": tmp_path / "p.jsonl"},
            threads=1,
            warehouse=tmp_path / "warehouse.duckdb",
            releases=tmp_path / "releases",
        )
    )
    assert outcome.status == "published"
