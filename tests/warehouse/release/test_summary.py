"""The report of a release tells who leads, in what, since when."""

import shutil

import duckdb
import pytest

from corepath.warehouse.release.summary import _table, summarise


@pytest.fixture(scope="module")
def report(sample_release):
    return summarise(sample_release.path)


def part(report: str, start: str) -> list[str]:
    """Give the lines of the first table behind a text."""
    lines = report[report.index(start) :].splitlines()
    first = next(i for i, line in enumerate(lines) if line.startswith("|"))
    return lines[first : next(i for i in range(first, len(lines)) if not lines[i])]


@pytest.mark.parametrize(
    ("level", "start"), [("subclass", "By IPC subclass"), ("main_group", "By IPC main group")]
)
def test_core_technologies_of_each_level_are_listed_in_order(sample_release, tmp_path, level, start):
    # No technology of the sample passes: say of the first three that they did.
    copy = tmp_path / "release"
    shutil.copytree(sample_release.path, copy)
    (copy / "corepath.duckdb").chmod(0o600)
    with duckdb.connect(str(copy / "corepath.duckdb")) as db:
        db.execute("update marts.fct_core_technology set is_core_technology = rank <= 3")
        core = db.execute(
            "select technology from marts.fct_core_technology where level = ? and rank <= 3 order by rank",
            [level],
        ).fetchall()
    listed = [line.split(" | ")[1] for line in part(summarise(copy), start)[2:]]
    assert listed == [technology for (technology,) in core]
    assert len(listed) == 3


def test_a_made_up_world_is_said_first(sample_release, tmp_path, report):
    assert "made-up" not in report
    copy = tmp_path / "release"
    shutil.copytree(sample_release.path, copy)
    (copy / "corepath.duckdb").chmod(0o600)
    with duckdb.connect(str(copy / "corepath.duckdb")) as db:
        db.execute("update meta.release set truth = 'abc'")
    assert summarise(copy).split("\n\n")[1].startswith("A made-up world. ")


def test_a_topic_without_core_technologies_is_told(report):
    assert report.count("None passes the test.") == 2


def test_every_compared_country_has_its_place(report):
    for start in ("Who leads", "Rank by key core", "## Trend"):
        table = "".join(part(report, start))
        assert all(country in table for country in ("Japan", "United States", "Korea", "China"))


def test_the_trend_of_the_world_comes_first(report):
    assert "complete until 2022" in report
    assert part(report, "## Trend")[2].startswith("| WORLD | families |")


def test_a_name_from_the_data_is_text_and_nothing_else():
    name = "a|b <img src=x> [x](http://y) `c` \\\\\nsecond line"
    relation = duckdb.sql("select $name as name", params={"name": name})
    assert relation is not None
    assert _table(relation).splitlines()[2:] == [
        r"| a\|b \<img src=x> \[x](http\://y) \`c\` \\\\ second line |"
    ]


def test_paths_are_told_with_support_and_sentence(report, sample_release):
    with duckdb.connect(str(sample_release.database), read_only=True) as db:
        [(path, support, sentence)] = db.execute(
            "select technology_path, technology_support, sentence from marts.fct_pathway where country = 'US'"
        ).fetchall()
    assert f"{path} ({support:.0%})".replace("%)", " %)") in "".join(part(report, "## Paths"))
    assert sentence[:60] in report


def test_of_each_pair_only_who_is_behind_is_told(report, sample_release):
    with duckdb.connect(str(sample_release.database), read_only=True) as db:
        told = db.execute(
            "select count(*) from marts.fct_technology_lag "
            "where subfield = 'all' and conclusion in ('behind', 'level') and lag > 0"
        ).fetchall()[0][0]
    section = report[report.index("## Who is behind whom") : report.index("## Where countries")]
    rows = [line for line in section.splitlines() if " years (" in line]
    assert len(rows) == told
    assert told or "No pair has enough" in section
