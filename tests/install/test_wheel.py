"""The wheel, in an environment of its own and a folder of its own: `corepath` needs no checkout."""

import json
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from corepath.flows.cli import app
from corepath.warehouse.settings import ROOT
from tests.conftest import SOURCES, SampleRelease
from tests.install.conftest import Installed

DATA = ("expectations", "reference", "sql", "topics")


@pytest.mark.whole
def test_the_wheel_holds_one_package_with_all_that_is_read_at_run_time(installed: Installed) -> None:
    names = zipfile.ZipFile(installed.wheel).namelist()
    assert {re.sub(r"-.*", "", name.split("/")[0]) for name in names} == {"corepath"}
    read = {path for folder in DATA for path in (ROOT / folder).rglob("*") if path.is_file()}
    read |= {path for room in ("report", "synthetic") for path in (ROOT / room).rglob("*.*")}
    needed = {path.relative_to(ROOT).as_posix() for path in read if "__pycache__" not in path.parts}
    assert {f"corepath/{name}" for name in needed | {"prefect.yaml"}} <= set(names)


@pytest.mark.whole
def test_a_shipped_topic_is_found_by_name_and_a_file_by_its_path(
    installed: Installed, tmp_path: Path
) -> None:
    done = installed.run("corepath", "topics", "--json", cwd=tmp_path)
    assert {topic["name"] for topic in json.loads(done.stdout)} == {
        path.stem for path in (ROOT / "topics").glob("*.toml")
    }
    own = tmp_path / "ai_chips.toml"
    own.write_text('name = "ai_chips"\ntitle = "Mine"\nclasses = ["A42B"]\n')
    asked = ("topics", "query", "ai_chips.toml", "--dialect", "lens")
    done = installed.run("corepath", *asked, cwd=tmp_path)
    assert "A42B" in done.stdout


@pytest.mark.whole
def test_the_wheel_takes_up_what_a_checkout_made(
    installed: Installed, sample_release: SampleRelease, tmp_path: Path
) -> None:
    """The fingerprints are of contents, not of places."""
    done = installed.run(
        "corepath",
        *("refresh", "--plan", "--json", "--topic", sample_release.topic),
        *(f"--source={name}={path}" for name, path in SOURCES.items()),
        *("--warehouse", str(sample_release.warehouse), "--releases", str(sample_release.releases)),
        cwd=tmp_path,
    )
    assert json.loads(done.stdout)["up_to_date"] == sample_release.outcome.version, done.stderr


# How each command is tried on the release of the sample, and how it ends.
PLACE = ("--topic", "information_technology", "--releases", "{releases}")
TRIED = {
    "refresh": (("--plan", *PLACE, "--source", "uspto={samples}/uspto", "--warehouse", "w.duckdb"), 0),
    "demo": (("world", "--topic", "none.toml"), 3),
    "build": (("int_family", "--source", "uspto={samples}/uspto"), 0),
    "stage": (("--source", "uspto={samples}/uspto"), 2),  # no lake is named
    "versions": (PLACE, 0),
    "diff": (PLACE, 2),  # it is the first
    "verify": (PLACE, 0),
    "reproduce": (PLACE, 3),  # no source is named
    "rollback": (("2020.1.0", *PLACE), 2),
    "pin": (("2020.1.0", *PLACE), 2),
    "unpin": (("2020.1.0", *PLACE), 2),
    "prune": (("--keep", "1", *PLACE), 0),
    "doctor": (("--releases", "{releases}"), 0),
    "show": (PLACE, 0),
    "open": (PLACE, 0),
    "sql": (("select count(*) from fct_patent", *PLACE), 0),
    "schema": (PLACE, 0),
    "export": (("networks", *PLACE), 0),
    "topics": ((), 0),
    "topics explain": (("ai_chips", "US-11558717-B2", "--warehouse", "{warehouse}"), 0),
    "topics preview": (("ai_chips", "--warehouse", "{warehouse}"), 0),
    "topics init": (("mine.toml",), 1),  # nobody answers
    "topics query": (("ai_chips", "--dialect", "bigquery"), 0),
    "topics measure": (("ai_chips", "none.csv"), 3),
    "sources": (("check", "{samples}/uspto"), 0),
    "fetch uspto": (("--from", "2026-01-01"), 2),  # it wants a key
    "fetch files": (("none.toml",), 3),
    "graph": (("--json",), 0),
    "metrics": (("--releases", "{releases}"), 0),
    "notify": (("Hello",), 2),  # nobody is named
    "serve": (("--port", "0"), 2),
}


def _commands(group: Any, before: str = "") -> set[str]:
    found = set()
    for name, command in group.commands.items():
        is_group = hasattr(command, "commands")
        if is_group:
            found |= _commands(command, f"{before}{name} ")
        if not is_group or command.invoke_without_command:
            found.add(f"{before}{name}")
    return found


def test_every_command_is_tried() -> None:
    assert set(TRIED) == _commands(get_command(app))


@pytest.mark.whole
def test_every_command_runs_from_a_folder_that_holds_nothing(
    installed: Installed, sample_release: SampleRelease, tmp_path: Path
) -> None:
    places = {
        "releases": sample_release.releases,
        "warehouse": sample_release.warehouse,
        "samples": ROOT / "samples",
    }
    script = tmp_path / "try.py"
    # All of them in one process: each alone would import everything anew.
    script.write_text(
        "import json, sys\n"
        "from typer.testing import CliRunner\n"
        "from corepath.flows.cli import app\n"
        "import corepath.flows.cli as cli\n"
        f"assert cli.__file__.startswith({str(installed.site)!r}), cli.__file__\n"
        "ended = {}\n"
        "for name, arguments in json.load(open('tried.json')).items():\n"
        "    done = CliRunner().invoke(app, [*name.split(), *arguments])\n"
        "    ended[name] = [done.exit_code, done.output[-500:] + repr(done.exception)]\n"
        "json.dump(ended, open('ended.json', 'w'))\n"
    )
    tried = {name: [each.format(**places) for each in arguments] for name, (arguments, _) in TRIED.items()}
    (tmp_path / "tried.json").write_text(json.dumps(tried))
    done = installed.run("python", "try.py", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    ended = json.loads((tmp_path / "ended.json").read_text())
    told = {name: said for name, (code, said) in ended.items() if code != TRIED[name][1]}
    assert not told, told
