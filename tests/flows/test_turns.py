"""A run of a worker waits for another that writes; a command at a terminal does not."""

import threading
import time
from pathlib import Path

import pytest

from corepath.flows import turns
from corepath.flows.turns import in_turn
from corepath.warehouse.database import exclusive
from corepath.warehouse.errors import Busy


def write(file: Path) -> str:
    with exclusive(file):
        return "written"


def test_a_run_of_a_worker_waits_until_the_lock_is_free(
    tmp_path: Path, held, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "corepath")
    monkeypatch.setattr(turns, "WAIT_SECONDS", 0.1)
    written: list[str] = []
    with held(tmp_path / "file"):
        with pytest.raises(Busy):
            in_turn(lambda: write(tmp_path / "file"))
        monkeypatch.setenv("PREFECT__FLOW_RUN_ID", "any")
        waiting = threading.Thread(target=lambda: written.append(in_turn(lambda: write(tmp_path / "file"))))
        waiting.start()
        time.sleep(0.5)
        assert not written
    waiting.join(10)
    assert written == ["written"]
    assert "this run waits for its turn" in caplog.text
