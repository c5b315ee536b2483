"""Rules for core patents, each on cases that can be counted by hand."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corepath.transforms.methods.core_rule import cut_score, head_tail_breaks, own_threshold

SCORES = st.lists(st.integers(0, 50).map(float), min_size=1, max_size=80).map(
    lambda scores: np.array(sorted(scores))
)


def ordered(*scores: float) -> np.ndarray:
    return np.sort(np.array(scores, dtype=float))


@pytest.mark.parametrize(
    ("rule", "threshold", "scores", "cut"),
    [
        # The best 20 % of ten are two; of eleven, three.
        ("top_share", 0.2, range(1, 11), 9),
        ("top_share", 0.2, range(1, 12), 9),
        # Seven of a hundred, though 0.07 * 100 is a little over 7 in binary.
        ("top_share", 0.07, range(1, 101), 94),
        # Mean 5, deviations -3, -1, 1, 3: sd is the root of 5.
        ("mean_sd", 1, [2, 4, 6, 8], 5 + math.sqrt(5)),
        ("mean_sd", 2, [2, 4, 6, 8], 5 + 2 * math.sqrt(5)),
        # 50 + 20 + 10 of 100 are 80 %; one more is needed for 81 %.
        ("pareto", 0.8, [50, 20, 10, 8, 6, 4, 2], 10),
        ("pareto", 0.81, [50, 20, 10, 8, 6, 4, 2], 8),
        # The root of 9 is 3, that of 10 is rounded up.
        ("price", 0.5, range(1, 10), 7),
        ("price", 0.5, range(1, 11), 7),
        # Mean 2.9: 20 leads 9 others; nothing is left to break.
        ("head_tail", 1, [1] * 9 + [20], 20),
        # Mean 2.3: 4 of 20 lie above; their mean is 7: 16 leads three others.
        ("head_tail", 1, [1] * 14 + [2, 2, 4, 4, 4, 16], 4),
        ("head_tail", 2, [1] * 14 + [2, 2, 4, 4, 4, 16], 16),
        ("head_tail", math.inf, [1] * 14 + [2, 2, 4, 4, 4, 16], 16),
    ],
)
def test_a_rule_cuts_where_a_hand_count_does(rule, threshold, scores, cut):
    assert cut_score(ordered(*scores), rule, threshold) == pytest.approx(cut, abs=1e-12)


def test_breaks_go_on_while_the_head_is_less_than_two_fifths():
    # Mean 3: two of five lie above, which is 40 % and no minority. The first break counts anyway.
    assert head_tail_breaks(ordered(1, 1, 1, 6, 6)) == [6]
    # Heads of 3/10 and 1/3 of Zipf's numbers, as published (Jiang & Yin 2014).
    assert head_tail_breaks(ordered(*(1 / i for i in range(1, 11)))) == [1 / 3, 1]


def test_equal_scores_have_one_break_and_are_all_core_by_every_rule():
    same = ordered(*[0.1] * 7)
    assert head_tail_breaks(same) == [0.1]
    for rule, threshold in (("top_share", 0.1), ("pareto", 0.8), ("price", 0.5), ("head_tail", 1)):
        assert cut_score(same, rule, threshold) == 0.1


@given(SCORES)
def test_breaks_are_those_of_the_definition(scores):
    def definition(values: list[Fraction]) -> list[float]:
        mean = sum(values) / len(values)
        head = [v for v in values if v > mean]
        if not head:
            return []
        rest = definition(head) if len(head) < Fraction(2, 5) * len(values) else []
        return [float(min(head)), *rest]

    def minorities(values: list[Fraction]) -> int:
        mean = sum(values) / len(values)
        head = [v for v in values if v > mean]
        is_minority = 0 < len(head) < Fraction(2, 5) * len(values)
        return 1 + minorities(head) if is_minority else 0

    exact = [Fraction(int(score)) for score in scores]
    expected = definition(exact)[: max(1, minorities(exact))] or [float(scores[-1])]
    assert head_tail_breaks(scores) == expected


@given(SCORES, st.sampled_from([0.1, 0.5, 0.8, 0.95]))
def test_paretos_core_is_the_smallest_that_holds_its_share(scores, share):
    cut = cut_score(scores, "pareto", share)
    held, above = scores[scores >= cut].sum(), scores[scores > cut].sum()
    assert held >= share * scores.sum() * (1 - 1e-9)
    assert above < share * scores.sum() or scores.sum() == 0


@given(SCORES, st.floats(0.01, 0.99))
def test_a_wider_share_lets_in_no_fewer(scores, share):
    assert cut_score(scores, "top_share", share) >= cut_score(scores, "top_share", share + 0.01)


def test_an_unknown_rule_is_an_error_that_names_it():
    with pytest.raises(ValueError, match="'jenks' is no rule"):
        cut_score(ordered(1, 2), "jenks", 1)


def test_each_rule_reads_its_own_field_of_the_topic():
    method = {"core_share": 0.05, "core_deviations": 2.0, "pareto_share": 0.7}
    assert [own_threshold(method, r) for r in ("top_share", "mean_sd", "pareto", "price")] == [
        0.05,
        2.0,
        0.7,
        0.5,
    ]
