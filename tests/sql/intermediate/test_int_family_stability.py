"""How often a family is core when families are drawn again."""

import polars as pl

from corepath.transforms.methods.variation import SCHEMA
from corepath.warehouse.topic.files import Topic
from tests.worlds import by, world


def stability(samples: int, *times: tuple[int, str, int]):
    """Families f1 to f3; how often a part selected one, over so many draws in two parts."""
    rows = [(part, "method", None, None, "selected", None, float(n), f) for part, f, n in times]
    rows += [(draw % 2, "method", "one", draw, "kendall_tau", None, 0.5, None) for draw in range(samples)]
    connection = world(
        {
            "intermediate.int_score_rank": pl.DataFrame({"family": ["f1", "f2", "f3"]}),
            "intermediate.int_stability_part": pl.DataFrame(
                rows, schema={"part": pl.Int64, **SCHEMA, "family": pl.String}, orient="row"
            ),
        },
        "intermediate.int_family_stability",
        topic=Topic(name="any", title="Any", classes=["A"], method={"stable_selection": 0.8}),
    )
    found = by(connection, "intermediate.int_family_stability", "family")
    return {f: (r["selection_probability"], r["is_stable_core"]) for f, r in found.items()}


def test_selections_of_all_parts_count_and_eight_of_ten_make_a_stable_core():
    found = stability(10, (0, "f1", 5), (1, "f1", 3), (1, "f2", 5), (0, "f2", 2))
    assert found == {"f1": (0.8, True), "f2": (0.7, False), "f3": (0, False)}


def test_draws_that_were_left_out_are_not_counted():
    # The topic asks for 500 samples; some ways did not suit the values, and 400 were drawn.
    assert stability(400, (0, "f1", 320))["f1"] == (0.8, True)
