"""The service of an installed wheel, in a folder that is no checkout."""

import json
import signal
from pathlib import Path

import pytest

from corepath.warehouse.release.repository import Releases
from corepath.warehouse.settings import ROOT
from tests.flows.test_serve import _free_port, _service, _small
from tests.install.conftest import Installed

OWN = """
name: mine
pull:
  - corepath.flows.stay_in_folder: {}
deployments:
  - name: mine
    entrypoint: corepath.flows.refresh.refresh
    parameters:
      settings: {topic: any.toml, sources: {uspto: dumps}}
    work_pool: {name: corepath}
"""


@pytest.mark.slow
def test_the_service_runs_the_folders_own_deployment_and_writes_there(
    installed: Installed, tmp_path: Path
) -> None:
    folder, port = tmp_path / "srv", _free_port()
    folder.mkdir()
    (folder / "prefect.yaml").write_text(OWN)
    (folder / "dumps").symlink_to(ROOT / "samples" / "uspto")
    _small(folder)  # writes any.toml
    allowed = json.dumps([str(folder), str(ROOT / "samples")])
    with _service(
        tmp_path / "home", port, folder, str(installed.bin / "python"),
        PYTHONPATH="", COREPATH_ALLOWED_FOLDERS=allowed,
    ) as service:  # fmt: skip
        assert "refresh/mine" in service.refresh_now
        run = service.refresh(topic="any.toml", sources={"uspto": "dumps"})
        state = service.wait_for(run)
        assert state["type"] == "COMPLETED", state["message"]
        assert service.stop(signal.SIGTERM) == 0
    assert len(Releases(folder / "releases", "any").published()) == 1
    assert (folder / "warehouse.duckdb").exists()
