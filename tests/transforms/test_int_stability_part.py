"""Families drawn anew, in parts: spread in any way it is the same, and as the topic says."""

import numpy as np
import polars as pl
import pytest

from corepath.transforms.int_country_interval import int_country_interval
from corepath.transforms.int_country_stability import int_country_stability
from corepath.transforms.int_family_rank import int_family_rank
from corepath.transforms.int_indicator_stability import int_indicator_stability
from corepath.transforms.int_indicator_value import int_indicator_value
from corepath.transforms.int_perturbation import int_perturbation
from corepath.transforms.int_specification_part import PARTS as SPECIFICATION_PARTS
from corepath.transforms.int_specification_part import int_specification_part
from corepath.transforms.int_stability import int_stability
from corepath.transforms.int_stability_part import PARTS, int_stability_part
from corepath.transforms.methods.chain import weigh
from corepath.transforms.methods.scoring import score_by
from corepath.transforms.methods.stability import resample
from corepath.transforms.methods.variation import SCHEMA

METHOD = {
    "samples": 96,
    "seed": 7,
    "cohort": "global",
    "small_cohorts": "widen",
    "winsorise": None,
    "transform": "none",
    "normalisation": "minmax",
    "shift": 0.0,
    "inversion": "reciprocal",
    "weighting": "entropy",
    "weight_cap": None,
    "missing": "cohort_median",
    "core_rule": "top_share",
    "core_share": 0.1,
    "core_deviations": 1.0,
    "pareto_share": 0.8,
    "scoring": "sum",
    "grey_coefficient": 0.5,
    "attribution": "applicant",
}
M = 240


def frames(x: dict[str, list], **method) -> dict[str, pl.LazyFrame]:
    """Families of two years and two countries, the first fifth of them Japan's."""
    size = len(next(iter(x.values())))
    families = pl.Series(range(size), dtype=pl.Int32)
    total = np.nansum([np.array(column, dtype=float) for column in x.values()], axis=0)
    ranked = pl.LazyFrame({"family": families, "score": total}).with_columns(
        is_core=pl.col("score").rank("min", descending=True) <= size / 10
    )
    return {
        "int_indicator": pl.LazyFrame({"family": families} | x, strict=False),
        "int_indicator_choice": pl.LazyFrame(
            [(name, i, "+", True, True) for i, name in enumerate(x)],
            schema=["indicator", "position", "direction", "is_asked", "is_covered"],
            orient="row",
        ).with_columns(dimension=pl.lit("all")),
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


def selection(found: pl.DataFrame) -> dict[int, float]:
    times = found.filter(pl.col("measure").is_in(["drawn", "selected"])).pivot(
        "measure", index="family", values="value", aggregate_function="sum"
    )
    return {
        family: selected / drawn
        for family, drawn, selected in times.select("family", "drawn", "selected").iter_rows()
    }


@pytest.fixture(scope="module")
def values() -> dict[str, list]:
    chance = np.random.default_rng(11)
    return {name: (chance.negative_binomial(1, 0.2, M) + 1.0).tolist() for name in "abc"}


@pytest.fixture(scope="module")
def found(values) -> pl.DataFrame:
    return whole(values)


def test_every_draw_is_made_once_whatever_part_makes_it(found):
    draws = found.filter(pl.col("measure") == "kendall_tau")
    assert sorted(draws["draw"]) == list(range(METHOD["samples"]))
    assert set(draws["kind"]) == {"sampling"}


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


@pytest.mark.parametrize(
    "method",
    [
        {},
        {"cohort": "none", "transform": "log1p", "normalisation": "ratio"},
        {"weighting": "critic", "scoring": "topsis", "cohort": "office"},
        {"small_cohorts": "shrink", "winsorise": 0.99, "transform": "log1p"},
        {"weighting": "equal", "scoring": "grey", "winsorise": 0.99, "core_rule": "mean_sd"},
    ],
)
def test_a_draw_is_what_the_topic_does_with_a_table_of_the_drawn_families(values, method):
    """Copies get numbers of their own, and go the way of any release."""
    given = frames(values, **method)
    topic = given["topic"].collect().row(0, named=True)
    families = given["int_cohort"].sort("year", "family").collect()
    sizes = families.group_by("year", maintain_order=True).len()["len"].to_numpy()
    at = np.repeat(np.arange(M), resample(sizes, np.random.default_rng([topic["seed"], 0, 3])))
    copies = families[at].with_columns(copy=pl.Series(range(M), dtype=pl.Int32))
    y = int_indicator_value(
        copies.join(given["int_indicator"].collect(), on="family", maintain_order="left")
        .select(pl.exclude("family", "year", "field", "office"))
        .rename({"copy": "family"})
        .lazy(),
        given["int_indicator_choice"],
        copies.select(pl.exclude("family")).rename({"copy": "family"}).lazy(),
        given["topic"],
    ).drop("family")
    weights = weigh(y, ["all"] * 3, topic)
    scores = score_by(topic, y, weights)
    share = {"top_share": 0.9, "mean_sd": None}[topic["core_rule"]]
    cut = scores.quantile(share, "higher") if share else scores.mean() + scores.std(ddof=0)
    core = copies.filter(scores >= cut)["family"]

    drawn = whole(values, samples=10, **method).filter(pl.col("draw") == 3)
    found = drawn.filter(pl.col("measure") == "weight")
    assert dict(found.select("name", "value").iter_rows()) == pytest.approx(dict(weights.iter_rows()))
    japan = drawn.filter((pl.col("measure") == "core_families") & (pl.col("name") == "JP"))["value"].item()
    assert japan == pytest.approx((core < M / 5).sum(), abs=2)


def test_weights_are_fitted_to_complete_families_where_the_topic_says_so(values):
    gaps = values | {"a": [None if i % 2 else v for i, v in enumerate(values["a"])]}
    filled, complete = (
        whole(gaps, missing=missing).filter(pl.col("measure") == "weight")["value"].to_list()
        for missing in ("cohort_median", "complete")
    )
    assert filled != complete


def test_a_draw_without_an_answer_is_left_out(values):
    # A ratio of what is below 0 is none, whoever is drawn.
    x = values | {"a": [value - 50 for value in values["a"]]}
    found = whole(x, normalisation="ratio", cohort="none")
    assert found.filter(pl.col("draw").is_not_null()).is_empty()


def test_a_family_that_leads_in_everything_is_always_core_and_the_last_never(values):
    x = {name: [100.0, *column[1:-1], 0.0] for name, column in values.items()}
    pi = selection(whole(x))
    assert pi[0] == 1
    assert pi[M - 1] == 0


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


def test_weights_of_every_draw_sum_to_1_and_keep_the_cap(values):
    x = values | {"a": [0.0] * (M - 12) + [1.0] * 12}
    for cap in (None, 0.4):
        weights = whole(x, weight_cap=cap).filter(pl.col("measure") == "weight")
        sums = weights.group_by("draw").agg(pl.sum("value"))["value"]
        assert sums.to_numpy() == pytest.approx(np.ones(len(sums)), abs=1e-9)
        assert (weights["value"].max() > 0.5) is (cap is None)
        assert cap is None or weights["value"].max() <= cap + 1e-9


def test_the_core_families_of_all_countries_are_those_of_the_draw(found):
    # At the cut ties are core, so that there are no fewer than a tenth.
    cores = found.filter(pl.col("measure") == "core_families").group_by("draw").agg(pl.sum("value"))
    assert cores["value"].min() >= 0.1 * M
    assert set(found.filter(pl.col("measure") == "core_families")["name"]) == {"JP", "US"}


def test_every_draw_ranks_the_families_that_it_holds_once(found):
    ranked = found.filter(pl.col("measure") == "ranks").group_by("family")
    often = dict(ranked.agg(pl.col("ranks").list.len().sum()).iter_rows())
    held = found.filter(pl.col("measure") == "drawn").group_by("family").agg(pl.sum("value"))
    assert often == dict(held.iter_rows())
    assert sum(often.values()) / M / METHOD["samples"] == pytest.approx(1 - (1 - 2 / M) ** (M / 2), abs=0.02)


WIDENED = pl.LazyFrame({"cohort": ["field"], "small_cohorts": ["widen"]})


def test_the_first_and_the_last_are_so_in_every_draw(values):
    x = {name: [100.0, *column[1:-1], 0.0] for name, column in values.items()}
    given = frames(x)
    order = given["int_score_rank"].with_columns(rank=pl.col("score").rank("average", descending=True))
    ranks = int_family_rank(whole(x).lazy(), order, WIDENED).collect().rows_by_key("family", unique=True)
    # A factor of four either way is what no draw shows.
    assert ranks[0] == (1, 4)
    assert ranks[M - 1][0] == pytest.approx(M / 4, rel=0.1)
    assert ranks[M - 1][1] == M


# --- The grid of methods -------------------------------------------------------------------------


def specified(x: dict[str, list], **method) -> pl.DataFrame:
    given = frames(x, **method)
    order = given["int_score_rank"].with_columns(rank=pl.col("score").rank("average", descending=True))
    place = given["int_family_country"].select(
        "family",
        "country",
        share_by_applicant="share",
        share_by_inventor="share",
        share_by_first_filing=pl.lit(1.0),
    )
    given |= {"int_score_rank": order, "int_family_attribution": place}
    return pl.concat(int_specification_part(part, **given) for part in range(SPECIFICATION_PARTS))


def test_the_grid_is_made_of_all_combinations_and_the_choices_of_one_at_a_time(values):
    found = specified(values)
    methods = found.filter((pl.col("kind") == "method") & (pl.col("measure") == "kendall_tau"))
    assert len(methods) == methods["variation"].n_unique() == 3 * 2 * 2 * 3 * 3
    choices = set(found.filter(pl.col("kind") == "choice")["variation"].drop_nulls())
    assert choices == {
        *("cohort none", "cohort office", "transform log1p", "normalisation ratio"),
        *("weighting equal", "weighting critic", "scoring topsis", "scoring grey"),
        *("rule mean_sd", "rule pareto", "rule head_tail", "rule price", "threshold 0.05", "threshold 0.2"),
        *("attribution inventor", "attribution first_filing", "indicator a", "indicator b", "indicator c"),
    }


def test_the_studys_plain_method_is_tried_where_the_topic_goes_by_another(values):
    def changed(found: pl.DataFrame, variation: str) -> dict:
        rows = found.filter((pl.col("variation") == variation) & (pl.col("measure") == "weight"))
        return dict(rows.select("name", "value").iter_rows())

    tamed = specified(values, small_cohorts="shrink", winsorise=0.99, transform="log1p")
    plain = specified(values)
    assert changed(tamed, "preset study") == changed(plain, "global none minmax entropy sum")
    assert changed(tamed, "preset study") != changed(tamed, "global log1p minmax entropy sum")
    assert changed(plain, "preset study") == {}


def test_a_choice_of_the_topics_that_is_not_in_the_grid_joins_it(values):
    found = specified(values, transform="sqrt", normalisation="shift", shift=0.1)
    methods = found.filter((pl.col("kind") == "method") & (pl.col("measure") == "kendall_tau"))
    assert len(methods) == 3 * 3 * 3 * 3 * 3
    assert "transform none" in set(found["variation"])


def test_a_way_that_does_not_suit_the_values_is_left_out(values):
    x = values | {"a": [value - 50 for value in values["a"]]}
    methods = specified(x).filter((pl.col("kind") == "method") & pl.col("variation").is_not_null())
    assert set(methods["variation"].str.split(" ").list.slice(1, 2).list.join(" ")) == {
        "none minmax",
        "log1p minmax",
    }


def test_other_thresholds_make_cores_of_other_sizes(values):
    found = specified(values).filter((pl.col("kind") == "choice") & (pl.col("measure") == "core_families"))
    core = dict(found.group_by("variation").agg(pl.sum("value")).iter_rows())
    assert core["threshold 0.2"] > core["scoring topsis"] > core["threshold 0.05"]


def test_a_family_is_core_in_some_of_the_specifications(values):
    found = specified(values).filter(pl.col("kind") == "method")
    times = found.filter(pl.col("measure") == "specifications").group_by("family").agg(pl.sum("value"))
    assert set(times["value"]) == {108}
    selected = found.filter(pl.col("measure") == "selected").group_by("family").agg(pl.sum("value"))
    assert selected["value"].sum() / 108 == pytest.approx(0.1 * M, rel=0.2)
    assert selected["value"].max() <= 108


def test_to_leave_out_a_copy_of_another_moves_no_family(values):
    x = {"a": values["a"], "b": values["a"]}
    shift = specified(x, cohort="none").filter(
        (pl.col("measure") == "shift") & (pl.col("name") == "indicator")
    )
    assert shift["value"].max() == 0


def test_an_indicator_alone_cannot_be_left_out(values):
    found = specified({"a": values["a"]})
    assert not found["variation"].drop_nulls().str.starts_with("indicator").any()


# --- Summed up -----------------------------------------------------------------------------------

WEIGHTS = pl.LazyFrame({"indicator": ["a", "b", "c"], "weight": [0.5, 0.3, 0.2]}).with_columns(
    is_used=pl.lit(True)
)


def test_shaken_weights_are_drawn_a_hundred_times(values):
    given = frames(values)
    shaken = int_perturbation(
        given["int_indicator"], WEIGHTS, given["int_score_rank"], given["int_family_country"], given["topic"]
    )
    assert shaken.filter(pl.col("measure") == "kendall_tau")["draw"].to_list() == list(range(100))
    assert set(shaken["kind"]) == {"weights"}


def numbers(*rows) -> pl.LazyFrame:
    return pl.LazyFrame(rows, schema={k: v for k, v in SCHEMA.items() if k != "family"}, orient="row")


def test_agreement_is_summed_up_by_variation():
    measures = ["kendall_tau", "core_overlap", "rank_biased_overlap"]
    drawn = numbers(
        ("sampling", None, None, "selected", "f1", 5.0),
        *(
            ("sampling", "families drawn anew", draw, measure, None, draw / 100)
            for draw in range(101)
            for measure in measures
        ),
    )
    methods = numbers(*(("method", "one", 0, measure, None, 0.4) for measure in measures))
    rows = int_stability(drawn, methods, numbers()).collect().to_dicts()
    found = {(r["kind"], r["variation"]): r for r in rows}
    assert found.keys() == {("sampling", "families drawn anew"), ("method", "one")}
    sampling = found["sampling", "families drawn anew"]
    assert (sampling["draws"], sampling["kendall_tau"]) == (101, 0.5)
    assert sampling["core_overlap_low"] == pytest.approx(0.05)
    assert found["method", "one"]["rank_biased_overlap_low"] == 0.4


def test_a_tau_that_is_not_defined_is_unknown():
    drawn = numbers(("sampling", "one", 0, "kendall_tau", None, float("nan")))
    assert int_stability(drawn, numbers(), numbers()).collect()["kendall_tau"].to_list() == [None]


# KR leads but in one draw of twenty, where it ties with JP; CN is behind JP but in two.
DRAWN = numbers(
    *(
        ("sampling", "any", draw, "core_families", country, families)
        for draw in range(20)
        for country, families in {
            "KR": 5.0 if draw else 3.0,
            "JP": 3.0,
            "CN": 4.0 if draw in (1, 2) else 1.0,
        }.items()
    )
)


def test_countries_are_ranked_in_each_draw_and_ties_share_the_better_rank():
    rows = int_country_stability(DRAWN, numbers(), numbers()).collect().to_dicts()
    found = {r["country"]: r for r in rows}
    ranks = {c: (r["rank_core_low"], r["rank_core_median"], r["rank_core_high"]) for c, r in found.items()}
    assert ranks == {"KR": (1, 1, 1), "JP": (1, 2, 3), "CN": (2, 3, 3)}
    assert found["CN"]["core_families_low"] == 1
    assert found["CN"]["core_families_high"] == pytest.approx(4)


def test_the_intervals_of_countries_hold_their_own_numbers_and_methods_have_their_own():
    methods = numbers(
        *(("method", "one", 0, "core_families", c, n) for c, n in (("KR", 2.0), ("JP", 7.0), ("CN", 0.0))),
        *(("choice", "rule price", 0, "core_families", c, 1.0) for c in ("KR", "JP", "CN")),
    )
    own = pl.LazyFrame(
        [("top_share", 0.1, "KR", 9.0), ("top_share", 0.1, "JP", 3.0), ("top_share", 0.1, "CN", 1.0)],
        schema=["rule", "threshold", "country", "core_families"],
        orient="row",
    )
    threshold = pl.LazyFrame({"rule": ["top_share"], "threshold": [0.1], "is_default": [True]})
    rows = int_country_interval(DRAWN, methods, own, threshold, WIDENED).collect()
    found = {row["country"]: row for row in rows.to_dicts()}
    # KR has 5 but once in twenty draws, and 9 in the release.
    assert found["KR"]["core_families_low"] == pytest.approx(9 - 0.1, abs=0.2)
    assert found["KR"]["core_families_high"] == 9
    assert (found["CN"]["core_families_low"], found["CN"]["core_families_high"]) == (1, pytest.approx(5.8))
    assert (found["CN"]["rank_core_low"], found["CN"]["rank_core_high"]) == (1, 3)
    # Another rule makes a core of another size: it counts for ranks alone.
    assert [found["KR"][f"core_families_method_{end}"] for end in ("low", "high")] == [2, 9]
    assert [found["KR"][f"rank_core_method_{end}"] for end in ("low", "high")] == [1, 2]
    assert [found["CN"][f"rank_core_method_{end}"] for end in ("low", "high")] == [1, 3]


def test_a_familys_ranks_of_all_parts_make_one_interval_about_its_rank():
    parts = pl.LazyFrame(
        [
            {"measure": "ranks", "family": 1, "ranks": [float(i) for i in range(1, 61)]},
            {"measure": "ranks", "family": 1, "ranks": [float(i) for i in range(61, 102)]},
            {"measure": "ranks", "family": 2, "ranks": [7.5]},
            {"measure": "selected", "family": 3, "ranks": None},
        ]
    )
    own = pl.LazyFrame({"family": range(1, 291), "rank": [61.0, 7.5, *range(3, 291)]})
    # Of 1 to 101 the twentieths are 6 and 96, and the median is 51. A quarter of 61 is 15, but
    # exp(ln 61 - √((1.2 ln 51/6)² + ln² 4)) is 3.3; and 296 would be the upper end, of 290 families.
    assert sorted(int_family_rank(parts, own, WIDENED).collect().rows()) == [(1, 3, 290), (2, 1.5, 30)]


def test_weights_have_an_interval_a_range_and_what_hangs_on_them():
    drawn = numbers(
        *(("sampling", "one", d, "weight", "bc", d / 1000) for d in range(101)),
        *(("sampling", "one", d, "weight", "fs", 0.0) for d in range(101)),
    )
    methods = numbers(
        ("method", "one", 0, "weight", "bc", 0.2),
        ("method", "other", 0, "weight", "bc", 0.9),
        ("choice", "indicator bc", 0, "kendall_tau", None, 0.7),
        ("choice", "indicator bc", 0, "core_overlap", None, 0.4),
        ("choice", "indicator bc", 0, "core_families", "JP", 9.0),
    )
    # Draws are 0.1 below the weight, and the world's weight is as far above it: 0.25 ± 2.2 × 0.045.
    own = pl.LazyFrame({"indicator": ["bc", "fs"], "weight": [0.15, 0.0]})
    found = int_indicator_stability(drawn, methods, own, WIDENED).collect().sort("indicator").rows()
    assert found == [
        ("bc", 0.15, pytest.approx(0.349), 0.2, 0.9, 0.7, 0.4),
        ("fs", 0, 0, None, None, None, None),
    ]
