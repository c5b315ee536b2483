"""Twenty nights of a service after an upgrade: changes, faults, and no hand laid on.

Each night raw files change and the deployment refreshes, by a real server and worker; messages go to a
receiver on this machine.
"""

import contextlib
import json
import os
import random
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from corepath.warehouse.database import reading
from corepath.warehouse.doctor import examine
from corepath.warehouse.refresh import refresh
from corepath.warehouse.release.repository import Releases
from corepath.warehouse.release.verify import verify
from corepath.warehouse.settings import ROOT, Settings
from tests.flows.receivers import webhook
from tests.flows.test_serve import VICTIMS, Service, _free_port, _processes, _service, _until
from tests.install.test_upgrade import unpacked

NIGHTS, KEPT, KEPT_LOGS = 20, 3, 5
# After this night the machine goes down in the middle of a run; the service is started again.
DOWN = 9
# Which night goes wrong, and what is told of it; what is told of nobody is put right by itself.
FAULTS = {
    2: ("garbage", "a run failed"),
    4: ("run killed", "a run crashed"),
    5: ("half is gone", "a release was rejected"),
    6: ("warehouse held", None),
    7: ("an old release is damaged", None),
    8: ("server killed", None),
    DOWN: ("machine down", "a run crashed"),
    11: ("worker and run killed", "a run crashed"),
    12: ("share not mounted", "a run failed"),
    15: ("garbage", "a run failed"),
    16: ("worker killed", "a run crashed"),  # a run ends with its worker
    18: ("validator killed", "a run failed"),
}
DEPLOYMENTS = """
name: nights
pull:
  - corepath.flows.stay_in_folder: {}
deployments:
  - name: refresh-sample
    entrypoint: corepath.flows.refresh.refresh
    tags: [corepath]
    parameters: {settings: {topic: any.toml}}
    work_pool: {name: corepath}
  - name: prune
    entrypoint: corepath.flows.history.prune
    tags: [corepath]
    parameters: {settings: {topic: any.toml}}
    work_pool: {name: corepath}
"""


def records() -> list[str]:
    """Records of the sample that the fixture lacks, one a line."""
    done = subprocess.run(
        ["gzip", "-dc", str(ROOT / "samples" / "ppubs" / "ppubs.jsonl.gz")], capture_output=True, check=True
    )
    lines = [json.loads(line) for line in done.stdout.decode().splitlines()]
    return [json.dumps(r) for r in lines if str(r.get("ipcCodeFlattened", ""))[:2] in ("G0", "H0")]


def change(dump: Path, night: int, pool: list[str], chance: random.Random) -> None:
    """New records each night; now and then one that is corrected, and a file that goes."""
    new = [pool.pop() for _ in range(chance.randint(2, 6))]
    (dump / f"night-{night:02}.jsonl").write_text("".join(f"{line}\n" for line in new))
    earlier = sorted(dump.glob("night-*.jsonl"))
    if night % 4 == 0:
        lines = earlier[0].read_text().splitlines()
        lines[0] = json.dumps(json.loads(lines[0]) | {"inventionTitle": f"CORRECTED IN NIGHT {night}"})
        earlier[0].write_text("".join(f"{line}\n" for line in lines))
    if night % 5 == 4:
        earlier[-2].unlink()


def damage(release: Path) -> None:
    mart = release / "fct_patent.parquet"
    mart.chmod(0o644)
    mart.write_bytes(mart.read_bytes()[:1000])


@dataclass
class Nights:
    """The folder of the service, and what its runs are told."""

    folder: Path
    settings: Settings
    told: list[dict[str, Any]]
    read: int = 0  # messages that were expected and came

    @property
    def releases(self) -> Releases:
        return Releases(self.settings.releases, "any")

    @contextlib.contextmanager
    def service(self, port: int, hook: str) -> Iterator[Service]:
        with _service(
            self.folder / "home",
            port,
            self.folder,
            PYTHONPATH=str(ROOT),
            COREPATH_NOTIFY=json.dumps([hook]),
            COREPATH_ALLOWED_FOLDERS=json.dumps([str(self.folder)]),
        ) as service:
            yield service

    def wait_for_task(self, service: Service, run: str, tasks: int) -> None:
        """Wait until a run has begun so many tasks, or is over."""
        _until(lambda: len(service.task_runs(run)) >= tasks or service.over(run), 900)

    def refresh(self, service: Service) -> str:
        """Start a run; give its id."""
        return service.queue(self.settings.model_dump(mode="json", exclude_unset=True))

    def expect(self, service: Service, run: str, title: str | None) -> None:
        """See that a run published; or that it did not, and that this was told."""
        state = service.wait_for(run)
        published = [each for each in self.releases.published().values() if self.run_of(each.version) == run]
        if title is None:
            assert state["type"] == "COMPLETED", state["message"]
            assert published == [self.releases.latest()]
            return
        assert state["type"] in ("FAILED", "CRASHED")
        assert not published
        _until(lambda: len(self.told) > self.read, 60)
        assert self.told[self.read]["title"] == f"corepath: {title}"
        self.read += 1

    def run_of(self, version: str | None) -> str:
        """Which run made a release."""
        described = self.releases.path(str(version)) / "datapackage.json"
        return json.loads(described.read_text())["corepath"].get("run_id", "")


def kill(home: Path, *victims: str) -> None:
    """Kill what runs of the service: programs by name, or all."""
    for number, command in _processes(home).items():
        if not victims or any(VICTIMS[victim] in command for victim in victims):
            with contextlib.suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)


@pytest.mark.slow
def test_nights_of_changes_and_faults_after_an_upgrade_need_nobody(
    tmp_path: Path, held: Callable[[Path], AbstractContextManager[int]]
) -> None:
    settings = unpacked("1.0.0-last", tmp_path).model_copy(update={"keep_logs": KEPT_LOGS})
    (tmp_path / "prefect.yaml").write_text(DEPLOYMENTS)
    chance, pool, port = random.Random("nights"), records(), _free_port()
    with webhook() as (hook, told):
        nights, interrupted = Nights(tmp_path, settings, told), ""
        for some in (range(DOWN + 1), range(DOWN + 1, NIGHTS)):
            with nights.service(port, hook) as service:
                if interrupted:
                    nights.expect(service, interrupted, FAULTS[DOWN][1])
                for night in some:
                    change(tmp_path / "dump", night, pool, chance)
                    interrupted = spend(nights, service, night, chance, held)
        titles = [title for _, title in FAULTS.values() if title]
        assert [message["title"] for message in told] == [f"corepath: {title}" for title in titles]
    assert not list(examine(settings))
    assert len(nights.releases.published()) == KEPT
    assert len(list(settings.log_folder.iterdir())) == KEPT_LOGS
    assert not list((tmp_path / "releases").rglob(".draft-*"))
    # After all that, the tables are those of one run over what the dump holds now, to the byte.
    fresh = settings.model_copy(update={"warehouse": tmp_path / "w.duckdb", "releases": tmp_path / "fresh"})
    marts = {path.name: path.read_bytes() for path in refresh(fresh).path.glob("*.parquet")}
    last = nights.releases.path(list(nights.releases.published())[-1])
    assert {path.name: path.read_bytes() for path in last.glob("*.parquet")} == marts
    assert settings.warehouse.stat().st_size < 2 * fresh.warehouse.stat().st_size


def spend(
    nights: Nights,
    service: Service,
    night: int,
    chance: random.Random,
    held: Callable[[Path], AbstractContextManager[int]],
) -> str:
    """Let a night pass; give the run that the machine's end interrupted, if it was in this one."""
    fault, title = FAULTS.get(night, ("", None))
    dump, home = nights.folder / "dump", nights.folder / "home"
    first, new = dump / "ppubs.jsonl", dump / f"night-{night:02}.jsonl"
    content, records_of_night = first.read_text(), new.read_text()
    if fault == "an old release is damaged":
        damage(nights.releases.path(next(iter(nights.releases.published()))))
    elif fault == "garbage":
        new.write_text("{this is\nno JSON\n" * 20)
    elif fault == "half is gone":
        first.write_text("".join(content.splitlines(keepends=True)[:20]))
    elif fault == "share not mounted":
        dump.rename(nights.folder / "elsewhere")
    if fault == "warehouse held":
        with held(nights.settings.warehouse):
            run = nights.refresh(service)
            _until(lambda: service.run(run)["state"]["type"] == "RUNNING", 900)
            time.sleep(15)
    else:
        run = nights.refresh(service)
    if fault == "machine down":
        nights.wait_for_task(service, run, chance.randint(1, 60))
        kill(home)
        return run
    if fault.endswith("killed"):
        victims = fault.removesuffix(" killed").split(" and ")
        if victims == ["validator"]:
            _until(lambda: any(VICTIMS["validator"] in command for command in _processes(home).values()), 900)
            _until(lambda: "validate" in service.task_runs(run), 900)
        else:
            nights.wait_for_task(service, run, chance.randint(1, 60))
        kill(home, *victims)
    nights.expect(service, run, title)
    if title:
        # The next time the source is right, and nobody killed: it publishes.
        if fault == "share not mounted":
            (nights.folder / "elsewhere").rename(dump)
        first.write_text(content)
        new.write_text(records_of_night)
        nights.expect(service, nights.refresh(service), None)
    if night % 5 == 4:
        where = service.api("deployments/name/prune/prune")["id"]
        settings = nights.settings.model_dump(mode="json", include={"topic", "releases"})
        prune = {"parameters": {"settings": settings, "keep": KEPT}}
        assert service.wait_for(service.api(f"deployments/{where}/create_flow_run", prune)["id"])["type"] == (
            "COMPLETED"
        )
    newest = nights.releases.latest()
    assert newest is not None
    with reading(nights.settings) as connection:
        found = verify(connection, nights.releases.path(str(newest.version)), newest.sums)
    assert not [check for check in found if check.problems]
    return ""
