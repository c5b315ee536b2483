"""How often a family is core when families are drawn again, and under other methods."""

import polars as pl

from corepath.transforms.methods.variation import SCHEMA
from corepath.warehouse.topic.files import Topic
from tests.worlds import by, world


def rows(*numbers: tuple[int, str, str, float]) -> pl.DataFrame:
    """Numbers of families: part, measure, family, value."""
    return pl.DataFrame(
        [(part, "any", None, None, measure, None, value, family) for part, measure, family, value in numbers],
        schema={"part": pl.Int64, **SCHEMA, "family": pl.String},
        orient="row",
    )


def stability(drawn: pl.DataFrame, specified: pl.DataFrame) -> dict[str, tuple]:
    connection = world(
        {
            "intermediate.int_score_rank": pl.DataFrame(
                {"family": ["f1", "f2", "f3"], "is_core": [True, False, True]}
            ),
            "intermediate.int_stability_part": drawn,
            "intermediate.int_specification_part": specified,
        },
        "intermediate.int_family_stability",
        topic=Topic(name="any", title="Any", classes=["A"], method={"stable_selection": 0.8}),
    )
    found = by(connection, "intermediate.int_family_stability", "family")
    return {
        f: (r["selection_probability"], r["is_stable_core"], r["method_share"], r["is_stable_under_method"])
        for f, r in found.items()
    }


def test_a_family_counts_in_the_draws_that_hold_it_and_in_all_methods():
    drawn = rows(
        (0, "drawn", "f1", 6.0),
        (1, "drawn", "f1", 4.0),
        (0, "selected", "f1", 5.0),
        (1, "selected", "f1", 3.0),
        (0, "drawn", "f2", 10.0),
        (0, "selected", "f2", 7.0),
    )
    specified = rows(
        (0, "specifications", "f1", 36.0),
        (1, "specifications", "f1", 4.0),
        (0, "selected", "f1", 30.0),
        (1, "selected", "f1", 0.0),
        (0, "specifications", "f2", 40.0),
        (0, "selected", "f2", 34.0),
    )
    found = stability(drawn, specified)
    assert found["f1"] == (0.8, True, 0.75, False)
    assert found["f2"] == (0.7, False, 0.85, True)


def test_a_family_that_no_draw_holds_is_as_the_release_has_it():
    assert stability(rows(), rows())["f3"] == (1, True, None, False)
