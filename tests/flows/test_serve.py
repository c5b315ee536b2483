"""The service as its user meets it: `python -m corepath.flows.serve`, the line that it prints, its end."""

import base64
import contextlib
import json
import os
import random
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeVar

import pytest

from corepath.warehouse.release.repository import Releases
from corepath.warehouse.settings import ROOT
from tests.flows.receivers import webhook
from tests.releases import families, publish

T = TypeVar("T")

# What is sampled is named as in prefect.yaml: relative to the folder that the service was started in.
SAMPLE = {"ppubs": "samples/ppubs", "uspto": "samples/uspto"}


def _asked(request: urllib.request.Request, pauses: tuple[int, ...] = (1, 2, 4, 8)) -> Any:
    """Give the server's answer; where its database is busy ask again, as Prefect's own clients do."""
    try:
        with urllib.request.urlopen(request, timeout=300) as response:
            return json.load(response)
    except urllib.error.HTTPError as error:
        if error.code != 503 or not pauses:
            raise
    time.sleep(pauses[0])
    return _asked(request, pauses[1:])


@dataclass
class Service:
    """A running service, and its server's API over plain HTTP."""

    process: "subprocess.Popen[bytes] | _ProcessManager"
    port: int
    refresh_now: str
    home: Path

    def api(self, path: str, body: object = None, auth: bool = True) -> Any:
        secret = base64.b64encode((self.home / "auth").read_bytes().strip()).decode()
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/api/{path}",
            data=None if body is None else json.dumps(body).encode(),
            headers={"content-type": "application/json"}
            | ({"authorization": f"Basic {secret}"} if auth else {}),
        )
        return _asked(request)

    def refresh(self, **settings: object) -> str:
        """Trigger a run by the line that the service printed; tell its id."""
        done = subprocess.run(
            f"{self.refresh_now} --param {shlex.quote(f'settings={json.dumps(settings)}')}",
            shell=True,
            capture_output=True,
            text=True,
            check=True,
            cwd="/",
            env=_environment(),
        )
        return re.findall(r"UUID: (\S+)", done.stdout)[0]

    def queue(self, settings: dict[str, object]) -> str:
        """Trigger a run by the API as soon as the server answers; tell its id."""

        def trigger() -> str | None:
            with contextlib.suppress(OSError):
                where = f"deployments/{self.deployment()['id']}/create_flow_run"
                return self.api(where, {"parameters": {"settings": settings}})["id"]
            return None

        return _until(trigger, 900)

    def run(self, run: str) -> dict[str, Any]:
        return self.api(f"flow_runs/{run}")

    def over(self, run: str) -> dict[str, Any] | None:
        """The state of a run that is over; None also while the server is being started again."""
        with contextlib.suppress(OSError):
            state = self.run(run)["state"]
            return state if state["type"] in ("COMPLETED", "FAILED", "CRASHED", "CANCELLED") else None
        return None

    def wait_for(self, run: str) -> dict[str, Any]:
        return _until(lambda: self.over(run), 900)  # other work may keep the machine busy

    def task_runs(self, run: str) -> dict[str, dict[str, Any]]:
        found = self.api("task_runs/filter", {"limit": 200, "flow_runs": {"id": {"any_": [run]}}})
        return {task["name"]: task for task in found}

    def log(self, task_run: str) -> list[dict[str, Any]]:
        return self.api("logs/filter", {"logs": {"task_run_id": {"any_": [task_run]}}})

    def artifacts(self) -> dict[str, dict[str, Any]]:
        return {artifact["key"]: artifact for artifact in self.api("artifacts/latest/filter", {})}

    def event(self, name: str) -> dict[str, Any]:
        """Wait for an event, which the server stores a moment after it came."""
        return _until(
            lambda: self.api("events/filter", {"filter": {"event": {"name": [name]}}})["events"], 30
        )[0]

    def deployment(self) -> dict[str, Any]:
        return self.api("deployments/name/refresh/refresh-sample")

    def stop(self, number: int) -> int:
        self.process.send_signal(number)
        return self.process.wait(60)


@pytest.mark.whole
def test_a_run_from_the_first_start_to_the_last_stop(tmp_path: Path) -> None:
    home, releases, port = tmp_path / "home", tmp_path / "releases", _free_port()
    settings = {
        "sources": SAMPLE,
        "warehouse": str(tmp_path / "warehouse.duckdb"),
        "releases": str(releases),
        "threads": 2,
    }
    with webhook() as (url, messages), _service(home, port, COREPATH_NOTIFY=json.dumps([url])) as service:
        _check_deployment(service.deployment())
        deployed = {each["name"] for each in service.api("deployments/filter", {})}
        shipped = {
            f"{name}-sample"
            for name in (
                "refresh",
                "rollback",
                "prune",
                "backfill",
                "nightly",
                "watch",
                "stage",
                "refresh-on-lake",
            )
        }
        shipped.add("fetch-uspto")
        assert deployed == shipped
        assert service.api("work_pools/corepath")["concurrency_limit"] == 1, "they wait in a queue"

        run = service.refresh(topic="information_technology", **settings)
        state = service.wait_for(run)
        assert state["type"] == "COMPLETED", state["message"]
        _check_published(service, run, releases / "information_technology")

        topic = tmp_path / "hats.toml"
        topic.write_text('name = "hats"\ntitle = "Hats"\nclasses = ["A42B"]\n')
        state = service.wait_for(service.refresh(topic=str(topic), **settings))
        assert state["type"] == "FAILED"
        _check_refused(service, releases / "hats")
        _until(lambda: messages, 30)
        time.sleep(3)  # nobody is notified of the failed run a second time
        (message,) = messages
        assert message["title"] == "corepath: a release was rejected"
        assert message["message"].startswith("hats: the topic hats selects")

        midway = service.refresh(
            topic="information_technology", **settings | {"warehouse": str(tmp_path / "another.duckdb")}
        )
        _until(lambda: "load ppubs" in service.task_runs(midway), 60)
        assert service.run(midway)["state"]["type"] == "RUNNING"
        assert len(_processes(home)) >= 4  # the service, its server, its worker, the run
        assert service.stop(signal.SIGTERM) == 0
        _check_gone(home, port)

    with _service(home, port) as service:
        # A second start on the same home: the work pool and the deployment are there already; the
        # run that was cut off is found dead, and its slot is free for the next.
        assert service.wait_for(midway)["type"] in ("CRASHED", "CANCELLED", "FAILED")
        limit = service.deployment()["global_concurrency_limit"]
        assert (limit["limit"], limit["active_slots"]) == (1, 0)
        assert service.stop(signal.SIGINT) == 0
        _check_gone(home, port)


@pytest.mark.slow
def test_runs_of_several_deployments_take_turns(tmp_path: Path) -> None:
    releases = Releases(tmp_path / "releases", "information_technology")
    for number in range(4):
        publish(releases, {"fct_patent": families(3)}, identity=str(number))
    where = {"topic": "information_technology", "releases": str(tmp_path / "releases")}
    wanted = {
        "prune/prune-sample": {"settings": where, "keep": 2},
        "rollback/rollback-sample": {"settings": where, "version": "2020.1.0"},
        "backfill/backfill-sample": {"settings": where | {"sources": SAMPLE}, "topics": ["none"]},
    }
    with _service(tmp_path / "home", _free_port()) as service:
        runs = {}
        for name, parameters in wanted.items():
            deployment = service.api(f"deployments/name/{name}")["id"]
            runs[name] = service.api(f"deployments/{deployment}/create_flow_run", {"parameters": parameters})[
                "id"
            ]
        states = {name: service.wait_for(run) for name, run in runs.items()}
        times = sorted(
            (service.run(run)["start_time"], service.run(run)["end_time"]) for run in runs.values()
        )
        assert service.stop(signal.SIGTERM) == 0
    assert states["prune/prune-sample"]["type"] == "COMPLETED"
    assert list(releases.published()) == ["2026.11.2", "2026.11.3"]
    assert "no version 2020.1.0" in states["rollback/rollback-sample"]["message"]
    assert "no topic 'none'" in states["backfill/backfill-sample"]["message"]
    assert all(end <= start for (_, end), (start, _) in pairwise(times)), times


@pytest.mark.whole
@pytest.mark.service
def test_nobody_without_the_secret_gets_in_and_the_worker_runs_only_what_is_declared(tmp_path: Path) -> None:
    home, port = tmp_path / "home", _free_port()
    with _service(home, port) as service:
        assert (home / "auth").stat().st_mode & 0o777 == 0o600
        for path, body in (("flow_runs/filter", {}), ("deployments/filter", {}), ("admin/version", None)):
            with pytest.raises(urllib.error.HTTPError, match="401"):
                service.api(path, body, auth=False)
        answer = urllib.request.Request(
            f"http://127.0.0.1:{port}/api/health", headers={"origin": "http://elsewhere.example"}
        )
        with urllib.request.urlopen(answer, timeout=60) as response:
            assert "access-control-allow-origin" not in response.headers

        refresh = service.deployment()
        planted = tmp_path / "planted"
        names = ("name", "flow_id", "entrypoint", "pull_steps", "work_pool_name")
        other = {name: refresh[name] for name in names} | {"name": "other", "entrypoint": "evil.py:run"}
        foreign = service.api("deployments/", other)["id"]
        runs = {
            "changes how its process is started": service.api(
                f"deployments/{refresh['id']}/create_flow_run",
                {"job_variables": {"command": f"touch {planted}"}},
            ),
            "is not declared so": service.api(f"deployments/{foreign}/create_flow_run", {}),
            # What a run may read is for the operator to say, not for who triggers it.
            "COREPATH_ALLOWED_FOLDERS": service.api(
                f"deployments/{refresh['id']}/create_flow_run",
                {"parameters": {"settings": {"sources": {"ppubs": "/etc"}}}},
            ),
        }
        for reason, run in runs.items():
            state = service.wait_for(run["id"])
            assert state["type"] in ("CRASHED", "FAILED")
            assert reason in state["message"]
        assert not planted.exists()
        assert service.stop(signal.SIGTERM) == 0


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("chromium"), reason="needs Chromium")
def test_a_page_of_another_origin_gets_nothing(tmp_path: Path) -> None:
    """A real browser opens a page that tries what a hostile one would."""
    home, port = tmp_path / "home", _free_port()
    with _service(home, port) as service:
        deployment = service.deployment()["id"]
        page = tmp_path / "page"
        page.mkdir()
        (page / "index.html").write_text(f"""<body><script>
            const api = "http://127.0.0.1:{port}/api/";
            const json = {{"content-type": "application/json"}};
            const tried = [
              fetch(api + "deployments/{deployment}/create_flow_run",
                    {{method: "POST", headers: json, body: "{{}}"}}),
              fetch(api + "deployments/{deployment}/create_flow_run",
                    {{method: "POST", mode: "no-cors", body: "{{}}"}}),
              fetch(api + "flow_runs/filter", {{method: "POST", headers: json, body: "{{}}"}}),
              fetch(api + "health"),
            ].map(each => each.then(answer => answer.text()));
            Promise.allSettled(tried).then(all => document.body.append(
              "read: " + JSON.stringify(all.map(one => one.value || null)) + " done"));
        </script></body>""")
        with _page_server(page) as address:
            seen = subprocess.run(
                [
                    "chromium",
                    "--headless",
                    "--no-sandbox",
                    "--disable-gpu",
                    "--disable-background-networking",
                    f"--user-data-dir={tmp_path / 'profile'}",
                    "--virtual-time-budget=20000",
                    "--dump-dom",
                    address,
                ],
                capture_output=True,
                text=True,
                timeout=120,
            ).stdout
        assert "read: [null,null,null,null] done" in seen.replace("&quot;", '"').replace('""', "null")
        # The schedule plans runs by itself; the page made none.
        assert all(run["auto_scheduled"] for run in service.api("flow_runs/filter", {}))
        assert service.stop(signal.SIGTERM) == 0


# How often something is killed, of a service started together and of one started apart; `make test-slow`
# says 25, which takes an hour. KILLS_SEED draws other moments.
KILLS = int(os.environ.get("KILLS", "6"))
VICTIMS = {
    "server": "server start",
    "worker": "corepath.flows.worker",
    "run": "prefect.engine",
    "validator": "validate.validator",
}


def _small(tmp_path: Path, title: str = "Any") -> dict[str, object]:
    """Settings of a run that publishes in some twenty seconds, a release of its own for each title."""
    topic = tmp_path / "any.toml"
    topic.write_text(
        f'name = "any"\ntitle = "{title}"\nclasses = ["A", "B", "C", "D", "E", "F", "G", "H"]\n'
        "[method]\nminimum_families = 10\nsamples = 10\nnull_draws = 100\nrarefaction_draws = 20\n"
        "permutations = 99\ncommunities = 2\n"
    )
    return {
        "topic": str(topic),
        "sources": {"uspto": "samples/uspto"},
        "warehouse": str(tmp_path / "warehouse.duckdb"),
        "releases": str(tmp_path / "releases"),
    }


@pytest.mark.slow
def test_after_the_machine_went_down_the_next_run_publishes(tmp_path: Path) -> None:
    """Everything is killed at once; the next start knows nothing of it but what the server stored."""
    home, port, settings = tmp_path / "home", _free_port(), _small(tmp_path)
    with _service(home, port) as service:
        run = service.refresh(**settings)
        _until(lambda: service.run(run)["state"]["type"] == "RUNNING", 120)
        for number in _processes(home):
            with contextlib.suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)
        service.process.wait(10)
    with _service(home, port) as service:
        _until(lambda: service.over(run), 120)
        assert service.run(run)["state"]["type"] == "CRASHED"
        assert service.wait_for(service.refresh(**settings))["type"] == "COMPLETED"
        assert service.stop(signal.SIGTERM) == 0


@pytest.mark.slow
@pytest.mark.parametrize("started", ["together", "apart"])
def test_whatever_is_killed_the_next_run_publishes_by_itself(started: str, tmp_path: Path) -> None:
    chance = random.Random(os.environ.get("KILLS_SEED", "kills") + started)
    home, port = tmp_path / "home", _free_port()
    releases = Releases(tmp_path / "releases", "any")
    with (_service if started == "together" else _apart)(home, port) as service:
        for kill in range(KILLS):
            # Each run has something to publish: else it would end before it is killed.
            run = service.queue(_small(tmp_path, f"To be killed {kill}"))
            _until(lambda run=run: service.run(run)["state"]["type"] == "RUNNING", 400)
            time.sleep(chance.uniform(0, 25))
            victims = chance.sample(sorted(VICTIMS), chance.randint(1, len(VICTIMS)))
            killed = time.monotonic()
            for number, command in _processes(home).items():
                if any(VICTIMS[victim] in command for victim in victims):
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(number, signal.SIGKILL)
            # A killed run is over, since it fell silent, within two minutes; another goes on to its end.
            _until(lambda run=run: service.over(run), 150 if "run" in victims else 900)
            print(f"{kill + 1}: {', '.join(victims)}: over after {time.monotonic() - killed:.0f} s")
            known = len(releases.published())
            assert service.wait_for(service.queue(_small(tmp_path, f"Next {kill}")))["type"] == "COMPLETED"
            assert len(releases.published()) == known + 1
            assert service.deployment()["global_concurrency_limit"]["active_slots"] == 0
            servers = [c for c in _processes(home).values() if VICTIMS["server"] in c]
            assert len(servers) == 1, servers
        service.stop(signal.SIGTERM)
        _check_gone(home, port)


@contextmanager
def _page_server(folder: Path) -> Iterator[str]:
    handler = partial(SimpleHTTPRequestHandler, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()


def test_a_taken_port_is_wrong_usage(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = _serve(tmp_path, port)
    assert done.returncode == 2
    assert f"port {port} of 127.0.0.1" in done.stderr
    assert "--port" in done.stderr


def test_one_service_a_home(tmp_path: Path) -> None:
    from corepath.warehouse.database import exclusive

    with exclusive(tmp_path / "serve"):
        done = _serve(tmp_path, _free_port())
    assert done.returncode == 5
    assert str(tmp_path) in done.stderr


@pytest.mark.whole
def test_a_child_that_dies_is_named(tmp_path: Path) -> None:
    (tmp_path / "prefect.db").write_text("this is not a database, whatever its name says")
    done = _serve(tmp_path, _free_port())
    assert done.returncode == 1
    assert "the server ended by itself" in done.stderr
    assert "not a database" in done.stderr
    assert not _processes(tmp_path)


def _check_deployment(deployment: dict[str, Any]) -> None:
    assert deployment["work_pool_name"] == "corepath"
    assert deployment["global_concurrency_limit"]["limit"] == 1
    assert deployment["concurrency_options"]["collision_strategy"] == "ENQUEUE"
    (schedule,) = deployment["schedules"]
    assert schedule["active"]
    assert re.fullmatch(r"\d+ \d+ \* \* \d", schedule["schedule"]["cron"]), "weekly"
    assert schedule["schedule"]["timezone"] == "UTC"
    assert str(ROOT) not in json.dumps(deployment), "the server need not know where a worker works"


def _check_published(service: Service, run: str, releases: Path) -> None:
    release = (releases / "latest").resolve()
    assert release.parent == releases.resolve()
    assert (release / "corepath.duckdb").exists()
    described = json.loads((release / "datapackage.json").read_text(encoding="utf-8"))
    assert described["corepath"]["run_id"] == run

    tasks = service.task_runs(run)
    assert {
        "load ppubs",
        "load uspto",
        "staging.stg_family",
        "marts.fct_patent",
        "validate",
        "publish",
    } <= set(tasks)
    assert {task["state_type"] for task in tasks.values()} == {"COMPLETED"}
    for table in ("staging.stg_family", "marts.fct_patent"):
        (line,) = [line for line in service.log(tasks[table]["id"]) if line["name"] == "corepath.build"]
        assert re.fullmatch(rf"{table}: [\d,]+ rows in \d+\.\d\d s", line["message"])
        assert line["level"] == 20

    artifacts = service.artifacts()
    assert set(artifacts) == {"release-report", "release-changes", "row-counts", "validation"}
    report = artifacts["release-report"]["data"]
    assert release.name in report.splitlines()[0]
    assert "## Key core technologies" in report
    assert "nothing to compare" in artifacts["release-changes"]["data"]
    rows = {row["table"]: row["rows"] for row in json.loads(artifacts["row-counts"]["data"])}
    assert rows["fct_patent"] > 1000
    assert {f"{table}.parquet" for table in rows} == {p.name for p in release.glob("*.parquet")}
    results = json.loads(artifacts["validation"]["data"])
    assert {"fct_patent", "stg_document"} <= {result["table"] for result in results}
    assert not [r for r in results if r["outcome"] != "passed" and r["severity"] == "critical"]

    event = service.event("corepath.release.published")
    assert event["payload"] == {"path": str(release)}
    assert event["resource"]["prefect.resource.id"] == (
        f"corepath.release.information_technology.{release.name}"
    )


def _check_refused(service: Service, releases: Path) -> None:
    assert not (releases / "latest").exists()
    event = service.event("corepath.release.refused")
    assert event["resource"]["prefect.resource.id"] == "corepath.release.hats"
    assert "too few" in event["payload"]["reason"]
    report = service.artifacts()["release-report"]["data"]
    assert report.startswith("# hats: refused\n\n")
    assert "too few to analyse" in report


def _check_gone(home: Path, port: int) -> None:
    assert _processes(home) == {}
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", port))


@contextmanager
def _service(
    home: Path, port: int, folder: Path = ROOT, python: str = sys.executable, **environment: str
) -> Iterator[Service]:
    said = home.with_suffix(".out")
    with said.open("wb") as output:
        process = subprocess.Popen(
            [python, "-m", "corepath.flows.serve", "--port", str(port)],
            cwd=folder,
            env=_environment() | {"PREFECT_HOME": str(home)} | environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:

        def ready() -> list[str]:
            assert process.poll() is None, said.read_text()
            return re.findall("Refresh now: (.*)", said.read_text())

        yield Service(process, port, _until(ready, 600)[0], home)
    finally:
        process.terminate()
        process.wait(120)
        for left in _processes(home):
            os.kill(left, signal.SIGKILL)


class _ProcessManager:
    """Start programs, and each again when it ends, as systemd does."""

    def __init__(self, commands: list[list[str]], environment: dict[str, str], said: Path) -> None:
        self._commands, self._environment, self._said = commands, environment, said
        self._programs = [self._start(command) for command in commands]
        self._ending = threading.Event()
        self._watch = threading.Thread(target=self._keep_alive, daemon=True)
        self._watch.start()

    def _start(self, command: list[str]) -> subprocess.Popen[bytes]:
        with self._said.open("ab") as output:
            return subprocess.Popen(
                command, cwd=ROOT, env=self._environment, stdout=output, stderr=output, start_new_session=True
            )

    def _keep_alive(self) -> None:
        while not self._ending.wait(0.5):
            for place, program in enumerate(self._programs):
                if program.poll() is not None:
                    self._programs[place] = self._start(self._commands[place])

    def send_signal(self, number: int) -> None:
        self._ending.set()
        self._watch.join()
        for program in reversed(self._programs):
            program.send_signal(number)

    def wait(self, seconds: float) -> int:
        return max(abs(program.wait(seconds)) for program in self._programs)


@contextmanager
def _apart(home: Path, port: int) -> Iterator[Service]:
    """Server and worker as docs/service.md has them, with a process manager of our own."""
    home.mkdir()
    (home / "auth").write_text("corepath:a secret of this test\n")
    api, secret = f"http://127.0.0.1:{port}/api", "corepath:a secret of this test"
    environment = _environment() | {
        "PREFECT_HOME": str(home),
        "PREFECT_API_URL": api,
        "PREFECT_SERVER_API_AUTH_STRING": secret,
        "PREFECT_API_AUTH_STRING": secret,
        "PREFECT_SERVER_CORS_ALLOWED_ORIGINS": f"http://127.0.0.1:{port}",
        "PREFECT_SERVER_EVENTS_CAUSAL_ORDERING": "corepath.flows.ordering",
        "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": "30",
    }
    prefect = str(Path(sys.executable).with_name("prefect"))
    programs = _ProcessManager(
        [
            [prefect, "server", "start", "--host", "127.0.0.1", "--port", str(port)],
            [sys.executable, "-m", "corepath.flows.worker"],
        ],
        environment,
        home.with_suffix(".out"),
    )
    service = Service(programs, port, "", home)
    try:

        def answers() -> bool:
            with contextlib.suppress(OSError):
                return service.api("health")
            return False

        _until(answers, 600)
        subprocess.run(
            [sys.executable, "-m", "corepath.flows.serve", "--only-deploy"],
            cwd=ROOT,
            env=environment,
            check=True,
        )
        yield service
    finally:
        programs.send_signal(signal.SIGTERM)
        for left in _processes(home):
            with contextlib.suppress(ProcessLookupError):
                os.kill(left, signal.SIGKILL)


def _serve(home: Path, port: int) -> subprocess.CompletedProcess[str]:
    """Start a service that cannot last."""
    return subprocess.run(
        [sys.executable, "-m", "corepath.flows.serve", "--port", str(port)],
        cwd="/",
        env=_environment() | {"PREFECT_HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=120,
    )


def _environment() -> dict[str, str]:
    """The environment of a user who has set nothing about Prefect, and works in temporary folders."""
    own = {k: v for k, v in os.environ.items() if not k.startswith("PREFECT")}
    return own | {"COREPATH_ALLOWED_FOLDERS": json.dumps([str(ROOT), tempfile.gettempdir()])}


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


def _processes(home: Path) -> dict[int, str]:
    """Find what runs with that PREFECT_HOME: the service and all that came of it."""
    mark = f"PREFECT_HOME={home.resolve()}".encode()
    found = {}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if mark in (process / "environ").read_bytes().split(b"\0"):
                found[int(process.name)] = (process / "cmdline").read_text().replace("\0", " ")
        except OSError:
            continue  # another's, or over
    return found


def _until(probe: Callable[[], T | None], seconds: float) -> T:
    deadline = time.monotonic() + seconds
    while not (found := probe()):
        assert time.monotonic() < deadline, f"nothing after {seconds} s"
        time.sleep(0.5)
    return found
