"""The harness measures what it says, and what it compares computes the same numbers."""

import json
import os
import sys
from pathlib import Path

import duckdb
import pytest

from benchmarks import analyst, floor, method, networks, report, run, validation
from benchmarks.compare import differences
from corepath.synthetic import topic, world
from corepath.warehouse.refresh import refresh
from corepath.warehouse.settings import Settings

MEGABYTE = 10**6


def python(code: str, **options: object) -> run.Contender:
    return run.Contender(lambda folder: [sys.executable, "-c", code, str(folder)], **options)


def write(name: str, text: str) -> str:
    """Code that adds to a file above the folder it is given."""
    return (
        "import sys, pathlib; f = pathlib.Path(sys.argv[1]).parents[1] / "
        f"{name!r}; f.write_text((f.read_text() if f.exists() else '') + {text!r})"
    )


def test_wall_is_time_and_cpu_is_work(tmp_path):
    asleep = run.measure(python("import time; time.sleep(0.6)"), tmp_path)
    assert asleep.wall > 0.6
    assert asleep.cpu < asleep.wall - 0.3


def test_work_of_child_processes_counts(tmp_path):
    busy = "import time; t = time.process_time()\nwhile time.process_time() < t + 0.5: pass"
    child = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {busy!r}])"
    assert run.measure(python(child), tmp_path).cpu > 0.5


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="sums over processes need /proc")
def test_peak_is_the_sum_of_processes_that_live_at_once(tmp_path):
    hold = "import time; held = bytearray(b'x' * 150_000_000); time.sleep(1.5)"
    both = f"import subprocess, sys; p = subprocess.Popen([sys.executable, '-c', {hold!r}]); {hold}"
    assert run.measure(python(both + "; p.wait()"), tmp_path).peak > 300 * MEGABYTE


def test_a_contender_that_fails_is_told_with_its_words(tmp_path):
    with pytest.raises(run.Failed, match="no such thing"):
        run.measure(python("raise SystemExit('no such thing')"), tmp_path)


def test_what_is_not_to_be_measured_is_done_before(tmp_path):
    contender = python("", before=lambda folder: (folder / "ready").touch())
    run.measure(contender, tmp_path)
    assert (tmp_path / "ready").exists()


def test_contenders_take_turns_and_change_places(tmp_path):
    contenders = {name: python(write("turns", name)) for name in "ab"}
    taken = run.alternate("turns", contenders, 3, {}, tmp_path / "work", tmp_path / "results")
    assert [list(each) for each in taken["rounds"]] == [["a", "b"]] * 3
    assert (tmp_path / "work" / "turns").read_text() == "abbaab"
    assert not list((tmp_path / "work").glob("turns-*"))


def test_a_chain_shares_a_folder_and_keeps_its_order(tmp_path):
    contenders = {
        "first": python("import sys, pathlib; (pathlib.Path(sys.argv[1]) / 'made').touch()"),
        "second": python("import sys, pathlib; (pathlib.Path(sys.argv[1]) / 'made').unlink()"),
    }
    run.alternate("chain", contenders, 2, {}, tmp_path / "w", tmp_path / "r", in_order=True)


def test_an_interrupted_measurement_goes_on(tmp_path):
    contenders = {"a": python(write("turns", "a"))}
    for rounds in (1, 3):
        taken = run.alternate("on", contenders, rounds, {"n": 1}, tmp_path / "w", tmp_path / "r")
    assert len(taken["rounds"]) == 3
    assert (tmp_path / "w" / "turns").read_text() == "aaa"


def test_rounds_of_other_parameters_are_not_mixed(tmp_path):
    contenders = {"a": python("")}
    for families in (1, 2):
        taken = run.alternate("new", contenders, 1, {"n": families}, tmp_path / "w", tmp_path / "r")
    assert taken["parameters"] == {"n": 2}
    assert len(taken["rounds"]) == 1


def test_a_result_names_neither_the_machine_nor_a_path(tmp_path):
    run.alternate("where", {"a": python("")}, 1, {}, tmp_path / "w", tmp_path / "r")
    text = (tmp_path / "r" / "where.json").read_text()
    assert os.uname().nodename not in json.loads(text)["machine"].values()
    assert str(tmp_path) not in text


def figures(wall: float, peak: float = 1e9, **told: object) -> dict[str, object]:
    return {"wall": wall, "cpu": wall, "peak": peak, "told": told}


def results(folder: Path, families: int) -> Path:
    """Write the results of an analyst who takes 30, 50 and 40 times as long, and half as long of few."""
    few = {"analyst 50": figures(1.0), "corepath build 50": figures(2.0)}
    rounds = [
        few | {f"corepath build {families}": figures(2.0), f"analyst {families}": figures(2.0 * factor)}
        for factor in (30, 50, 40)
    ]
    about = {"machine": run.machine(), "versions": {"duckdb": "2"}, "commit": "c", "measured": "m"}
    parameters = {"sizes": [50, families], "memory": "4GB", "threads": 2}
    told = about | {"benchmark": "crossing", "parameters": parameters, "rounds": rounds}
    run.write(folder / "crossing.json", told)
    return folder


def test_a_target_is_held_against_the_median_of_ratios(tmp_path):
    page = tmp_path / "page.md"
    report.write(results(tmp_path / "r", 1_000_000), page)
    lines = page.read_text().splitlines()
    wall, peak = (
        next(x for x in lines if "analyst / `corepath" in x and f"tables, {f}" in x) for f in ("wall", "peak")
    )
    assert "| 40 | met |" in wall
    assert "**missed** by a factor of 3.00" in peak
    assert "40.00 (30.00 to 50.00)" not in wall


def test_a_target_of_another_size_is_not_evaluated(tmp_path):
    page = tmp_path / "page.md"
    report.write(results(tmp_path / "r", 5_000), page)
    assert "not evaluated: measured at 5,000 families" in page.read_text()


def test_where_a_script_crosses_is_said_of_the_sizes_measured(tmp_path):
    report.write(results(tmp_path / "r", 5_000), tmp_path / "page.md")
    assert "`corepath build` is the faster from 5,000 families on" in (tmp_path / "page.md").read_text()


def test_what_was_not_measured_is_said(tmp_path):
    page = tmp_path / "page.md"
    report.write(tmp_path / "none", page)
    assert page.read_text().count("not measured") == len(report.targets())


def cite_utility_models(file: Path) -> None:
    """Let half of the Japanese applications that a dump cites be utility models of the same numbers."""
    aside = file.with_suffix(".aside.parquet")
    number = "case when hash(c.publication_number) % 2 = 0 then "
    number += r"regexp_replace(c.publication_number, '^(JP-.*)-A$', '\1-U') else c.publication_number end"
    cited = f"list_transform(citation, lambda c: struct_update(c, publication_number := {number}))"
    duckdb.sql(f"copy (select * replace ({cited} as citation) from '{file}') to '{aside}' (format parquet)")
    aside.replace(file)


@pytest.fixture(scope="module")
def marts(tmp_path_factory) -> dict[str, Path]:
    """A small world's marts by corepath, floor and analyst."""
    home = tmp_path_factory.mktemp("contenders")
    dump = home / "dump"
    world.main(["--families", "2000", "--layout", "google_patents", "--out", str(dump)])
    for file in list(dump.iterdir()):
        cite_utility_models(file)
    asked = str(topic.write(home / "topic.toml", **topic.FEW_DRAWS))
    floor.main([str(dump), str(home / "floor"), "--topic", asked])
    analyst.main([str(dump), str(home / "analyst"), "--topic", asked])
    outcome = refresh(
        Settings(
            topic=asked,
            sources={"google_patents": dump},
            warehouse=home / "warehouse.duckdb",
            releases=home / "releases",
        )
    )
    return {"corepath": outcome.path, "floor": home / "floor", "analyst": home / "analyst", "home": home}


@pytest.mark.whole
@pytest.mark.parametrize("other", ["floor", "analyst"])
def test_contenders_compute_the_same_numbers(marts, other):
    assert differences(marts["corepath"], marts[other]) == []


@pytest.mark.whole
def test_the_bare_script_makes_the_scores_of_twelve_indicators(marts, tmp_path):
    home = marts["home"]
    asked = topic.write(
        tmp_path / "topic.toml",
        everything=True,
        **topic.FEW_DRAWS,
        minimum_coverage=0.6,
        indicators=method.INDICATORS,
    )
    outcome = refresh(
        Settings(
            topic=str(asked),
            sources={"google_patents": home / "dump"},
            warehouse=home / "warehouse.duckdb",
            releases=home / "releases",
        )
    )
    method.main([str(home / "warehouse.duckdb"), str(asked), str(tmp_path)])
    assert method.differences(outcome.path, tmp_path) == []
    assert set(json.loads((tmp_path / "bare.json").read_text())) == {"steps"}


@pytest.mark.whole
def test_a_number_that_differs_is_found(marts, tmp_path):
    for file in marts["floor"].glob("*.parquet"):
        change = "* replace (score + 1e-6 as score)" if file.stem == "fct_patent" else "*"
        duckdb.sql(f"copy (select {change} from '{file}') to '{tmp_path / file.name}'")
    found = differences(marts["corepath"], tmp_path)
    assert len(found) == 1
    assert found[0].startswith("fct_patent.score:")


def test_a_mart_of_many_rows_has_families_of_its_own_in_places_as_dense_as_before(sample_release, tmp_path):
    rows = 10_000
    validation.multiply(sample_release.database, tmp_path / "many.duckdb", rows)
    with duckdb.connect(str(tmp_path / "many.duckdb"), read_only=True) as db:
        (found,) = db.sql(
            "select count(distinct family_id), count(distinct position), min(position), "
            "max(position) from marts.fct_patent"
        ).fetchall()
        ((inversions,),) = db.sql(
            "select count(*) from marts.fct_patent as a inner join marts.fct_patent as b "
            "on a.position + 1 = b.position where a.score < b.score or a.rank > b.rank"
        ).fetchall()
    assert found == (rows, rows, 1, rows)
    assert inversions == 0


def test_planted_paths_stand_beside_the_found_ones(tmp_path):
    def path(planted: str, found: str, as_planted: bool) -> dict[str, object]:
        return {
            "country": "KR",
            "core_families": 3000,
            "dimension": "industry",
            "planted": planted,
            "found": found,
            "support": 0.75,
            "as_planted": as_planted,
        }

    lag = {"country": "KR", "reference": "US", "planted": 3.0, "found": 3.4, "low": 3.0, "high": 4.0}
    taken = {
        "planted": {
            "families": 50_000,
            "seed": 1,
            "null": False,
            "lags": [lag],
            "paths": [path("I1", "I1", True), path("I1", "I2", False)],
        },
        "nothing": {
            "families": 50_000,
            "seed": 1,
            "null": True,
            "lags": [],
            "paths": [path("", "indeterminate", True)],
        },
    }
    file = tmp_path / "r" / "paths.json"
    begun = run.resume(file, "paths", {"families": 50_000, "memory": "1GB", "threads": 1})
    run.write(file, begun | {"rounds": [taken]})
    report.write(tmp_path / "r", tmp_path / "page.md")
    text = (tmp_path / "page.md").read_text()
    assert "1 of 2 planted labels are found" in text
    assert "1 of 1 are indeterminate" in text
    assert "off by 0.40 years" in text
    assert "| 1 | KR | 3,000 | industry | I1 | I2 (75%) |" in text


def test_measures_of_a_network_are_timed_beside_a_library_and_told(tmp_path):
    networks.main([str(tmp_path / "measures.json"), "--nodes", "130", "--times", "1"])
    told = json.loads((tmp_path / "measures.json").read_text())
    assert (told["nodes"], told["edges"]) == (130, 3900)
    assert all(of["ours"] > 0 and of["bare"] > 0 for of in told["measures"].values())
    steps = {name: [2.0, 1.0] for name in [*networks.STEPS, *networks.NULL]}
    rounds = [{"corepath": {"told": {"steps": steps}}, "measures": {"told": told}}]
    found = {
        "rounds": rounds,
        "parameters": {"families": 200_000, "memory": "4GB", "threads": 2},
        "machine": run.machine(),
        "versions": {},
        "measured": "today",
        "commit": "none",
    }
    run.write(tmp_path / "r" / "networks.json", found)
    page = tmp_path / "page.md"
    report.write(tmp_path / "r", page)
    text = page.read_text()
    assert "| null models of 1,000 draws | 200,000 | at most 40 s | 4 s | met |" in text
    assert "| betweenness | networkit Betweenness |" in text


def test_a_measure_of_less_than_a_millisecond_is_not_evaluated():
    told = {"quick": {"ours": 9e-4, "bare": 1e-4}, "slow": {"ours": 2e-3, "bare": 2e-3}}
    taken = {
        "measures": {"told": {"measures": told}},
        "corepath": {"told": {"steps": {n: [1, 1] for n in networks.STEPS + networks.NULL}}},
    }
    reports = {"networks": {"rounds": [taken], "parameters": {"families": 200_000}}}
    assert report.targets()["networks_measure"].value(reports) == 1
