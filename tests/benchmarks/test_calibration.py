"""The calibration in small: what is measured, added up and written; each inference in a few worlds."""

import csv
import io
import json
from math import sqrt

import pytest

from benchmarks.calibration import page, runner
from benchmarks.calibration.inference import Claim, Inference
from corepath.warehouse.settings import ROOT

KNOWN = runner.inferences()
NOT_IN_SMALL = {
    ("interval of a share", "rates"),
    ("interval of a share", "kinds"),
    ("interval of a share", "rate ratio"),
    ("path", "layouts"),
    ("key core technology", "layouts"),
    ("break in a trend", "dates"),
    ("advantage and standing", "finds advantage"),
    ("advantage and standing", "finds lagging"),
}


# Inferences that look into the same worlds are measured together.
TOGETHER: dict[tuple, list[str]] = {}
for known in KNOWN.values():
    TOGETHER.setdefault(tuple(known.worlds("small")), []).append(known.name)
# What `make test` can wait for; the other worlds are larger, or many.
QUICK = {"validity"}


@pytest.mark.parametrize(
    "names",
    [
        pytest.param(
            names, id=" and ".join(names), marks=[] if QUICK.issuperset(names) else pytest.mark.whole
        )
        for names in TOGETHER.values()
    ],
)
def test_inferences_keep_their_claims_in_small_worlds(names, tmp_path):
    measured = runner.measure("small", names, 2, tmp_path)
    for name in names:
        rows = measured[name]["rows"]
        assert {row["claim"] for row in rows} <= {claim.name for claim in KNOWN[name].claims}
        for claim in KNOWN[name].claims:
            # Few worlds: all kinds together, and one case more than chance would let happen.
            own = [row for row in rows if row["claim"] == claim.name]
            if not own:
                # Shares of co-applications need the generator's large worlds, layouts several, standings
                # key core technologies, and dates breaks, of which small worlds may have none.
                assert (name, claim.name) in NOT_IN_SMALL
                continue
            cases = sum(row["cases"] for row in own)
            rate = sum(row["rate"] * row["cases"] for row in own) / cases
            error = sqrt(sum(((row["error"] or 0) * row["cases"]) ** 2 for row in own)) / cases
            for limit, side in ((claim.most, 1), (claim.least, -1)):
                if limit is not None:
                    slack = 3 * max(error, sqrt(limit * (1 - limit) / cases)) + 1 / cases
                    assert side * (rate - limit) <= slack, claim.says


@pytest.mark.whole
def test_a_measurement_that_was_stopped_goes_on_with_what_was_counted(tmp_path, monkeypatch):
    world = KNOWN["technology lag"].worlds("small")[0]
    file = tmp_path / "counted.json"
    first = runner.look(world, ["technology lag"], tmp_path, file)
    monkeypatch.setattr(runner, "build", None)
    assert runner.look(world, ["technology lag"], tmp_path, file) == first


@pytest.mark.parametrize("name", KNOWN)
def test_the_full_size_has_worlds_of_another_maker(name):
    worlds = KNOWN[name].worlds("full")
    assert len(worlds) == len(set(worlds))
    assert "other" in {world.maker for world in worlds}


def test_the_page_and_the_look_up_table_are_those_of_the_figures():
    text = (ROOT / "docs" / "calibration.md").read_text(encoding="utf-8")
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    with (ROOT / "reference" / "calibration.csv").open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    assert {line["inference"] for line in lines} == set(KNOWN)
    for line in lines:
        assert line["claim"] in {claim.name for claim in KNOWN[line["inference"]].claims}
        assert f"{100 * float(line['rate']):.1f} %" in text
        assert f"| {line['inference']} | {line['says']} |" in text
    measured = json.loads((runner.RESULTS / "calibration.json").read_text(encoding="utf-8"))
    assert "\n".join(page.in_brief(page.summary(measured, KNOWN))) in readme


def test_readme_has_a_line_an_inference_with_how_often_it_is_wrong_and_what_it_finds():
    lines = page.summary(*made_up())
    false, found = "10.0 % (± 0.0) of false alarms; at most 5 %", "60.0 % (± 5.8) of planted ones found"
    assert page.in_brief(lines)[2:] == [f"| alarm | 0 of 1 | {false} | – | {found} |"]


def made_up() -> tuple[dict, dict[str, Inference]]:
    claims = (Claim("fires", "false alarms", most=0.05), Claim("finds", "planted ones found"))
    known = {"alarm": Inference("alarm", "fct_any.alarm", claims, (), lambda size: [], lambda c, w: {})}
    rows = runner.sum_up(
        {"inference": "alarm", "kind": kind, "claim": claim, "hits": hits, "of": 10}
        for kind, claim, worlds in (
            ("calm", "fires", [0, 0, 0]),
            ("noisy", "fires", [2, 2, 2]),
            ("planted", "finds", [5, 6, 7]),
        )
        for hits in worlds
    )
    about = {
        "measured": "2026-11-30",
        "size": "small",
        "method": "study",
        "worlds": 9,
        "minutes": 1,
        "rows": rows,
    }
    return {"alarm": about}, known


def test_all_worlds_stand_for_a_claim_beside_the_worst_kind():
    fires, finds = page.summary(*made_up())
    assert (fires["rate"], fires["error"], fires["worst"], fires["kind"]) == (0.1, 0, 0.2, "noisy")
    assert not fires["holds"]
    assert (finds["rate"], finds["kind"], finds["holds"]) == (0.6, "planted", None)


def test_a_claim_that_does_not_hold_is_said_to():
    text = page.as_markdown(*made_up())
    assert "| 3, noisy | false alarms | at most 5 % | 20.0 % (± 0.0) | 30 | **no** |" in text
    assert "| 3, calm | false alarms | at most 5 % | 0.0 % (± 0.0) | 30 | yes |" in text
    (fires, finds) = csv.DictReader(io.StringIO(page.as_csv(page.summary(*made_up()))))
    assert (fires["holds"], finds["holds"], finds["least"]) == ("false", "", "")
