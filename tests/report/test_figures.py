"""Each figure says what its frames say, also where that is not what one expects, and draws it the same."""

import re
from pathlib import Path

import polars as pl
import pytest

from corepath.report.figures.calibration import calibration
from corepath.report.figures.collaboration import collaboration
from corepath.report.figures.lag import lag
from corepath.report.figures.lift import lift
from corepath.report.figures.networks import networks
from corepath.report.figures.paths import paths
from corepath.report.figures.prediction import prediction
from corepath.report.figures.quantity import quantity
from corepath.report.figures.rank import rank
from corepath.report.figures.score import score
from corepath.report.figures.sensitivity import sensitivity
from corepath.report.figures.since import since
from corepath.report.figures.specialisation import specialisation
from corepath.report.figures.technologies import technologies
from corepath.report.page import FIGURES, Style, as_svg, make_figures
from tests.report import worlds as w

SNAPSHOTS = Path(__file__).parent / "snapshots"


def said(figure) -> str:
    return figure.answer.replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_is_drawn_as_before(name):
    """A changed picture is looked at, then taken: remove its file, and run this test twice."""
    figure = make_figures(w.frames())[name]
    drawn = "\n".join(
        [
            figure.answer,
            figure.note,
            figure.description,
            *(re.sub(">", ">\n", p.body) for p in (figure.wide, figure.narrow) if p),
        ]
    )
    file = SNAPSHOTS / f"{name}.txt"
    if not file.exists():
        SNAPSHOTS.mkdir(exist_ok=True)
        file.write_text(drawn, encoding="utf-8")
        pytest.fail(f"{file} is new: look at the figure, and run this test again")
    assert drawn == file.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_that_is_taken_along_is_a_whole_svg(name):
    import xml.etree.ElementTree as ET

    figure = make_figures(w.frames())[name]
    root = ET.fromstring(as_svg(figure, name, Style("", "svg { --ink: #000 }")))
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert root[0].text == figure.question
    assert "made-up" not in ET.tostring(root, encoding="unicode")
    assert "A made-up world." in as_svg(figure, name, Style("", "svg { --ink: #000 }"), is_made_up=True)


# --- Many patents, or key core ones? -----------------------------------------------------------


def test_most_families_need_not_be_the_lowest_share():
    figure = quantity(w.ranking(US=(4000, 800), JP=(1000, 100)), w.places("JP", "US"))
    assert "The United States has the most families" in said(figure)[:1].upper() + said(figure)[1:]
    assert "above the topic's 10 %" in said(figure)
    assert "No other compared country has so high a share" in said(figure)


def test_shares_whose_intervals_meet_are_not_told_apart():
    figure = quantity(w.ranking(US=(400, 41), JP=(390, 42), KR=(9000, 10)), w.places("JP", "US", "KR"))
    assert "Japan's" in said(figure)
    assert "the United States cannot be distinguished from it" in said(figure)


def test_one_country_is_held_against_the_topic():
    figure = quantity(w.ranking(JP=(100, 20)), w.places("JP"))
    assert said(figure).startswith("Japan: 20 % of its 100 families")


def test_no_family_of_a_compared_country_is_said():
    figure = quantity(w.ranking(DE=(100, 20)), w.places("JP"))
    assert figure.wide is None
    assert "No family of a compared country" in said(figure)


# --- Since when? ----------------------------------------------------------------------------------


def test_a_shrinking_topic_without_a_break_says_so():
    figure = since(w.years(), w.segments(-0.14, breaks=False), w.places())
    assert "Families shrink by 14 % a year since 2000, without a break" in said(figure)
    assert "no compared country has a break" in said(figure)


def test_half_a_year_of_data_has_no_trend():
    figure = since(w.years(2024, 2024), w.segments(None, "fewer than 30 families", breaks=False), w.places())
    assert said(figure).startswith("No year is complete yet")
    assert figure.wide is not None


def test_a_trend_that_is_not_fitted_says_why():
    figure = since(w.years(), w.segments(None, "fewer than 30 families", breaks=False), w.places())
    assert "No trend is fitted for the whole topic: fewer than 30 families." in said(figure)


# --- Who leads? -------------------------------------------------------------------------------------


def test_a_leader_at_every_threshold_is_called_so_and_only_then():
    always = rank(w.thresholds({"JP": [1, 1, 1], "US": [2, 2, 2]}), w.places("JP", "US"), ())
    assert said(always).startswith("Japan is first at every threshold.")
    assert "whose interval lies before those of the others compared" in said(always)
    crossed = rank(w.thresholds({"JP": [1, 2, 2], "US": [2, 1, 1]}), w.places("JP", "US"), ())
    assert said(crossed).startswith("Japan is first up to 10 %, the United States from there.")


def test_a_leader_whom_draws_do_not_set_apart_is_doubted():
    figure = rank(
        w.thresholds({"JP": [1, 1, 1], "US": [2, 2, 2]}, {"JP": (1.0, 2.0), "US": (1.0, 2.0)}), w.places(), ()
    )
    assert "sampling does not set it apart from the United States" in said(figure)


def test_a_rank_that_moved_since_the_release_before_has_a_mark():
    moved = {"what": "ranks", "name": "JP", "column": "rank_core", "before": 3, "after": 1}
    figure = rank(w.thresholds({"JP": [1, 1, 1], "US": [2, 2, 2]}), w.places(), [moved])
    assert "Japan ▲2" in figure.wide.body


# --- The score, technologies -----------------------------------------------------------------------


def test_a_score_of_one_indicator_says_little():
    figure = score(w.weights(bc=(1.0, 0.4), npl=(None, None)), w.coverage(), w.places(), ())
    assert "with 1 indicator in use, the score says little more than that" in said(figure)
    assert "40 % of the weight of BC" in said(figure)


def test_indicators_that_weigh_the_same_are_named_together():
    told = said(score(w.weights(fc_5=(0.4, 0.0), fs=(0.4, 0.0), sc=(0.2, 0.0)), w.coverage(), w.places(), ()))
    assert told.startswith("FC_5 title and FS title weigh most: 40 % of the score each.")


def test_a_choice_that_moves_no_one_is_said_and_one_that_does_is_named():
    told = said(sensitivity(w.sensitivity(CN=-4, JP=1), w.places()))
    assert "No choice moves the rank of the United States (1) and South Korea (3)." in told
    assert "China from 9 to 5 with rule mean sd; in all 1 of 3 other options move it." in told
    assert "Japan from 2 to 3 with rule mean sd" in told
    assert said(sensitivity(w.sensitivity(), w.places())).count("move") == 1


def test_claims_that_do_not_hold_are_said():
    told = said(calibration(w.calibration(covered=0.6)))
    assert told.startswith("1 of 2 claims hold")
    assert "Those of technology lag do not hold fully" in told
    assert "60 % where at least 92 % are claimed" in told
    assert said(calibration(w.calibration(covered=0.95))).startswith("2 of 2 claims hold")


def test_no_key_core_technology_is_no_ranking():
    figure = technologies(w.technology(passed=0), w.holders(), w.places(), ())
    assert "None of 4 subclasses passes the test" in said(figure)
    assert "ink hollow" in figure.wide.body


def test_who_holds_most_is_counted_by_technology():
    figure = technologies(
        w.technology(), w.holders(G06N={"KR": 3.0, "US": 1.0}, G06F={"KR": 2.0}), w.places(), ()
    )
    assert "South Korea in 2" in said(figure)
    assert "United States in" not in said(figure)


# --- Lags, lift --------------------------------------------------------------------------------------


def test_a_lag_has_its_direction_and_who_cannot_be_told_has_a_reason():
    figure = lag(
        w.lags(
            ("all", "JP", "US", 500, -2.0, -3.0, -1.0, "ahead"),
            ("all", "KR", "US", 12, None, None, None, "cannot tell"),
        ),
        w.places(),
        "US",
    )
    assert "Japan is 2.0 years (95 %: 1.0 to 3.0) ahead of the United States" in said(figure)
    assert "South Korea (too few key core families (12 of 30 needed))" in said(figure)
    assert "behind the United States" not in said(figure)


def test_where_no_lag_can_be_told_nothing_is_drawn():
    figure = lag(w.lags(("all", "KR", "US", 12, None, None, None, "cannot tell")), w.places(), "US")
    assert figure.wide is None
    assert said(figure).startswith("Over the whole topic, no lag can be determined.")


def test_one_country_has_no_one_to_be_behind():
    assert "Fewer than two compared countries" in said(lag(w.lags(), w.places("JP"), "JP"))


def test_lift_is_told_by_where_the_interval_lies():
    figure = lift(
        w.lifts(
            WORLD=(900, 0.8, 0.7, 0.9),
            JP=(300, 1.1, 0.9, 1.3),
            KR=(200, 0.5, 0.4, 0.6),
            CN=(5, 9.0, 8.0, 10.0),
        ),
        w.places(),
    )
    assert "across categories less often than chance" in said(figure)
    assert "less than chance in South Korea" in said(figure)
    assert "not surely either in Japan" in said(figure)
    assert "too few key core families in China" in said(figure)
    assert "more than chance" not in said(figure)


# --- Networks, specialisation, collaboration ---------------------------------------------------------


def test_networks_of_no_one_are_not_drawn():
    figure = networks(w.edges(), w.nodes().clear(), w.lifts(), w.similarity(), w.places(), w.POSITIONS)
    assert figure.wide is None


def test_two_countries_have_two_panels_and_one_number():
    figure = networks(w.edges(), w.nodes(), w.lifts(), w.similarity(-0.05), w.places("JP", "US"), w.POSITIONS)
    assert figure.wide.body.count('class="panel"') == 2
    assert "correlation −0.05" in said(figure)


def test_an_advantage_that_may_be_chance_is_not_told():
    figure = specialisation(
        w.industries(("1.5", "US", 0.4, -0.1, 0.9, False), ("1.5", "JP", 0.9, 0.5, 1.0, True)), w.places()
    )
    assert said(figure).startswith("No compared country has a sure advantage")


def test_collaboration_below_the_base_is_called_less():
    figure = collaboration(
        w.collaboration(JP=(300, 0.4, 0.2, 0.7), US=(300, 1.1, 0.9, 1.4), KR=(9, 9.0, 8.0, 10.0)), w.places()
    )
    assert "less: Japan (× 0.4); the others' intervals hold 1" in said(figure)
    assert "South Korea (×" not in said(figure)


# --- Paths, prediction -------------------------------------------------------------------------------


def test_a_path_that_cannot_be_told_is_an_answer():
    figure = paths(w.pathways(JP=("indeterminate",) * 3), w.references(None), w.places("JP", "US"))
    assert said(figure).startswith("Japan: no path can be determined.")
    assert "Too few key core families (under 30): the United States." in said(figure)
    assert "No country surely lags" in said(figure)


def test_whom_to_learn_from_is_counted():
    assert "Japan from the United States in 1 technology." in said(
        paths(w.pathways(), w.references(), w.places())
    )


def test_a_model_worse_than_degree_is_read_with_care():
    good = prediction(w.emerging(), w.backtest(0.4, 0.1), w.POSITIONS, w.places())
    assert "8.0 times that of a guess." in said(good)
    bad = prediction(w.emerging(), w.backtest(0.1, 0.4), w.POSITIONS, w.places())
    assert "worse than preferential attachment alone (0.40): read it with care" in said(bad)


def test_nothing_to_predict_is_said():
    figure = prediction(w.emerging().clear(), w.backtest(), w.POSITIONS, w.places())
    assert (figure.wide, "No new pair emerged" in said(figure)) == (None, True)


def test_figures_of_an_empty_release_say_why_there_is_nothing():
    full = w.frames()
    kept = ("release", "places", "facts", "sources")
    empty = {name: frame if name in kept else frame.clear() for name, frame in full.items()}
    for name, figure in make_figures(empty).items():
        assert figure.wide is None, name
        assert figure.answer, name
        assert isinstance(figure.table, pl.DataFrame)
