"""What is made of the recall of each way in each world; and a small world, measured."""

import json
from itertools import product

import pytest

from benchmarks import importance


def test_recall_is_averaged_over_worlds_and_the_least_is_that_without_one_indicator():
    def row(recall: float, without: str = "") -> dict:
        given = {"distraction": "none", "way": "equal", "indicators": "usual", "without": without}
        return given | {"recall": recall, "largest_weight": 0.5, "decides": "bc"}

    found = importance.summarised(
        [row(0.5), row(0.7), row(0.4, "bc"), row(0.2, "bc"), row(0.5, "sc"), row(0.5, "sc")]
    )
    (of_way,) = found
    assert of_way["worlds"] == 2
    assert of_way["recall"] == pytest.approx(0.6)
    assert of_way["error"] == pytest.approx(0.1)  # 0.1414 / root of 2
    assert (of_way["without"], of_way["least"]) == ("bc", pytest.approx(0.3))


@pytest.mark.whole
def test_a_world_is_measured_in_every_way_and_not_again(tmp_path, monkeypatch):
    monkeypatch.setattr(importance, "WORLDS", {"strong": importance.WORLDS["strong"]})
    given = ["--families", "400", "--seeds", "1", "2", "--results", str(tmp_path), "--work", str(tmp_path)]
    importance.main(given)
    rows = json.loads((tmp_path / "importance.json").read_text())["rows"]
    assert {(row["indicators"], row["way"]) for row in rows} == set(
        product(importance.LISTS, importance.WAYS)
    )
    assert all(0 < row["recall"] < 1 and 0 <= row["error"] < 0.5 for row in rows)
    monkeypatch.setattr(importance, "measure", None)
    importance.main(given)
    assert json.loads((tmp_path / "importance.json").read_text())["rows"] == rows
