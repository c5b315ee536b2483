"""A release made again from what it says of itself: the same bytes, or what stands in the way."""

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from corepath.warehouse import refresh as core
from corepath.warehouse.errors import BadInput, UsageError
from corepath.warehouse.plan import Run
from corepath.warehouse.reproduce import Reproduced, other_versions, reproduce
from corepath.warehouse.settings import Settings
from tests.conftest import SOURCES, Once, SampleRelease, Unvalidated

DRAWS = """
[method]
samples = 20
null_draws = 100
rarefaction_draws = 20
permutations = 99
communities = 5
[variant.half]
include = ["classes"]
"""


@pytest.fixture(scope="session")
def chips(once: Once) -> tuple[Path, Settings]:
    """A release of a variant of a topic file, and what it was asked for; for reading only."""

    def make(folder: Path) -> tuple[Path, Settings]:
        topic = folder / "chips.toml"
        topic.write_text('name = "chips"\ntitle = "Chips"\nclasses = ["H01L"]\n' + DRAWS)
        settings = Settings(
            topic=f"{topic}:half",
            sources=SOURCES,
            countries=["JP", "US"],
            threads=2,
            warehouse=folder / "warehouse.duckdb",
            releases=folder / "releases",
        )
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("corepath.warehouse.refresh.Validator", Unvalidated)
            return core.refresh(settings).path, settings

    return once("chips", make)


def downloaded(release: Path, folder: Path) -> Path:
    """A release of the test's own, as one downloads it."""
    shutil.copytree(release, folder)
    for file in folder.iterdir():
        file.chmod(0o644)
    return folder


@pytest.fixture
def copy(sample_release: SampleRelease, tmp_path: Path) -> Path:
    """The sample's release."""
    return downloaded(sample_release.path, tmp_path / "downloaded")


@pytest.fixture
def copy_of_chips(chips: tuple[Path, Settings], tmp_path: Path) -> Path:
    """A release of a variant."""
    return downloaded(chips[0], tmp_path / "downloaded")


# What reproduces knows of the topic and the countries is in the release: its settings name others.
HERE = Settings(topic="ai_chips", countries=["KR"], sources=SOURCES, threads=1)


@pytest.mark.whole
@pytest.mark.usefixtures("unvalidated")
def test_every_table_comes_out_with_the_same_bytes_on_another_number_of_threads(copy_of_chips: Path) -> None:
    shown = []

    @contextmanager
    def show(run: Run) -> Iterator[None]:
        shown.append((run.topic.name, run.settings.countries))
        yield

    tables = reproduce(copy_of_chips, HERE, shown=show)
    assert shown == [("chips_half", ["JP", "US"])], "what the release says, not what these settings do"
    marts = sorted(path.stem for path in copy_of_chips.glob("*.parquet"))
    assert sorted(table.table for table in tables) == marts
    assert [table for table in tables if not table.is_same] == []

    package = json.loads((copy_of_chips / "datapackage.json").read_text())
    for mart in package["resources"]:
        if mart["path"] == "fct_patent.parquet":
            mart["hash"] = "sha256:" + "0" * 64
    (copy_of_chips / "datapackage.json").write_text(json.dumps(package))
    assert Reproduced("fct_patent", is_same=False) in reproduce(copy_of_chips, HERE)


def failing(copy: Path, settings: Settings = HERE) -> str:
    with pytest.raises(BadInput) as error:
        reproduce(copy, settings)
    return str(error.value)


@pytest.mark.whole
def test_raw_files_that_are_missing_changed_or_too_many_are_named(copy: Path, tmp_path: Path) -> None:
    one = failing(copy, HERE.model_copy(update={"sources": {"ppubs": SOURCES["ppubs"]}}))
    assert "missing: --source uspto=PATH with 9 files" in one
    assert "missing: uspto: ipg050104.small.xml.gz, sha256:" in one

    dump = tmp_path / "uspto"
    shutil.copytree(SOURCES["uspto"], dump)
    (dump / "ipg050104.small.xml.gz").unlink()
    (dump / "ipg060103.small.xml.gz").write_bytes(b"other")
    (dump / "more.xml").write_text("<x/>")
    told = failing(copy, HERE.model_copy(update={"sources": {**SOURCES, "uspto": dump}}))
    assert "missing: uspto: ipg050104.small.xml.gz, sha256:" in told
    assert f"other bytes: uspto: {dump / 'ipg060103.small.xml.gz'} is not ipg060103.small.xml.gz" in told
    assert f"too many: uspto: {dump / 'more.xml'}" in told
    assert "ppubs" not in told.partition("\n")[2], "its files are as they were"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (
            lambda recipe: recipe["code"].update({"marts.fct_patent": "0"}),
            "differs: the code of marts.fct_patent;",
        ),
        (lambda recipe: recipe["given"].update({"reference.country": "0"}), "differs: reference.country;"),
        (
            lambda recipe: recipe["code"].update({"marts.fct_gone": "0"}),
            "differs: the code of marts.fct_gone;",
        ),
    ],
)
def test_other_code_and_other_look_up_tables_are_named(
    copy: Path, change: Callable[[dict], None], told: str
) -> None:
    recipe = json.loads((copy / "recipe.json").read_text())
    change(recipe)
    (copy / "recipe.json").write_text(json.dumps(recipe))
    assert told in failing(copy)


def test_another_topic_is_named(copy: Path) -> None:
    text = (copy / "topic.toml").read_text()
    (copy / "topic.toml").write_text(text.replace("H10", "G01"))
    assert "differs: topic.topic_class;" in failing(copy)


def test_other_versions_of_libraries_are_told(copy: Path) -> None:
    assert other_versions(copy) == {}
    recipe = json.loads((copy / "recipe.json").read_text())
    here = recipe["versions"]["numpy"]
    recipe["versions"]["numpy"] = "1.0"
    (copy / "recipe.json").write_text(json.dumps(recipe))
    assert other_versions(copy) == {"numpy": ("1.0", here)}


def test_a_folder_without_a_recipe_is_no_release(copy: Path) -> None:
    (copy / "recipe.json").unlink()
    with pytest.raises(UsageError, match=r"recipe\.json: No such file"):
        reproduce(copy, HERE)
