"""Every query, every Python and the shell line of docs/readers.md, run as they stand there."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from corepath.warehouse.settings import ROOT

PAGE = (ROOT / "docs" / "readers.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
COMMAND = ROOT / ".venv-duckdb-1.5" / "bin" / "duckdb"


def blocks(language: str) -> list[str]:
    return [block for of, block in BLOCKS if of == language]


@pytest.fixture
def folder(sample_release, tmp_path: Path) -> Path:
    """A folder in which `releases/` is, as the page has it."""
    (tmp_path / "releases").symlink_to(sample_release.releases)
    return tmp_path


def test_the_page_speaks_the_languages_that_are_looked_for() -> None:
    assert {language for language, _ in BLOCKS} == {"sql", "python", "sh", "r"}
    assert len(blocks("sql")) >= 3
    assert len(blocks("python")) >= 4


@pytest.mark.parametrize("query", [block for block in blocks("sql") if "s3://" not in block])
def test_every_query_of_the_page_answers(
    query: str, sample_release, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    attaches = query.startswith("attach")
    database = ":memory:" if attaches else str(sample_release.database)
    with duckdb.connect(database, read_only=not attaches) as db:
        answer = db.execute(query)
        names = [column[0] for column in answer.description or ()]
        rows = answer.fetchall()
    assert len(names) > 1
    # No technology of the sample is key core.
    assert rows or "where is_core_technology" in query


# Those with a store or mlcroissant are for test_store.py and test_described.py.
ELSEWHERE = re.compile("S3FileSystem|mlcroissant")


@pytest.mark.parametrize("code", [b for b in blocks("python") if not ELSEWHERE.search(b)])
def test_all_python_of_the_page_finds_rows(code: str, folder: Path) -> None:
    found = re.findall(r"^(?:    )?(top|core|edges|weights) = ", code, re.MULTILINE)
    shown = f"print(len({found[0]}) or '')" if found else ""
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\n{shown}"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip(), "it finds something"


@pytest.mark.slow
@pytest.mark.skipif(not COMMAND.exists(), reason="`make test-clients` installs the command")
def test_the_shell_line_of_the_page_opens_the_release(sample_release, folder: Path) -> None:
    (line,) = [block for block in blocks("sh") if block.startswith("duckdb ")]
    command, *arguments = line.split()
    assert shutil.which(command, path=str(COMMAND.parent)) == str(COMMAND)
    done = subprocess.run(
        [COMMAND, *arguments],
        cwd=folder,
        input="select version from meta.release;\n",
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert sample_release.outcome.version in done.stdout
