"""The curve of counts by threshold."""

import polars as pl

from corepath.warehouse.topic.files import Topic
from tests.worlds import by, world


def test_the_count_at_every_threshold_has_its_share_and_its_ties():
    scores = [9.0, 8.0, 7.0, 7.0, 7.0, *[1.0] * 15]
    connection = world(
        {
            "intermediate.int_score": pl.DataFrame(
                {"family": [f"f{i:02}" for i in range(20)], "score": scores}
            )
        },
        "marts.fct_threshold",
        topic=Topic(name="any", title="Any", classes=["A"], method={"core_rule": "price"}),
    )
    found = by(connection, "marts.fct_threshold", "rule", "threshold")
    # The root of 20 is 4.5: the best five. Three tie for the places 3 to 5.
    price = found["price", 0.5]
    assert (price["cut_score"], price["core_families"], price["core_share"]) == (7, 5, 0.25)
    assert (price["tied_families"], price["is_default"]) == (3, True)
    assert (found["top_share", 0.05]["core_families"], found["top_share", 0.05]["tied_families"]) == (1, 0)
    assert found["top_share", 0.5]["core_families"] == 20
    assert [key for key, row in found.items() if row["is_default"]] == [("price", 0.5)]
