"""The networks of the toy corpus of methods.md 4 as wholes."""

import pytest

from corepath.warehouse.topic.files import Rule, Subfield
from tests.worlds import ANY, rows, toy, undivided, world

METRIC = "marts.fct_network_metric"


@pytest.fixture(scope="module")
def metrics():
    return undivided(world(toy(), METRIC), METRIC, "network")


@pytest.mark.whole
@pytest.mark.parametrize(
    ("metric", "published"),
    [
        ("families", 8),
        ("nodes", 6),
        ("edges", 9),
        ("isolates", 0),
        ("density", 0.6),
        ("mean_degree", 3),
        ("mean_strength", 3.666667),
        ("clustering", 0.733333),
        ("clustering_onnela", 0.282118),
        ("transitivity", 0.571429),
        ("giant_share", 1),
        ("convergent_share", 7 / 8),
        ("average_path_length", 1.4),
        ("diameter", 2),
        ("cross_section_share", 0.454545),
        ("external_internal_index", -0.090909),
        ("expected_cross_section_share", 0.376033),
        ("cross_section_lift", 0.454545 / 0.376033),
        ("section_modularity", -0.078512),
    ],
)
def test_the_world_has_the_published_figure(metrics, metric, published):
    assert metrics["WORLD"][metric] == pytest.approx(published, abs=2e-6)


def test_whole_families_are_counted_whole(metrics):
    assert {n: m["families"] for n, m in metrics.items()} == {"WORLD": 8, "US": 3, "JP": 2, "CN": 2, "KR": 1}


def test_a_network_of_one_section_has_no_lift(metrics):
    assert metrics["CN"]["expected_cross_section_share"] == 0
    assert metrics["CN"]["cross_section_lift"] is None


@pytest.mark.whole
def test_families_of_more_than_20_subclasses_are_left_out_of_networks():
    given = toy()
    given["sources.stg_classification"] += [
        {"publication_number": "US-9000003-B2", "symbol": f"A{i}B1/00", "position": i} for i in range(21, 41)
    ]
    swamped = undivided(world(given, METRIC), METRIC, "network")["WORLD"]
    assert (swamped["families"], swamped["nodes"]) == (7, 6)
    given["sources.stg_classification"].pop()
    assert undivided(world(given, METRIC), METRIC, "network")["WORLD"]["nodes"] == 25


@pytest.mark.whole
def test_networks_without_a_tie_are_measured_by_their_nodes():
    given = toy()
    given["sources.stg_classification"] = [
        row for row in given["sources.stg_classification"] if row["position"] == 1
    ]
    for claims, row in enumerate(given["sources.stg_document"], start=1):
        row["claim_count"] = claims  # something has to tell families apart
    alone = undivided(world(given, METRIC), METRIC, "network")["WORLD"]
    assert (alone["edges"], alone["density"], alone["clustering"]) == (0, 0, None)


@pytest.mark.whole
def test_networks_are_divided_by_level_population_period_and_subfield():
    given = toy()
    for i, row in enumerate(given["sources.stg_document"]):
        row["priority_date"] = f"{2003 + i}-03-01"
    topic = ANY.model_copy(
        update={
            "subfield": [
                Subfield(id="ai", title="AI", any=[Rule(classes=["G06N"])]),
                Subfield(id="chip", title="Chips", any=[Rule(classes=["H01L"])]),
            ]
        }
    )
    built = world(given, METRIC, topic=topic)
    found = {
        tuple(row.values())
        for row in rows(
            built,
            "select population, period, subfield, level, families::bigint "
            f"from {METRIC} where network = 'WORLD'",
        )
    }
    of_all = {key[1:] for key in found if key[0] == "all"}
    assert of_all == {
        *(("all", "all", level, 8) for level in ("section", "class", "subclass")),
        *(("to 2006", "all", level, 4) for level in ("section", "class", "subclass")),
        *(("2007-2011", "all", level, 4) for level in ("section", "class", "subclass")),
        # A family is in its main sub-field, the first that fits.
        ("all", "ai", "subclass", 6),
        ("all", "chip", "subclass", 1),
    }
    core = {key for key in found if key[0] == "core" and key[1:4] == ("all", "all", "subclass")}
    [in_core] = rows(built, "select count(*) as n from intermediate.int_score_rank where is_core")
    assert core == {("core", "all", "all", "subclass", in_core["n"])}
