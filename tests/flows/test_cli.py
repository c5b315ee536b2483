"""The command line: what it teaches, what it shows, and what its exit codes tell a scheduler."""

import gzip
import io
import itertools
import json
import logging
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest
from click.testing import Result
from rich.cells import cell_len
from rich.console import Console
from typer.testing import CliRunner

from corepath.flows.cli import app
from corepath.flows.progress import watched
from corepath.flows.shell import prompt
from corepath.warehouse import refresh as core
from corepath.warehouse.build.graph import discover
from corepath.warehouse.errors import BadInput, Busy, CorepathError, Refused, UsageError
from corepath.warehouse.release.query import reading
from corepath.warehouse.release.repository import Releases
from corepath.warehouse.settings import ROOT, Settings
from corepath.warehouse.sources import available
from corepath.warehouse.topic.files import read
from tests.releases import families, publish

TOPIC = "information_technology"
SAMPLES = [f"--source={name}={ROOT / 'samples' / name}" for name in ("ppubs", "uspto")]

Run = Callable[..., Result]


@pytest.fixture
def corepath(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Run a command in an empty folder, on a screen that is wide enough for every line."""
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    monkeypatch.setattr("corepath.flows.output.console", Console(width=10_000))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    logger = logging.getLogger("corepath")
    monkeypatch.setattr(logger, "handlers", list(logger.handlers))

    def run(*arguments: object, **environment: str) -> Result:
        wide = {"COLUMNS": "300", "TERM": "dumb", "NO_COLOR": "1"}
        return CliRunner().invoke(app, [*map(str, arguments)], env=wide | environment)

    return run


@pytest.fixture
def without_prefect(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Let `corepath refresh` do the job itself, where Prefect's part is not what is tested."""
    monkeypatch.setenv("PREFECT_HOME", str(tmp_path / "prefect"))
    monkeypatch.setenv("PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW", "ignore")
    monkeypatch.setattr(
        "corepath.flows.refresh.refresh", lambda settings: core.refresh(settings, watched(core.plain))
    )


def options(settings: Settings) -> list[str]:
    """What a refresh of these settings takes, as options."""
    places = [f"--warehouse={settings.warehouse}", f"--releases={settings.releases}"]
    return [*SAMPLES, *places, f"--topic={settings.topic}", f"--threads={settings.threads}"]


@pytest.mark.parametrize(
    ("command", "names"),
    [
        (
            "refresh",
            "--topic --source --countries --warehouse --releases --reject-share --allowed-drop "
            "--memory --threads --task-runner --truth --logs --keep-logs --log-format --metrics "
            "--plan --json NAME=PATH",
        ),
        ("versions", "--topic --releases --json"),
        ("show", "version --topic --releases --figure --out --json"),
        ("sql", "statement --version --topic --releases --format --json"),
        ("open", "version --topic --releases"),
        ("export", "folder --version --topic --releases --population --period --subfield --level"),
        ("verify", "version --topic --releases --json"),
        ("metrics", "--topic --releases"),
        ("notify", "text"),
        ("doctor", "--repair --topic --warehouse --releases --json"),
        ("diff", "before after --topic --releases --json"),
        ("rollback", "version --why --topic --releases"),
        ("pin", "version --topic --releases"),
        ("unpin", "version --topic --releases"),
        ("prune", "--keep --yes --topic --releases --json"),
        ("schema", "version --topic --releases --json"),
        ("topics", "--json"),
        ("topics explain", "topic publication --warehouse --json"),
        ("topics preview", "topic --warehouse --titles --json"),
        ("topics measure", "topic labels --half --warehouse --json"),
        ("sources", "name path --json"),
        ("graph", "--format mermaid --json"),
    ],
)
def test_help_names_every_option_and_says_what_it_does(command: str, names: str, corepath: Run) -> None:
    result = corepath(*command.split(), "--help")
    assert result.exit_code == 0
    for name in names.split():
        (line,) = (
            line
            for line in result.stdout.splitlines()
            if re.match(rf"\W*{name}\b", line.lower())
            or (name == "NAME=PATH" and name in line)
            or (name == "mermaid" and name in line)
        )
        assert len(line.strip("│ ").split()) > 3, "an option is explained"


def test_help_teaches_the_commands_the_environment_and_the_exit_codes(corepath: Run) -> None:
    result = corepath("--help")
    assert result.exit_code == 0
    for command in (
        "refresh",
        "versions",
        "show",
        "sql",
        "open",
        "verify",
        "diff",
        "rollback",
        "pin",
        "unpin",
        "prune",
        "schema",
        "topics",
        "sources",
        "graph",
    ):
        assert re.search(rf"\b{command}\b .*\w+\.", result.stdout)
    assert "COREPATH_TOPIC" in result.stdout
    told = " ".join(result.stdout.split())
    for error in (CorepathError, UsageError, BadInput, Refused, Busy):
        assert re.search(rf"[;:] {error.exit_code} \w+", told)
    assert "Usage" in corepath().output, "without a command, help is shown"


def test_versions_lists_what_was_published_and_what_was_refused(own_sample: Settings, corepath: Run) -> None:
    Releases(own_sample.releases, "chips").refuse("0" * 64, "selects 3 patent families")
    result = corepath("versions", "--releases", own_sample.releases)
    assert result.exit_code == 0
    rows = {cells[0]: cells[1:] for cells in cells_of(result.stdout)}
    told = json.loads(corepath("versions", "--releases", own_sample.releases, "--json").stdout)
    assert [(t["topic"], t["status"], t["is_latest"]) for t in told] == [
        ("chips", "refused", False),
        (TOPIC, "published", True),
    ]
    released = Releases(own_sample.releases, TOPIC).latest()
    assert released is not None
    assert rows[TOPIC] == [
        released.version,
        "published (latest)",
        released.at,
        f"{sum(released.rows.values()):,} rows",
    ]
    assert rows["chips"][:2] + rows["chips"][3:] == ["-", "refused", "selects 3 patent families"]

    one = corepath("versions", "--topic", "chips", COREPATH_RELEASES=str(own_sample.releases))
    assert [cells[0] for cells in cells_of(one.stdout)][1:] == ["chips"]


def test_versions_of_nothing_says_how_to_start(corepath: Run) -> None:
    result = corepath("versions")
    assert result.exit_code == 0
    assert result.stdout == "No release in releases yet: start with `corepath refresh`.\n"


@pytest.fixture
def chips(tmp_path: Path) -> Releases:
    """Two small releases of a topic, of ten families and of eleven."""
    releases = Releases(tmp_path / "releases", "chips")
    for rows in (10, 11):
        publish(releases, {"fct_patent": families(rows)}, identity=str(rows))
    return releases


@pytest.fixture
def of_chips(chips: Releases, corepath: Run) -> Run:
    """Run a command on these releases."""
    return lambda *words: corepath(*words, "--topic=chips", f"--releases={chips.folder.parent}")


READING = [
    "versions",
    "show",
    "sql from(fct_threshold)",
    "verify",
    "doctor",
    "schema",
    "prune --keep=1",
    "topics",
    f"topics explain {TOPIC} US-8930553-B2",
    f"topics preview {TOPIC}",
    "sources",
    "sources ppubs",
    "sources check SAMPLE",
    "graph",
    "refresh --plan --source=ppubs=SAMPLE",
]


@pytest.mark.whole
@pytest.mark.parametrize("command", READING)
def test_a_command_that_reads_answers_programs_in_json(command: str, sample_release, corepath: Run) -> None:
    places = {
        "COREPATH_RELEASES": str(sample_release.releases),
        "COREPATH_WAREHOUSE": str(sample_release.warehouse),
    }
    words = command.replace("SAMPLE", str(ROOT / "samples" / "ppubs")).split()
    result = corepath(*words, "--json", **places)
    assert result.exit_code == 0, result.stderr
    assert json.loads(result.stdout) or command in ("doctor", "prune --keep=1")


def test_doctor_tells_programs_what_is_wrong(chips: Releases, of_chips: Run) -> None:
    (chips.folder / "latest").unlink()
    result = of_chips("doctor", "--json")
    assert result.exit_code == 3
    (finding,) = json.loads(result.stdout)
    assert (finding["is_repaired"], finding["place"]) == (False, f"{chips.folder}/latest")
    (finding,) = json.loads(of_chips("doctor", "--json", "--repair").stdout)
    assert finding["is_repaired"]
    assert json.loads(of_chips("doctor", "--json").stdout) == []


def test_verify_tells_of_each_file_and_exits_with_3_if_one_is_damaged(chips: Releases, of_chips: Run) -> None:
    good = of_chips("verify")
    assert good.exit_code == 0
    lines = good.stdout.splitlines()
    assert "ok     fct_patent.parquet  11 rows" in lines
    assert lines[-1] == f"{chips.path()} is whole: 4 files"

    (chips.path() / "more \x1b[31m[bold].txt").write_text("x")
    bad = of_chips("verify", "2026.11.1")
    assert bad.exit_code == 3
    assert "1 of 5 files are wrong" in bad.stderr
    assert "WRONG  more \N{REPLACEMENT CHARACTER}[31m[bold].txt: is not listed" in bad.stdout
    assert of_chips("verify", "2026.11.0").exit_code == 0


def test_diff_tells_what_changed_for_people_and_for_programs(of_chips: Run) -> None:
    for arguments in (["2026.11.0", "2026.11.1"], ["2026.11.1"], []):
        page = of_chips("diff", *arguments)
        assert page.exit_code == 0
        assert "| fct_patent | 10 | 11 | 1 | 0 | 0 | 0 |  |" in page.stdout
    explained(of_chips("diff", "2026.11.0"), 2, "2026.11.0 is the first release")
    told = json.loads(of_chips("diff", "2026.11.1", "2026.11.0", "--json").stdout)
    assert (told["before"], told["after"]) == ("2026.11.1", "2026.11.0")
    assert [(t["table"], t["removed"]) for t in told["tables"]] == [("fct_patent", 1)]
    explained(of_chips("diff", "2025.1.0"), 2, "no version 2025.1.0; it has 2026.11.0")


def test_rollback_goes_back_and_versions_say_why(chips: Releases, of_chips: Run) -> None:
    result = of_chips("rollback", "2026.11.0", "--why=[/] odd")
    assert result.exit_code == 0
    assert result.stdout == f"latest is 2026.11.0 now: {chips.folder / '2026.11.0'}\n"
    rows = [cells[1:3] + cells[4:] for cells in cells_of(of_chips("versions").stdout)]
    assert rows[1:] == [
        ["2026.11.0", "published (latest)", "10 rows"],
        ["2026.11.1", "published", "11 rows"],
        ["2026.11.0", "rolled back", "instead of 2026.11.1: [/] odd"],
    ]
    (chips.folder / "2026.11.1" / "fct_patent.parquet").unlink()
    explained(of_chips("rollback", "2026.11.1"), 3, "fct_patent.parquet is missing")


def test_prune_removes_nothing_without_yes_and_nothing_that_is_pinned(chips: Releases, of_chips: Run) -> None:
    old = chips.folder / "2026.11.0"
    listed = of_chips("prune", "--keep=1")
    assert (listed.exit_code, old.exists()) == (0, True)
    assert listed.stdout.splitlines() == [
        f"would remove {old}",
        "nothing was removed: add --yes to remove them",
    ]
    assert of_chips("pin", "2026.11.0").stdout == "2026.11.0 is pinned\n"
    assert of_chips("pin", "2026.11.0").stdout == "2026.11.0 is pinned already\n"
    assert of_chips("prune", "--keep=1", "--yes").stdout == "nothing to remove\n"
    assert of_chips("unpin", "2026.11.0").stdout == "2026.11.0 is not pinned\n"
    assert of_chips("prune", "--keep=1", "--yes").stdout == f"removed {old}\n"
    assert not old.exists()
    explained(of_chips("show", "2026.11.0"), 2, "it was pruned at")
    explained(of_chips("prune", "--keep=0"), 2, "at least 1")


def test_releases_that_a_run_holds_are_left_alone(chips: Releases, held, of_chips: Run) -> None:
    with held(chips.folder):
        explained(of_chips("prune", "--keep=1", "--yes"), 5, "held by another run")
        assert of_chips("verify").exit_code == 0, "who only reads waits for nobody"


@pytest.mark.parametrize(
    "command", [["show"], ["diff", "2026.11.0", "2026.11.1"], ["schema"], ["open"], ["export", "here"]]
)
def test_a_release_that_another_account_made_is_verified_before_it_is_read(
    command: list[str], chips: Releases, of_chips: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    (chips.path() / "planted.txt").write_text("x")
    ours = of_chips(*command)
    assert "is not whole" not in ours.stderr
    real = os.getuid()
    monkeypatch.setattr("corepath.warehouse.release.repository.os.getuid", lambda: real + 1)
    explained(of_chips(*command), 3, "is not whole: planted.txt is not listed in SHA256SUMS")


def test_a_release_whose_folder_is_lost_is_told(chips: Releases, of_chips: Run) -> None:
    shutil.rmtree(chips.path("2026.11.0"))
    for command in (
        ["show", "2026.11.0"],
        ["schema", "2026.11.0"],
        ["sql", "from marts", "--version=2026.11.0"],
    ):
        explained(of_chips(*command), 3, "2026.11.0/corepath.duckdb cannot be opened")


def test_a_release_of_an_earlier_schema_is_told(chips: Releases, of_chips: Run) -> None:
    database = chips.path() / "corepath.duckdb"
    database.chmod(0o644)
    with duckdb.connect(str(database)) as made:
        made.execute("update meta.release set schema_version = '1.0.0'")
    explained(
        of_chips("show"), 3, "has schema 1.0.0 and lacks something that this corepath (schema 2.0.0) shows"
    )
    assert of_chips("schema").exit_code == 0, "what it has is shown"


def test_schema_names_every_column(of_chips: Run) -> None:
    result = of_chips("schema")
    assert result.exit_code == 0
    assert "| family_id | BIGINT | key | It is family_id |" in result.stdout


def test_show_writes_one_figure(sample_release, corepath: Run, tmp_path: Path) -> None:
    file = tmp_path / "rank.svg"
    result = corepath("show", "--figure", "rank", "-o", file, "--releases", sample_release.releases)
    assert result.exit_code == 0
    assert file.read_text(encoding="utf-8").startswith("<svg xmlns=")
    printed = corepath("show", "--figure", "rank", "--releases", sample_release.releases)
    assert printed.stdout.strip() == file.read_text(encoding="utf-8")
    nowhere = corepath(
        "show", "--figure", "rank", "-o", tmp_path / "no" / "x.svg", "--releases", sample_release.releases
    )
    explained(nowhere, 2, "cannot be written")
    explained(corepath("show", "-o", file, "--releases", sample_release.releases), 2, "--figure rank")


def test_show_fits_a_terminal_of_80_columns(sample_release, corepath: Run, monkeypatch) -> None:
    screen = Console(width=80, force_terminal=True, no_color=True, file=io.StringIO())
    monkeypatch.setattr("corepath.flows.output.console", screen)
    corepath("show", "--releases", sample_release.releases)
    text = screen.file.getvalue()
    plain = [re.sub(r"\x1b\[[\d;]*m", "", line) for line in text.splitlines()]
    where = plain.index(f"In {sample_release.path}")
    opened = next(i for i, line in enumerate(plain) if "duckdb -readonly" in line)
    paths = {where, *range(opened, opened + 9)}  # a path is never broken by us
    assert [line for i, line in enumerate(plain) if cell_len(line) > 80 and i not in paths] == []
    assert "United States of" in text
    assert "|" not in "".join(plain[:where]).replace("||", "")


def test_show_gives_programs_the_rows_of_the_marts(sample_release, corepath: Run) -> None:
    told = json.loads(corepath("show", "--json", "--releases", sample_release.releases).stdout)
    assert told["release"]["version"] == sample_release.outcome.version
    assert told["release"]["rows"] == sample_release.outcome.rows
    with duckdb.connect(sample_release.database, read_only=True) as connection:
        ranked = connection.sql(
            "select country, core_families from marts.fct_country_ranking where is_default"
        ).fetchall()
    assert {c["country"]: c["core_families"] for c in told["countries"]} == dict(ranked)


def test_sql_answers_in_the_form_that_is_asked_for(of_chips: Run) -> None:
    ask = "select family_id, score from fct_patent order by all limit 2"
    assert of_chips("sql", ask).stdout == "family_id,score\n0,0.0\n1,0.1\n"
    assert json.loads(of_chips("sql", ask, "--json").stdout) == [
        {"family_id": 0, "score": 0.0},
        {"family_id": 1, "score": 0.1},
    ]
    assert of_chips("sql", ask, "--format=markdown").stdout.splitlines()[2] == "| 0 | 0.0 |"
    assert cells_of(of_chips("sql", ask, "--format=table").stdout)[1] == ["0", "0"]
    old = of_chips("sql", "--version=2026.11.0", "select count(*) as n from fct_patent")
    assert old.stdout == "n\n10\n"


def test_sql_reads_statements_from_a_pipe(chips: Releases, corepath: Run) -> None:
    given = "select 1 as a; select count(*) as n from marts.fct_patent;"
    arguments = ["sql", "--topic=chips", f"--releases={chips.folder.parent}"]
    assert CliRunner().invoke(app, arguments, input=given).stdout == "a\n1\nn\n11\n"


def test_a_prompt_runs_what_is_written_until_it_ends(
    chips: Releases, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    written = iter(
        [
            "select count(*)",
            "from fct_patent;",
            "selec 1;",
            "select 'left",
            KeyboardInterrupt(),  # leaves the statement, not the prompt
            ".tables",
            ".columns fct_patent",
            ".help",
            "select 6 * 7 as answer;",
            ".quit",
        ]
    )

    def write(_: str) -> str:
        line = next(written)
        if isinstance(line, BaseException):
            raise line
        return line

    monkeypatch.setattr("builtins.input", write)
    monkeypatch.setenv("XDG_CACHE_HOME", str(chips.folder))
    monkeypatch.setattr("corepath.flows.output.console", Console(width=100))
    monkeypatch.setattr("corepath.flows.output.errors", Console(stderr=True, width=100))
    handled = signal.getsignal(signal.SIGINT)
    try:
        with reading(chips.path()) as reader:
            prompt(reader, "chips")
    finally:
        signal.signal(signal.SIGINT, handled)
    told, errors = capsys.readouterr()
    assert "count_star()\n11\n" in told.replace(" ", "")
    assert re.search(r"^fct_patent +11 +Rows of a test", told, re.MULTILINE)
    assert re.search(r"^family_id +BIGINT +It is family_id$", told, re.MULTILINE)
    assert re.search(r"^answer\n42$", told, re.MULTILINE)
    assert "A statement ends with ;" in told
    assert "syntax error" in errors
    assert list(written) == []


FORBIDDEN = [
    "copy fct_patent to 'x.csv'",
    "from read_text('/etc/passwd')",
    "from '/etc/passwd'",
    "attach 'other.duckdb'",
    "delete from fct_patent",
    "create table marts.more (i int)",
    "set enable_external_access = true",
    "set temp_directory = '/'",
    "install httpfs",
    "load httpfs",
    "export database 'x'",
    "call enable_logging(storage='file', storage_config={'path': 'x'})",
]


@pytest.mark.parametrize("statement", FORBIDDEN)
def test_sql_changes_nothing_and_reads_no_other_file(statement: str, of_chips: Run) -> None:
    before = sorted(Path.cwd().rglob("*"))
    result = of_chips("sql", statement)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("corepath: SQL: ")
    assert sorted(Path.cwd().rglob("*")) == before


def test_open_shows_the_page_and_says_where_it_is(sample_release, corepath: Run, monkeypatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", lambda url: opened.append(url) or True)
    result = corepath("open", "--releases", sample_release.releases)
    assert result.exit_code == 0
    page = sample_release.path.resolve() / "report.html"
    assert opened == [page.as_uri()]
    assert result.stdout.strip() == str(page)


@pytest.mark.parametrize("chosen", ["latest", "named"])
def test_show_tells_what_a_release_found_and_where_it_is(chosen: str, sample_release, corepath: Run) -> None:
    version = [sample_release.outcome.version] if chosen == "named" else []
    result = corepath("show", *version, "--releases", sample_release.releases)
    assert result.exit_code == 0
    assert result.stdout.startswith(f"# Information technology {sample_release.outcome.version}\n")
    headings = re.findall("^## (.*)$", result.stdout, re.MULTILINE)
    assert headings == [
        "Key core technologies",
        "Countries",
        "Trend",
        "Indicator weights",
        "Convergence networks",
        "Main path of citations",
        "Paths",
        "Who is behind whom",
        "How often such results are wrong",
        "Where countries come from",
        "Sources",
        "Rows",
        "Validation warnings",
        "Open it",
        "This release",
    ]
    for table, rows in sample_release.outcome.rows.items():
        assert f"| {table} | {rows} |" in result.stdout
    imputed = re.search(r"imputed for [\d.]+% of the families, [\d.]+% of all remain", result.stdout)
    assert imputed, "the shares imputed and unknown"
    assert f"duckdb -readonly '{sample_release.database}'" in result.stdout
    assert result.stdout.endswith(f"In {sample_release.path}\n")


def test_topics_lists_those_that_ship_and_shows_a_topic_that_works(corepath: Run, tmp_path: Path) -> None:
    result = corepath("topics")
    assert result.exit_code == 0
    assert [cells[0] for cells in cells_of(result.stdout)][1:] == ["ai_chips", "ai_chips_cnipa", TOPIC]
    smallest = tmp_path / "smallest.toml"
    lines = [line for line in result.stdout.splitlines() if re.match(r"  \w+ = ", line)]
    smallest.write_text("\n".join(lines))
    assert len(lines) == 3
    assert read(str(smallest)).classes == ["G06N", "H01L21"]


@pytest.mark.whole
def test_topics_explain_tells_why_a_publication_is_in(sample_release, corepath: Run) -> None:
    with duckdb.connect(sample_release.database, read_only=True) as connection:
        number, subfield = connection.sql(
            "select representative_publication, subfield from marts.fct_patent "
            "where subfield is not null order by all limit 1"
        ).fetchall()[0]
    arguments = (number.replace("-", ""), "--warehouse", sample_release.warehouse)
    result = corepath("topics", "explain", TOPIC, *arguments)
    assert result.exit_code == 0
    assert result.stdout.startswith(f"{number}: ")
    assert f"It is in the topic {TOPIC}, by by_class; sub-fields: {subfield}" in result.stdout

    variant = corepath("topics", "explain", "ai_chips:strict", *arguments)
    assert variant.exit_code == 0
    assert "It is not in the topic ai_chips_strict: no rule lets it in." in variant.stdout

    unknown = corepath("topics", "explain", TOPIC, number[:-1] + "9", *arguments[1:])
    assert unknown.exit_code == UsageError.exit_code
    assert f"near it are {number}" in unknown.stderr


def test_a_variant_has_releases_of_its_own(corepath: Run, tmp_path: Path) -> None:
    Releases(tmp_path, "ai_chips_strict").refuse("0" * 64, "selects 3 patent families")
    Releases(tmp_path, "ai_chips").refuse("0" * 64, "selects 5 patent families")
    result = corepath("versions", "--topic", "ai_chips:strict", "--releases", tmp_path)
    assert [cells[0] for cells in cells_of(result.stdout)][1:] == ["ai_chips_strict"]

    missing = corepath("versions", "--topic", "ai_chips:exact", "--releases", tmp_path)
    assert missing.exit_code == UsageError.exit_code
    assert "no variant 'exact'; it has strict, base, broad" in missing.stderr


def test_sources_lists_every_source(corepath: Run) -> None:
    result = corepath("sources")
    assert result.exit_code == 0
    assert all(name in result.stdout for name in available())


@pytest.mark.parametrize("name", available())
def test_a_source_tells_every_file_table_and_column(corepath: Run, name: str) -> None:
    result = corepath("sources", name)
    assert result.exit_code == 0
    source, lines = available()[name], result.stdout.splitlines()
    assert f"{source.name}: {source.title}" in lines
    assert f"  files    {', '.join(source.files)}" in lines
    assert f"  licence  {source.licence}" in lines
    for table_name, table in source.tables.items():
        needed = " (needed)" if table.needed else ""
        assert f"  {table_name}{needed}: {table.describes}" in lines
        for column, kind in table.columns.items():
            required = ", required" if column in table.required else ""
            assert f"    {column} {kind}{required}" in lines


def test_graph_as_text_tells_the_parents_of_every_table(corepath: Run) -> None:
    result = corepath("graph")
    assert result.exit_code == 0
    told = dict(re.split(r"\s+<- ", line) for line in result.stdout.splitlines())
    assert told == {
        key: ", ".join(table.parents) or "(declared columns)" for key, table in discover(available()).items()
    }


def test_graph_in_mermaid_draws_every_edge_once(corepath: Run) -> None:
    result = corepath("graph", "--format", "mermaid")
    assert result.exit_code == 0
    first, *edges = result.stdout.splitlines()
    assert first == "graph LR"
    assert sorted(edges) == sorted(
        f"  {parent} --> {key}" for key, table in discover(available()).items() for parent in table.parents
    )


WRONG_USAGE = [
    (["refresh"], "at least one source"),
    (["refresh", "--topic=cold_fusion", *SAMPLES], "no topic 'cold_fusion'; shipped"),
    (["refresh", "--topic=ai_chip", *SAMPLES], "no topic 'ai_chip' (did you mean ai_chips?)"),
    (["refresh", "--topic=ai_chips:brood", *SAMPLES], "no variant 'brood' (did you mean broad?)"),
    (["refresh", "--source=ppub=x"], "unknown source 'ppub' (did you mean ppubs?)"),
    (["refresh", "--warehouse=absent/w.duckdb", *SAMPLES], "no folder absent for the warehouse"),
    (["refresh", "--warehouse=absent/w.duckdb", "--plan", *SAMPLES], "no folder absent for the warehouse"),
    (["refresh", "--source=derwent=x"], "unknown source 'derwent'"),
    (["sources", "derwent"], "unknown source 'derwent'"),
    (["refresh", "--source=samples/ppubs"], "write NAME=PATH"),
    (["refresh", "--source=ppubs="], "write NAME=PATH"),
    (["refresh", "--source=ppubs=a", "--source=ppubs=b"], "given twice"),
    (["refresh", "--memory=lots", *SAMPLES], "memory"),
    (["refresh", "--threads=0", *SAMPLES], "threads"),
    (["refresh", "--countries=Japan", *SAMPLES], "'JAPAN' is not an ISO 3166"),
    (["refresh", "--countries=JP,XX", *SAMPLES], "no such country: XX"),
    (["show"], "no release"),
    (["show", "--topic=cold_fusion"], "cold_fusion: no release"),
]


@pytest.mark.parametrize("option", ["--version", "-V"])
def test_version_is_told_in_a_line(option: str, corepath: Run) -> None:
    result = corepath(option)
    assert result.exit_code == 0
    assert re.fullmatch(
        r"corepath \d+\.\d+\.\d+ \(schema 2\.0\.0, DuckDB 2[\d.]+, Python [\d.]+\)\n", result.stdout
    )


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_completes_commands_topics_and_versions(shell: str, sample_release, corepath: Run) -> None:
    def completed(*words: str) -> str:
        asked = {
            "_COREPATH_COMPLETE": f"complete_{shell}",
            "COMP_WORDS": " ".join(words),
            "COMP_CWORD": str(len(words) - 1),
            "_TYPER_COMPLETE_ARGS": " ".join(words),
            "_TYPER_COMPLETE_FISH_ACTION": "get-args",
            "COREPATH_RELEASES": str(sample_release.releases),
        }
        return CliRunner().invoke(app, [], env=asked, prog_name="corepath").stdout

    assert "rollback" in completed("corepath", "rollb")
    assert "ai_chips_cnipa" in completed("corepath", "show", "--topic", "ai")
    assert sample_release.outcome.version in completed("corepath", "show", "20")


def test_a_folder_for_the_warehouse_is_made_if_one_says_so(corepath: Run, monkeypatch) -> None:
    monkeypatch.setattr("corepath.flows.output.errors", Console(stderr=True, force_terminal=True))
    monkeypatch.setattr("corepath.flows.cli._is_asked", lambda: True)
    arguments = ["refresh", "--plan", "--warehouse=absent/w.duckdb", *SAMPLES]
    refused = CliRunner().invoke(app, arguments, input="n\n")
    assert (refused.exit_code, Path("absent").exists()) == (2, False)
    made = CliRunner().invoke(app, arguments, input="y\n")
    assert (made.exit_code, Path("absent").is_dir()) == (0, True)


@pytest.mark.usefixtures("without_prefect")
@pytest.mark.parametrize(("arguments", "words"), WRONG_USAGE, ids=[" ".join(a[:2]) for a, _ in WRONG_USAGE])
def test_wrong_usage_exits_with_2_and_says_what_is_wrong(
    arguments: list[str], words: str, corepath: Run
) -> None:
    explained(corepath(*arguments), 2, words)


@pytest.mark.parametrize(
    "arguments", [["publish"], ["refresh", "--colour=blue"], ["refresh", "--threads=two"]]
)
def test_what_does_not_exist_exits_with_2(arguments: list[str], corepath: Run) -> None:
    result = corepath(*arguments)
    assert result.exit_code == 2
    assert "Usage" in result.stderr


@pytest.mark.usefixtures("without_prefect")
@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("COREPATH_THREADS", "none", "threads"),
        ("COREPATH_SOURCES", "ppubs=samples/ppubs", "sources"),
        ("COREPATH_TOPIC", "cold_fusion", "no topic 'cold_fusion'"),
    ],
)
def test_a_wrong_environment_exits_with_2(name: str, text: str, words: str, corepath: Run) -> None:
    explained(corepath("refresh", *SAMPLES[name == "COREPATH_SOURCES" :], **{name: text}), 2, words)


@pytest.mark.usefixtures("without_prefect")
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--source=ppubs=absent"], "absent: no such file or folder"),
        (["--source=ppubs=."], "holds no file that source ppubs reads"),
        (["--source=ppubs=cut.jsonl.gz"], "cut.jsonl.gz: cannot be decompressed"),
        (["--source=ppubs=prose.jsonl"], "none of its 1 rows can be read"),
        (["--source=uspto=noise.zip"], "noise.zip: is cut short or damaged"),
        (["--topic=broken.toml", *SAMPLES], "broken.toml:1: cannot be read as a topic"),
        (["--topic=odd.toml", *SAMPLES], "odd.toml:3: classes.0: "),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_bad_input_exits_with_3_and_names_the_file(arguments: list[str], words: str, corepath: Run) -> None:
    Path("cut.jsonl.gz").write_bytes(gzip.compress(b'{"guid": "US-1-A"}\n' * 9)[:-12])
    Path("broken.toml").write_text("name = ")
    Path("odd.toml").write_text('name = "odd"\ntitle = "Odd"\nclasses = ["G6N"]\n')
    if "=." not in arguments[0]:
        Path("prose.jsonl").write_text("Lorem ipsum\n")
        Path("noise.zip").write_bytes(b"Lorem ipsum")
    else:
        Path("cut.jsonl.gz").unlink()
    explained(corepath("refresh", *arguments), 3, words)


@pytest.mark.usefixtures("without_prefect", "unvalidated")
def test_a_topic_that_selects_too_little_exits_with_4(
    own_sample: Settings, topic_file, corepath: Run
) -> None:
    topic = topic_file("coatings", "C23C")
    result = corepath("refresh", *options(own_sample), "--topic", topic)
    explained(result, 4, "too few to analyse")


@pytest.mark.usefixtures("without_prefect")
def test_a_warehouse_that_is_held_exits_with_5(own_sample: Settings, held, corepath: Run) -> None:
    with held(own_sample.warehouse) as process:
        result = corepath("refresh", *options(own_sample))
    explained(result, 5, f"is held by another run (process {process})")


@pytest.mark.parametrize("error", [CorepathError("a table is wrong"), ZeroDivisionError("defect")])
def test_a_defect_exits_with_1(
    error: Exception, corepath: Run, without_prefect: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    del without_prefect

    def fail(_: Settings) -> Any:
        raise error

    monkeypatch.setattr("corepath.flows.refresh.refresh", fail)
    result = corepath("refresh", *SAMPLES)
    assert result.exit_code == 1
    assert result.stdout == ""


@pytest.mark.usefixtures("without_prefect")
def test_a_command_that_fails_leaves_no_handler_of_its_log_behind(corepath: Run) -> None:
    corepath("topics")
    before = list(logging.getLogger("corepath").handlers)
    corepath("refresh", "--source=ppubs=absent")
    assert logging.getLogger("corepath").handlers == before


def test_nothing_to_do_exits_with_0_and_says_so_without_a_flow(
    own_sample: Settings, corepath: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "corepath.flows.refresh", None)  # to import it would fail
    result = corepath("refresh", *options(own_sample), f"--metrics={tmp_path / 'metrics'}")
    assert "unchanged" in (tmp_path / "metrics" / f"corepath-{TOPIC}-run.prom").read_text()
    version = Releases(own_sample.releases, TOPIC).path().name
    assert result.exit_code == 0
    path = own_sample.releases / TOPIC / version
    assert result.stdout == f"Nothing changed: {TOPIC} {version} is up to date, {path}\n"


@pytest.mark.usefixtures("without_prefect")
def test_what_was_rolled_back_exits_with_0_and_says_what_stays(
    corepath: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    outcome = core.Outcome("withdrawn", "chips", "2026.11.0", Path("releases/chips/2026.11.0"), {})
    monkeypatch.setattr("corepath.flows.refresh.refresh", lambda _: outcome)
    result = corepath("refresh", *SAMPLES)
    assert result.exit_code == 0
    assert "was rolled back; chips 2026.11.0 stays the latest" in result.stdout


@pytest.mark.whole
@pytest.mark.usefixtures("without_prefect", "unvalidated")
def test_a_new_release_exits_with_0_and_is_told_table_by_table(
    own_sample: Settings, topic_file, corepath: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    topic = topic_file("chips", "H01L")
    result = corepath("refresh", *options(own_sample), "--topic", topic, "--countries=jp,us")
    assert result.exit_code == 0, result.stderr
    path = Releases(own_sample.releases, "chips").path()
    first, *lines = result.stdout.splitlines()
    assert first == f"Published chips {path.name}"
    told = dict(re.split(r"\s{2,}", line.strip(), maxsplit=1) for line in lines)
    assert len(lines) < 10
    assert told["where"] == str(path)
    assert re.match(r"[\d,]+ families, [\d,]+ key core; uspto, ppubs; complete to \d{4}$", told["data"])
    assert told["changed"] == "nothing to compare with: it is the first release"
    assert (
        told["next"] == f"corepath open --topic {topic} --releases {own_sample.releases}, or: show, diff, sql"
    )
    made = r"^ *\d+/\d+ +\d+:\d\d  build     marts\.fct_patent: [\d,]+ rows in [\d.]+ s$"
    assert re.search(made, result.stderr, re.MULTILINE)
    shown = corepath("show", "--topic", topic, "--releases", own_sample.releases)
    assert shown.stdout.startswith(f"# chips {path.name}\n")
    assert "compared: JP,US." in shown.stdout

    # As where a server hears of each run.
    monkeypatch.setattr("corepath.flows.cli.up_to_date", lambda _: None)
    again = corepath("refresh", *options(own_sample), "--topic", topic, "--countries=jp,us", "--json")
    outcome = json.loads(again.stdout)
    assert (outcome["status"], outcome["version"], outcome["path"]) == ("unchanged", path.name, str(path))
    assert re.search(r"\d+:\d\d of ~\d+:\d\d", again.stderr), "the time to expect, by the last run"


@pytest.mark.usefixtures("without_prefect")
def test_an_option_wins_over_the_environment(
    own_sample: Settings, corepath: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[Settings] = []

    def note(settings: Settings) -> core.Outcome:
        given.append(settings)
        return core.Outcome("unchanged", settings.topic, "2026.11.0", Path("x"), {})

    monkeypatch.setattr("corepath.flows.refresh.refresh", note)
    environment = {
        "COREPATH_TOPIC": "ai_chips",
        "COREPATH_MEMORY": "1GB",
        "COREPATH_COUNTRIES": "KR",
        "COREPATH_SOURCES": '{"uspto": "b"}',
        "COREPATH_WAREHOUSE": "w.duckdb",
    }
    dump = own_sample.sources["ppubs"]
    result = corepath("refresh", "--memory=2GB", f"--source=ppubs={dump}", **environment)
    assert result.exit_code == 0, result.stderr
    (settings,) = given
    assert (settings.memory, settings.topic, settings.countries) == ("2GB", "ai_chips", ["KR"])
    assert settings.warehouse == Path("w.duckdb")
    assert settings.sources == {"ppubs": dump}


@pytest.mark.whole
def test_the_whole_command_publishes_the_sample_and_leaves_nothing_running(
    sample_release, tmp_path: Path
) -> None:
    """With Prefect and its own server, Great Expectations and all, on a machine new to them."""
    environment = {name: os.environ[name] for name in ("PATH", "LANG", "TMPDIR") if name in os.environ}
    environment |= {"HOME": str(tmp_path), "PREFECT_HOME": str(tmp_path / "prefect")}
    program = Path(sys.executable).with_name("corepath")
    work = tmp_path / "work"
    work.mkdir()
    with subprocess.Popen(
        [program, "refresh", f"--topic={sample_release.topic}", *SAMPLES, "--threads=2"],
        cwd=work,
        env=environment,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    ) as process:
        told, errors = process.communicate(timeout=400)
    assert process.returncode == 0, errors
    with pytest.raises(ProcessLookupError):
        os.killpg(process.pid, 0)
    releases = Releases(work / "releases", TOPIC)
    latest = releases.latest()
    assert latest is not None
    assert latest.rows == sample_release.outcome.rows
    assert told.startswith(f"Published {TOPIC} {latest.version}\n")
    assert f"  where     {releases.path().relative_to(work)}\n" in told
    assert "ppubs: ppubs.jsonl.gz, 5,404 rows loaded, 0 rejected" in errors
    assert "Traceback" not in errors
    made = {"logs", "releases", "warehouse.duckdb", "warehouse.duckdb.lock"}
    assert {p.name for p in work.iterdir()} == made
    (log,) = (work / "logs").iterdir()
    assert log.read_text().rstrip().endswith("ended well")


def explained(result: Result, code: int, words: str) -> None:
    """A failure is told in a line or two on standard error, without a traceback."""
    assert result.exit_code == code, result.output
    assert result.stdout == ""
    told = result.stderr.splitlines()
    assert any(line.startswith("corepath: ") and words in line for line in told), result.stderr
    assert "Traceback" not in result.stderr


def cells_of(table: str) -> list[list[str]]:
    """The cells of a table as a pipe gets it: a line a row, columns at least two spaces apart."""
    head, _, *lines = table.splitlines()
    return [re.split(r"\s{2,}", line.strip()) for line in [head, *itertools.takewhile(bool, lines)]]
