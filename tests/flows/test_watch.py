"""New raw files start one run, once they are whole."""

from pathlib import Path
from typing import Any

import pytest

from corepath.flows import watch as watching
from corepath.flows.watch import watch
from corepath.warehouse.errors import BadInput
from corepath.warehouse.settings import Settings

pytestmark = pytest.mark.usefixtures("server")


@pytest.mark.whole
def test_a_change_starts_one_run_once_it_looks_the_same_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[str] = []
    events: list[dict[str, Any]] = []
    monkeypatch.setattr(watching, "run_deployment", lambda name, **_: started.append(name))
    monkeypatch.setattr(watching, "emit_event", lambda **event: events.append(event))
    folder = tmp_path / "dumps"
    folder.mkdir()
    settings = Settings(sources={"ppubs": folder})

    def looks(times: int) -> list[bool]:
        return [watch(settings, "backfill/any") for _ in range(times)]

    (folder / "a.jsonl").write_text("{}\n")
    assert looks(3) == [False, True, False]
    new = folder / "b.jsonl"
    for content in ("{", "{}", "{}\n{}"):  # it is being copied
        new.write_text(content)
        assert looks(1) == [False]
    assert looks(2) == [True, False]
    new.unlink()
    assert looks(2) == [False, True], "a file that is gone is a change, too"
    assert started == ["backfill/any"] * 3
    assert [event["event"] for event in events] == ["corepath.source.changed"] * 3

    # Another deployment has a memory of its own.
    assert [watch(settings, "backfill/other") for _ in range(2)] == [False, True]
    with pytest.raises(BadInput, match="no such file or folder"):
        watch(Settings(sources={"ppubs": tmp_path / "absent"}), "backfill/any")
