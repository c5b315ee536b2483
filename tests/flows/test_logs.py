"""A log file for each run: whole, of the form that is asked for, and not too many of them."""

import json
import logging
from pathlib import Path

import pytest

from corepath.flows.logs import run_log
from corepath.warehouse.errors import BadInput
from corepath.warehouse.settings import Settings


def run(settings: Settings, number: int = 0, error: Exception | None = None) -> None:
    with run_log(settings, f"{number:08x}-0000"):
        logging.getLogger("corepath.build").info("marts.x: %d rows", number)
        if error:
            raise error


def settings_in(folder: Path, **settings: object) -> Settings:
    return Settings(warehouse=folder / "w.duckdb", topic="ai_chips", **settings)


@pytest.fixture(autouse=True)
def _logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "corepath")


def test_a_run_has_a_file_of_what_it_logged_and_how_it_ended(tmp_path: Path) -> None:
    run(settings_in(tmp_path))
    with pytest.raises(BadInput):
        run(settings_in(tmp_path), 1, BadInput("line 7\nof many"))
    well, badly = sorted((tmp_path / "logs").iterdir())
    assert well.name.endswith("-ai_chips-00000000.log")
    begins, row, ends = well.read_text().splitlines()
    assert begins.endswith("INFO corepath.flow: ai_chips: run 00000000-0000 begins")
    assert row.endswith("INFO corepath.build: marts.x: 0 rows")
    assert ends.endswith("run 00000000-0000 ended well")
    assert badly.read_text().endswith("run 00000001-0000 failed: BadInput: line 7\n    of many\n")


def test_a_log_of_json_has_an_object_a_line_that_names_its_run(tmp_path: Path) -> None:
    run(settings_in(tmp_path, log_format="json"), 255)
    (file,) = (tmp_path / "logs").glob("*.jsonl")
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    assert [line["message"] for line in lines][1] == "marts.x: 255 rows"
    assert {(line["topic"], line["run"], line["level"]) for line in lines} == {
        ("ai_chips", "000000ff-0000", "INFO")
    }


def test_the_newest_logs_of_a_topic_stay_and_nobody_elses_file_goes(tmp_path: Path) -> None:
    settings = settings_in(tmp_path, keep_logs=3, logs=tmp_path / "elsewhere")
    run(settings.model_copy(update={"topic": "information_technology"}), 9)
    note = tmp_path / "elsewhere" / "20000101T000000Z-ai_chips-notes.log"
    note.write_text("mine")
    for number in range(5):
        run(settings, number)
    left = sorted(path.name[-12:-4] for path in (tmp_path / "elsewhere").glob("*-ai_chips-0*"))
    assert left == ["00000002", "00000003", "00000004"]
    assert note.exists()
    assert len(list((tmp_path / "elsewhere").iterdir())) == 5
    run(settings_in(tmp_path / "none", keep_logs=0))
    assert not (tmp_path / "none").exists()


def test_a_run_goes_on_where_its_log_cannot_be_written(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "logs").write_text("a file where the folder would be")
    run(settings_in(tmp_path))
    assert "the run has no log file" in caplog.text
    assert "marts.x: 0 rows" in caplog.text
