"""The null model keeps both margins, reaches all there are equally, and finds what was planted."""

from collections import Counter
from collections.abc import Sequence
from itertools import combinations, islice, product

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corepath.transforms.int_network_null import int_network_null
from corepath.transforms.int_network_null_part import PARTS, int_network_null_part
from corepath.transforms.methods.null_model import (
    PRECISION,
    Incidence,
    bound_error,
    crossing_pairs,
    crossing_shares,
    draws,
    trade,
)

corpora = st.lists(
    st.tuples(st.integers(0, 2), st.sets(st.integers(0, 6), min_size=1)), min_size=1, max_size=12
)


def incidence_of(corpus) -> Incidence:
    entries = [(f, c) for f, (_, codes) in enumerate(corpus) for c in sorted(codes)]
    family, code = np.array(entries).T
    return Incidence(family, code, np.array([stratum for stratum, _ in corpus]))


def margins(incidence: Incidence) -> tuple[Counter, Counter]:
    stratum = incidence.stratum[incidence.family]
    return (
        Counter(incidence.family.tolist()),
        Counter(zip(stratum.tolist(), incidence.code.tolist(), strict=True)),
    )


@given(corpora, st.integers(0, 1000))
def test_a_trade_keeps_both_margins_in_every_stratum(corpus, seed):
    before = incidence_of(corpus)
    rng = np.random.default_rng(seed)
    after = trade(trade(before, rng), rng)
    assert margins(after) == margins(before)
    assert len(set(zip(after.family, after.code, strict=True))) == len(before.family)


def every_incidence(sizes, frequencies):
    """All ways to give families so many codes, each code so often."""
    codes = range(len(frequencies))
    ways = product(*(combinations(codes, size) for size in sizes))
    return [way for way in ways if [sum(c in family for family in way) for c in codes] == list(frequencies)]


def test_every_incidence_of_the_margins_is_drawn_equally_often():
    start = incidence_of([(0, {0, 1}), (0, {0, 2}), (0, {1}), (0, {0, 3})])
    ways = every_incidence([2, 2, 1, 2], [3, 2, 1, 1])
    count = 12_000
    seen = Counter()
    for drawn in islice(draws(start, 0, 1), count):
        families = [tuple(sorted(drawn.code[drawn.family == f].tolist())) for f in range(4)]
        seen[tuple(families)] += 1
    assert set(seen) == set(ways)
    # Draws of one chain resemble the ones before, so that these counts spread more than a
    # multinomial's would: a sixth, where they would at most by a tenth.
    assert np.array(list(seen.values())) == pytest.approx(count / len(ways), rel=1 / 6)


@pytest.mark.parametrize(
    ("code", "stratum", "words"),
    [(4096, 0, "takes 4096 technologies, not 4097"), (0, 1 << 16, "takes 65536 strata, not 65537")],
)
def test_what_numbers_of_64_bits_cannot_hold_is_refused_and_not_drawn_wrong(code, stratum, words):
    incidence = Incidence(np.array([0]), np.array([code]), np.array([stratum]))
    with pytest.raises(ValueError, match=words):
        next(draws(incidence, 0, 1))


def test_chains_differ_and_each_is_the_same_every_time():
    start = incidence_of([(0, {i % 7, (i * 3 + 1) % 7}) for i in range(30)])
    drawn = {(chain, again): next(draws(start, chain, 5)) for chain in (0, 1) for again in (0, 1)}
    edges = {key: list(zip(d.family, d.code, strict=True)) for key, d in drawn.items()}
    assert edges[0, 0] == edges[0, 1]
    assert edges[0, 0] != edges[1, 0]


@given(corpora)
def test_crossing_pairs_by_definition(corpus):
    section = np.array([0, 0, 0, 1, 1, 2, 2])
    expected = [sum(section[a] != section[b] for a, b in combinations(codes, 2)) for _, codes in corpus]
    assert crossing_pairs(incidence_of(corpus), section).tolist() == expected


def planted(crossing: float, families: int = 4000) -> pl.DataFrame:
    """Give two codes a family of twenty in two sections; a share of the families is crossing."""
    rng = np.random.default_rng(1)
    rows = []
    for family in range(families):
        first, second = rng.permutation(10)[:2]
        one = "GH"[rng.integers(2)]
        other = "HG"[one == "H"] if rng.random() < crossing else one
        rows += [(str(family), f"{one}{first:02}A"), (str(family), f"{other}{second:02}A")]
    return pl.DataFrame(rows, schema=["family", "technology"], orient="row")


def nulls(codes: pl.DataFrame, draws_: int = 200) -> dict:
    found = int_network_null(parts(codes, draws_).lazy())
    return found.row(by_predicate=(pl.col("period") == "all") & (pl.col("level") == "subclass"), named=True)


def parts(
    codes: pl.DataFrame, draws_: int = 200, networks: Sequence[str] = ("WORLD",), seed: int = 1
) -> pl.DataFrame:
    ids = codes["family"].unique().sort()
    families = pl.concat(pl.DataFrame({"network": name, "family": ids}) for name in networks).with_columns(
        share=1.0,
        is_core=False,
        year=pl.Series([2010 + i % 3 for i in range(len(ids))] * len(networks)),
        period=pl.lit("2007-2011"),
        subfield=pl.lit(None),
    )
    topic = pl.LazyFrame({"null_draws": draws_, "seed": seed})
    of_class = codes.with_columns(pl.col("technology").str.head(3)).unique(maintain_order=True)
    levels = pl.concat(
        [codes.with_columns(level=pl.lit("subclass")), of_class.with_columns(level=pl.lit("class"))]
    )
    return pl.concat(
        int_network_null_part(part, levels.lazy(), families.lazy(), topic) for part in range(PARTS)
    )


@pytest.mark.parametrize("crossing", [0.2, 0.5, 0.8])
def test_a_planted_lift_is_recovered(crossing):
    found = nulls(planted(crossing))
    # Of two codes by chance the second is one of 19, of which 10 are of the other section.
    assert found["null_share"] == pytest.approx(10 / 19, abs=0.02)
    assert crossing / found["null_share"] == pytest.approx(crossing / (10 / 19), rel=0.04)
    assert found["null_lower"] < found["null_share"] < found["null_upper"]


def test_a_world_of_chance_has_no_lift():
    rng = np.random.default_rng(2)
    names = [f"{s}{i:02}A" for s in "GH" for i in range(10)]
    rows = [
        (str(f), name)
        for f in range(2000)
        for name in rng.choice(names, size=rng.integers(1, 5), replace=False)
    ]
    codes = pl.DataFrame(rows, schema=["family", "technology"], orient="row")
    sets = codes.group_by("family").agg("technology")["technology"].to_list()
    pairs = [(a[0], b[0]) for codes in sets for a, b in combinations(codes, 2)]
    crossing = sum(a != b for a, b in pairs) / len(pairs)
    found = nulls(codes)
    assert abs(crossing - found["null_share"]) < 3 * found["null_deviation"]


def test_families_of_one_technology_leave_nothing_to_compare():
    codes = pl.DataFrame({"family": ["a", "b"], "technology": ["G06N", "H01L"]})
    assert nulls(codes, 100)["null_share"] is None


def test_draws_stop_where_the_error_is_small_and_go_on_where_it_is_not():
    rng = np.random.default_rng(3)
    families = np.repeat(np.arange(3000), 2)
    code = np.r_[0, 10, rng.permuted(np.tile(np.arange(20), (2999, 1)), axis=1)[:, :2].ravel()]
    # Two networks: of many families in one period, and of many in one and of few in another.
    group = np.repeat([0, 1, 2], [1500, 1440, 60])
    many, most, few = crossing_shares(
        Incidence(families, code, group),
        np.repeat([0, 1], 10),
        np.ones(3000),
        group,
        np.array([0, 1, 1]),
        900,
        seed=1,
    )
    assert len(few) == 900 > len(most) >= len(many) >= 100
    assert max(bound_error(many), bound_error(most)) <= PRECISION < bound_error(few)


@pytest.mark.whole
def test_the_error_that_is_published_covers_that_of_repeated_estimates():
    codes = planted(0.5, 300)
    again = [int_network_null(parts(codes, 100, seed=seed).lazy()) for seed in range(25)]
    found = pl.concat(again).filter(period="all", level="subclass", population="all")
    spread = np.hypot(found["null_lower"].std(), found["null_upper"].std()) / np.sqrt(2)
    # Draws far out resemble their neighbours less than the mean's do, so that it is rather too large.
    assert spread < found["null_error"].mean() < 2 * spread


def test_networks_do_not_depend_on_which_others_are_drawn():
    families = planted(0.5, 300)
    alone = parts(families, 100, ["WORLD"]).filter(network="WORLD")
    assert parts(families, 100, ["JP", "WORLD"]).filter(network="WORLD").equals(alone)


def test_classes_are_dealt_as_classes():
    # Every family has G06 and H01, in several subclasses: by chance it has so too.
    codes = pl.DataFrame(
        [(f"f{i}", f"{name}{'ABC'[i % 3]}") for i in range(60) for name in ("G06", "H01")],
        schema=["family", "technology"],
        orient="row",
    )
    found = int_network_null(parts(codes, 100).lazy()).filter(pl.col("period") == "all")
    shares = {row["level"]: row["null_share"] for row in found.to_dicts()}
    assert shares["class"] == 1
    # Of six subclasses the second is one of five, of which three are of the other section.
    assert shares["subclass"] == pytest.approx(3 / 5, abs=0.02)
