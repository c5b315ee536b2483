"""The bootstrap in parts: spread in any way it is the same, and it finds what was planted."""

import numpy as np
import polars as pl
import pytest

from corepath.transforms.int_country_stability import int_country_stability
from corepath.transforms.int_family_rank import int_family_rank
from corepath.transforms.int_indicator_stability import int_indicator_stability
from corepath.transforms.int_perturbation import int_perturbation
from corepath.transforms.int_stability import int_stability
from corepath.transforms.int_stability_part import PARTS, int_stability_part
from corepath.transforms.methods.variation import SCHEMA, variant

METHOD = {
    "samples": 96,
    "seed": 7,
    "cohort": "global",
    "winsorise": None,
    "transform": "none",
    "normalisation": "minmax",
    "shift": 0.0,
    "inversion": "reciprocal",
    "weight_cap": None,
    "core_rule": "top_share",
    "core_share": 0.1,
    "core_deviations": 1.0,
    "pareto_share": 0.8,
    "scoring": "sum",
    "grey_coefficient": 0.5,
}
M = 240


def frames(x: dict[str, list], **method) -> dict[str, pl.LazyFrame]:
    """Families of two years and two countries, the first fifth of them Japan's."""
    size = len(next(iter(x.values())))
    families = pl.Series(range(size), dtype=pl.Int32)
    total = np.sum([np.array(column, dtype=float) for column in x.values()], axis=0)
    ranked = pl.LazyFrame({"family": families, "score": total}).with_columns(
        is_core=pl.col("score").rank("min", descending=True) <= size / 10
    )
    return {
        "int_indicator": pl.LazyFrame({"family": families} | x, strict=False),
        "int_indicator_choice": pl.LazyFrame(
            [(name, i, "+", True, True) for i, name in enumerate(x)],
            schema=["indicator", "position", "direction", "is_asked", "is_covered"],
            orient="row",
        ),
        "int_cohort": pl.LazyFrame({"family": families}).with_columns(
            year=pl.Series([2001 + i % 2 for i in range(size)]), field=pl.lit("IT"), office=pl.lit("US")
        ),
        "int_score_rank": ranked,
        "int_family_country": pl.LazyFrame(
            {
                "family": families,
                "country": ["JP" if i < size / 5 else "US" for i in range(size)],
                "share": [1.0] * size,
            }
        ),
        "topic": pl.LazyFrame([METHOD | method], infer_schema_length=None),
    }


def whole(x: dict[str, list], order=range(PARTS), **method) -> pl.DataFrame:
    given = frames(x, **method)
    return pl.concat(int_stability_part(part, **given) for part in order)


def selection(found: pl.DataFrame, samples: int = METHOD["samples"]) -> dict[int, float]:
    often = found.filter(pl.col("measure") == "selected").group_by("family").agg(pl.sum("value"))
    return {family: value / samples for family, value in often.iter_rows()}


@pytest.fixture(scope="module")
def values() -> dict[str, list]:
    chance = np.random.default_rng(11)
    return {name: (chance.negative_binomial(1, 0.2, M) + 1.0).tolist() for name in "abc"}


@pytest.fixture(scope="module")
def found(values) -> pl.DataFrame:
    return whole(values)


def test_every_draw_is_made_once_and_variants_take_turns(found):
    draws = found.filter(pl.col("measure") == "kendall_tau")
    assert sorted(draws["draw"]) == list(range(METHOD["samples"]))
    assert set(draws.group_by("variation").len()["len"]) == {6}
    assert {variant(draw)[0] for draw in range(METHOD["samples"])} == set(range(PARTS))


def test_a_part_is_the_same_whatever_ran_before_it(values, found):
    backwards = whole(values, order=reversed(range(PARTS)))
    key = ["part", "measure", "draw", "name", "family"]
    assert backwards.sort(key).equals(found.sort(key))


def test_more_samples_leave_the_earlier_draws_as_they_were(values, found):
    more = whole(values, samples=2 * METHOD["samples"])
    key = ["draw", "measure", "name"]
    drawn = found.filter(pl.col("draw").is_not_null()).sort(key)
    assert more.filter(pl.col("draw") < METHOD["samples"]).sort(key).equals(drawn)


def test_the_seed_decides_the_draws(values, found):
    assert not whole(values, seed=8).equals(found)


def test_a_family_that_leads_in_everything_is_always_core_and_the_last_never(values):
    x = {name: [100.0, *column[1:-1], 0.0] for name, column in values.items()}
    pi = selection(whole(x))
    assert pi[0] == 1
    assert M - 1 not in pi


def test_families_that_cannot_be_told_apart_are_core_equally_often():
    values = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 30.0] * 30
    pi = selection(whole({"a": values, "b": values[::-1]}))
    for kind in range(8):
        alike = {round(pi.get(i, 0), 12) for i in range(kind, M, 8)}
        assert len(alike) == 1


def test_as_many_are_core_on_average_as_the_share_says(found):
    # Scores of long-tailed counts have ties, all of which are core; so a few more.
    assert sum(selection(found).values()) == pytest.approx(0.1 * M, rel=0.15)


@pytest.mark.parametrize(
    ("rule", "least", "most"),
    [
        ("price", 16, 24),  # the root of 240 is 15.5
        ("mean_sd", 20, 60),  # a sixth, if scores were normal
        ("pareto", 100, 200),
        ("head_tail", 1, 120),  # of skewed scores fewer than half lie above the mean
    ],
)
def test_the_rule_of_the_topic_cuts_every_draw(values, rule, least, most):
    assert least < sum(selection(whole(values, core_rule=rule)).values()) < most


def test_a_way_that_does_not_suit_the_values_is_left_out(values):
    x = values | {"a": [value - 5 for value in values["a"]]}
    found = whole(x)
    assert set(found["variation"].drop_nulls()) == {
        f"minmax none {cohort} {scoring}" for cohort in ("global", "office") for scoring in ("sum", "topsis")
    }


def test_weights_of_every_draw_sum_to_1_and_keep_the_cap(values):
    x = values | {"a": [0.0] * (M - 4) + [1.0] * 4}
    for cap in (None, 0.4):
        weights = whole(x, weight_cap=cap).filter(pl.col("measure") == "weight")
        sums = weights.group_by("draw").agg(pl.sum("value"))["value"]
        assert sums.to_numpy() == pytest.approx(np.ones(len(sums)), abs=1e-9)
        assert (weights["value"].max() > 0.6) is (cap is None)
        assert cap is None or weights["value"].max() <= cap + 1e-9


def test_the_core_families_of_all_countries_are_those_of_the_draw(found):
    # At the cut ties are core, so that there are no fewer than a tenth.
    cores = found.filter(pl.col("measure") == "core_families").group_by("draw").agg(pl.sum("value"))
    assert cores["value"].min() >= 0.1 * M
    assert set(found.filter(pl.col("measure") == "core_families")["name"]) == {"JP", "US"}


def test_every_draw_ranks_every_family_once(found):
    ranked = found.filter(pl.col("measure") == "ranks")
    often = ranked.group_by("family").agg(pl.col("ranks").list.len().sum())
    assert often.height == M
    assert set(often["ranks"]) == {METHOD["samples"]}


def test_a_family_that_leads_in_everything_is_first_in_every_draw_and_the_last_never(values):
    x = {name: [100.0, *column[1:-1], 0.0] for name, column in values.items()}
    ranks = int_family_rank(whole(x).lazy()).collect().rows_by_key("family", unique=True)
    # Copies of the first tie for the first places: 1.5 is the middle of two.
    assert ranks[0][0] == 1
    assert ranks[0][1] <= 3
    assert ranks[M - 1][0] > 0.9 * M


# --- Summed up -----------------------------------------------------------------------------------

WEIGHTS = pl.LazyFrame({"indicator": ["a", "b", "c"], "weight": [0.5, 0.3, 0.2]}).with_columns(
    is_used=pl.lit(True)
)


def perturbed(values: dict[str, list], **method) -> pl.DataFrame:
    given = frames(values, **method)
    return int_perturbation(
        given["int_indicator"],
        WEIGHTS.filter(pl.col("indicator").is_in(list(values))),
        given["int_score_rank"],
        given["int_family_country"],
        given["topic"],
    )


@pytest.mark.parametrize("scoring", ["sum", "topsis", "grey"])
def test_an_indicator_is_left_out_at_a_time_whatever_the_scoring(values, scoring):
    without = perturbed(values, scoring=scoring).filter(pl.col("kind") == "without")
    taus = without.filter(pl.col("measure") == "kendall_tau")
    assert sorted(taus["variation"]) == ["a", "b", "c"]
    assert taus["value"].is_between(0, 1, closed="left").all()


def test_to_leave_out_a_copy_of_another_changes_nothing(values):
    x = {"a": values["a"], "b": values["a"]}
    without = perturbed(x).filter((pl.col("kind") == "without") & pl.col("name").is_null())
    assert without["value"].to_numpy() == pytest.approx(np.ones(6))


def test_an_indicator_alone_cannot_be_left_out(values):
    assert "without" not in set(perturbed({"a": values["a"]})["kind"])


def test_shaken_weights_are_drawn_a_hundred_times(values):
    shaken = perturbed(values).filter(pl.col("kind") == "weights")
    assert shaken.filter(pl.col("measure") == "kendall_tau")["draw"].to_list() == list(range(100))


def numbers(*rows) -> pl.LazyFrame:
    return pl.LazyFrame(rows, schema=SCHEMA, orient="row")


def test_agreement_is_summed_up_by_variation_and_over_all_draws():
    measures = ["kendall_tau", "core_overlap", "rank_biased_overlap"]
    parts = numbers(
        ("method", None, None, "selected", "f1", 5.0),
        *(
            ("method", "one" if draw < 50 else "two", draw, measure, None, draw / 100)
            for draw in range(101)
            for measure in measures
        ),
    )
    rows = int_stability(parts, numbers()).collect().to_dicts()
    found = {(r["kind"], r["variation"]): r for r in rows}
    assert found.keys() == {("method", "one"), ("method", "two"), ("bootstrap", "all draws")}
    assert found["bootstrap", "all draws"]["draws"] == 101
    assert found["bootstrap", "all draws"]["kendall_tau"] == 0.5
    assert found["bootstrap", "all draws"]["core_overlap_low"] == pytest.approx(0.05)
    assert found["method", "one"]["rank_biased_overlap"] == pytest.approx(0.245)


def test_a_tau_that_is_not_defined_is_unknown():
    parts = numbers(("method", "one", 0, "kendall_tau", None, float("nan")))
    found = int_stability(parts, numbers()).collect()
    assert found["kendall_tau"].to_list() == [None, None]


def test_countries_are_ranked_in_each_draw_and_ties_share_the_better_rank():
    # KR leads but in one draw of twenty, where it ties with JP; CN is behind JP but in two.
    parts = numbers(
        *(
            ("method", "one", draw, "core_families", country, families)
            for draw in range(20)
            for country, families in {
                "KR": 5.0 if draw else 3.0,
                "JP": 3.0,
                "CN": 4.0 if draw in (1, 2) else 1.0,
            }.items()
        )
    )
    rows = int_country_stability(parts, numbers()).collect().to_dicts()
    found = {r["country"]: r for r in rows if r["kind"] == "bootstrap"}
    ranks = {c: (r["rank_core_low"], r["rank_core_median"], r["rank_core_high"]) for c, r in found.items()}
    assert ranks == {"KR": (1, 1, 1), "JP": (1, 2, 3), "CN": (2, 3, 3)}
    assert found["CN"]["core_families_low"] == 1
    assert found["CN"]["core_families_high"] == pytest.approx(4)


def test_a_familys_ranks_of_all_parts_make_one_interval_whose_ends_occur():
    parts = pl.LazyFrame(
        [
            {"measure": "ranks", "family": 1, "ranks": [float(i) for i in range(1, 61)]},
            {"measure": "ranks", "family": 1, "ranks": [float(i) for i in range(61, 102)]},
            {"measure": "ranks", "family": 2, "ranks": [7.5]},
            {"measure": "selected", "family": 3, "ranks": None},
        ]
    )
    # Of 1 to 101 the twentieths are 6 and 96.
    assert sorted(int_family_rank(parts).collect().rows()) == [(1, 6, 96), (2, 7.5, 7.5)]


def test_weights_have_an_interval_and_what_hangs_on_them():
    parts = numbers(
        *(("method", "one", d, "weight", "bc", d / 100) for d in range(101)),
        *(("method", "one", d, "weight", "fs", 0.0) for d in range(101)),
    )
    left_out = numbers(
        ("without", "bc", 0, "kendall_tau", None, 0.7),
        ("without", "bc", 0, "core_overlap", None, 0.4),
        ("without", "bc", 0, "core_families", "JP", 9.0),
    )
    found = int_indicator_stability(parts, left_out).collect().sort("indicator").rows()
    assert found == [("bc", pytest.approx(0.05), pytest.approx(0.95), 0.7, 0.4), ("fs", 0, 0, None, None)]
