"""An operator's year: what docs/operations.md prints is run as it stands there, without systemd and Docker.

Folders and ports are replaced by the test's own. `systemctl`, `useradd`, `docker` and `runuser` are small
scripts that write down what they were asked; `docker compose exec` and `runuser` run the command, outside a
container and by the same account. What units and services start is started by the test.
"""

import contextlib
import os
import re
import shlex
import shutil
import socket
import sqlite3
import subprocess
import sys
import urllib.error
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import yaml

from corepath.warehouse.release.repository import Releases
from corepath.warehouse.settings import ROOT
from tests.flows.postgres import PROGRAMS, Database, postgres
from tests.flows.test_serve import Service, _small, _until
from tests.install.conftest import Installed, copy_tree

pytestmark = pytest.mark.slow

PAGE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")


def printed(heading: str) -> list[str]:
    """The commands below a heading, block by block."""
    section = re.split(rf"^##+ {heading}$", PAGE, flags=re.MULTILINE)[1]
    return re.findall(r"```sh\n(.*?)```", re.split(r"^##", section, flags=re.MULTILINE)[0], flags=re.DOTALL)


@dataclass
class Program:
    """Something that is started: what comes before it, itself, and how it is seen to work."""

    command: list[str]
    folder: Path
    environment: dict[str, str]
    health: list[str] = field(default_factory=list)
    before: "Program | None" = None


class Machine:
    """A machine of the page's, in a folder: its paths, its ports, its programs."""

    def __init__(self, root: Path, opt: Path) -> None:
        self.root, self.port, worker_port = root, _free_port(), _free_port()
        self.asked = root / "asked"
        self._running: list[subprocess.Popen[bytes]] = []
        self._texts = {
            "/opt/corepath": str(opt),
            "/etc/corepath": f"{root}/etc",
            "/etc/systemd/system": f"{root}/units",
            "/srv/": f"{root}/srv/",
            '"/data"': f'"{root}/data"',
            "server:4200": f"127.0.0.1:{self.port}",
            "4200": str(self.port),
            "8080": str(worker_port),
        }
        stubs = root / "stubs"
        for folder in (stubs, root / "srv" / "corepath", root / "units"):
            folder.mkdir(parents=True)
        for name in ("systemctl", "useradd", "docker", "runuser"):
            (stubs / name).write_text(
                f'#!/bin/sh\necho {name} "$@" >> {self.asked}\n'
                f'case "{name} $1 $2" in\n'
                '"docker compose exec") shift 2; [ "$1" != -T ] || shift; shift; exec "$@" ;;\n'
                '"runuser -u corepath") shift 3; exec "$@" ;;\n'
                "esac\n"
            )
            (stubs / name).chmod(0o755)
        # Where a user who has set nothing finds programs; those of the wheel first.
        self.environment = {"PATH": f"{stubs}:{opt / 'bin'}:{os.environ['PATH']}", "HOME": str(root)}

    def here(self, text: str) -> str:
        """Replace the places and ports of the page by those of this machine."""
        for theirs, ours in self._texts.items():
            text = text.replace(theirs, ours)
        return text

    def do(self, block: str, folder: Path) -> str:
        """Run commands as they are printed; all must succeed. Gives what they say."""
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", self.here(block)],
            cwd=folder,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{block}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def start(self, program: Program) -> None:
        """Start a program, and wait until its health check says that it works."""
        environment = self.environment | program.environment
        if program.before:
            first = program.before
            own = self.environment | first.environment
            subprocess.run(first.command, cwd=first.folder, env=own, check=True, stdout=subprocess.DEVNULL)
        with (self.root / "output").open("ab") as output:
            process = subprocess.Popen(
                program.command, cwd=program.folder, env=environment, stdout=output, stderr=output
            )
        self._running.append(process)

        def healthy() -> bool:
            assert process.poll() is None, (self.root / "output").read_text()
            done = subprocess.run(program.health, env=environment, capture_output=True, check=False)
            return done.returncode == 0

        _until(healthy, 900)

    def stop(self) -> None:
        """Stop what runs, the last first."""
        while self._running:
            process = self._running.pop()
            process.terminate()
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                process.kill()

    def service(self, secret: str) -> Service:
        """Give the service, as who knows a secret meets it."""
        home = self.root / "client"
        home.mkdir(exist_ok=True)
        (home / "auth").write_text(secret)
        return Service(self._running[-1], self.port, "", home)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


@pytest.fixture
def machine(installed: Installed, tmp_path: Path) -> Iterator[Machine]:
    machine = Machine(tmp_path / "machine", installed.bin.parent)
    try:
        yield machine
    finally:
        machine.stop()


@pytest.fixture(scope="module")
def released(installed: Installed, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that holds the two files of a release, as `make dist` makes them."""
    folder = tmp_path_factory.mktemp("released")
    copy_tree(folder / "tree")
    for name in ("MANIFEST.in", "requirements-run.lock", "CHANGELOG.md", "SECURITY.md"):
        shutil.copy(ROOT / name, folder / "tree")
    shutil.copytree(ROOT / "docs", folder / "tree" / "docs")
    build = "from setuptools import build_meta; build_meta.build_sdist('..')"
    subprocess.run([sys.executable, "-c", build], cwd=folder / "tree", capture_output=True, check=True)
    shutil.rmtree(folder / "tree")
    shutil.copy(installed.wheel, folder)
    return folder


# --- What is started, and how it is seen to work --------------------------------------------------


def units(machine: Machine) -> list[Program]:
    """The server and the worker, as their units start them."""
    health = [shlex.split(machine.here(line)) for line in printed("Under systemd")[1].splitlines()]
    lines = (machine.root / "etc" / "environment").read_text().splitlines()
    own = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    environment = {name: shlex.split(value)[0] for name, value in own.items()}
    found = []
    for name, check in zip(("server", "worker"), health, strict=True):
        unit = machine.here((machine.root / "units" / f"corepath-{name}.service").read_text())
        says = dict(re.findall(r"^(\w+)=(.*)$", unit, flags=re.MULTILINE))
        assert says["EnvironmentFile"] == str(machine.root / "etc" / "environment")
        folder = Path(says["WorkingDirectory"])
        program = Program(shlex.split(says["ExecStart"]), folder, environment, check)
        if "ExecStartPre" in says:
            program.before = Program(shlex.split(says["ExecStartPre"]), folder, environment)
        found.append(program)
    return found


def containers(machine: Machine, folder: Path, database: Database) -> list[Program]:
    """The server and the worker, as the compose file starts them, without containers."""
    declared = yaml.safe_load(machine.here((folder / "compose.yaml").read_text()))
    home = re.findall(r"PREFECT_HOME=(\S+)", machine.here((folder / "Dockerfile").read_text()))[0]
    found: dict[str, Program] = {}
    for name in ("server", "deploy", "worker"):
        service = declared["services"][name]
        secrets = machine.root / f"secrets-{name}"
        secrets.mkdir(exist_ok=True)
        for secret in service["secrets"]:
            if isinstance(secret, dict):
                (secrets / secret["target"]).unlink(missing_ok=True)
                (secrets / secret["target"]).symlink_to(folder / "secrets" / secret["source"])
        found[name] = Program(
            ["sh", str(folder / "entrypoint.sh"), *service["command"]],
            Path(service.get("working_dir", machine.root / "srv" / "corepath")),
            service["environment"] | {"SECRETS": str(secrets), "PREFECT_HOME": home},
            service["healthcheck"].get("test", [])[1:],
        )
    # The name and port of another container.
    found["server"].environment |= {
        "PREFECT_SERVER_DATABASE_HOST": "127.0.0.1",
        "PREFECT_SERVER_DATABASE_PORT": str(database.port),
    }
    found["worker"].before = found["deploy"]
    return [found["server"], found["worker"]]


# --- What is done with it --------------------------------------------------------------------------


def publish_by(machine: Machine, service: Service) -> str:
    """Let the deployment `nightly` publish a release of a small topic; give the run's id."""
    folder = machine.root / "srv" / "corepath"
    (folder / "topics").mkdir(exist_ok=True)
    topic = Path(str(_small(folder)["topic"])).rename(folder / "topics" / "ai_chips.toml")
    topic.write_text(topic.read_text().replace('"any"', '"ai_chips"'))
    if not (machine.root / "data").exists():
        shutil.copytree(ROOT / "samples" / "uspto", machine.root / "data")
    settings = {"topic": str(topic), "sources": {"uspto": str(machine.root / "data")}}
    deployment = service.api("deployments/name/refresh/nightly")["id"]
    run = service.api(f"deployments/{deployment}/create_flow_run", {"parameters": {"settings": settings}})[
        "id"
    ]
    state = service.wait_for(run)
    assert state["type"] == "COMPLETED", state["message"]
    return run


def lose(*places: Path) -> None:
    """Remove what a disk held."""
    for place in places:
        if place.is_dir():
            shutil.rmtree(place)
        else:
            place.unlink()


def denied(service: Service) -> bool:
    """Whether the server answers nothing to who knows this secret."""
    try:
        service.api("admin/version")
    except urllib.error.HTTPError as error:
        return error.code == 401
    return False


def secret_of(machine: Machine) -> str:
    text = (machine.root / "etc" / "environment").read_text()
    (secret,) = set(re.findall(r"_AUTH_STRING=(.*)", text))
    return secret


def test_an_installation_by_pip_publishes_the_demo_and_is_upgraded(released: Path, tmp_path: Path) -> None:
    machine = Machine(tmp_path / "machine", tmp_path / "opt")
    (install,) = printed("With pip")[:1]
    folder = shutil.copytree(released, tmp_path / "released")
    assert "corepath 0.1.0" in machine.do(install, folder)
    empty = tmp_path / "empty"
    empty.mkdir()
    assert "Published" in machine.do("/opt/corepath/bin/corepath demo", empty)
    (upgrade,) = printed("Upgrade")
    machine.do(upgrade.replace("NEW", "0.1.0"), folder)
    asked = machine.asked.read_text().splitlines()
    assert [line.split(maxsplit=1)[1] for line in asked] == [
        "stop corepath-worker",
        "restart corepath-server",
        "start corepath-worker",
    ]


def test_the_image_is_built_by_the_commands_of_an_installation() -> None:
    text = (ROOT / "docs" / "deploy" / "Dockerfile").read_text()
    built = re.findall(r"^RUN (.*pip install.*)$", text, flags=re.MULTILINE)
    (install,) = printed("With pip")[:1]
    installs = [line for line in install.splitlines() if "pip install" in line]
    names = [re.sub(r"\S+/(?=requirements|corepath-)", "", line) for line in installs]
    of_image = [re.sub(r"--no-cache-dir |\S+/(?=requirements|corepath-)", "", line) for line in built]
    assert [line.replace("corepath-0.1.0-py3-none-any.whl", "corepath-*.whl") for line in names] == of_image


def test_under_systemd_it_runs_is_backed_up_restored_and_gets_another_secret(
    machine: Machine, released: Path, tmp_path: Path
) -> None:
    folder, srv = shutil.copytree(released, tmp_path / "released"), machine.root / "srv" / "corepath"
    machine.do(printed("With pip")[0].splitlines()[0], folder)
    install, _, command = printed("Under systemd")
    machine.do(install, folder / "corepath-0.1.0")
    assert "systemctl enable --now corepath-server corepath-worker" in machine.asked.read_text()
    place = machine.root / "etc" / "environment"
    place.write_text(machine.here(place.read_text()))
    for program in units(machine):
        machine.start(program)
    secret = secret_of(machine)
    run = publish_by(machine, machine.service(secret))
    assert "all is sound" in machine.do(command, srv)
    (prune,) = re.findall(r"`(corepath prune .*?)`", PAGE.split("## Retention")[1])
    machine.do(prune, srv)

    for block in printed("Back up"):
        if "pg_dump" not in block:
            said = machine.do(block, srv)
    assert "ok     corepath.duckdb" in said, "the last command verifies the backup"

    machine.stop()
    lose(srv / "releases", srv / "topics", srv / "prefect.yaml", srv / ".prefect" / "prefect.db")
    for block in printed("Restore"):
        if "pg_restore" not in block:
            machine.do(block, srv)
    assert len(Releases(srv / "releases", "ai_chips").published()) == 1

    rotate = printed("Rotate the secret")[0]
    machine.do(rotate, srv)
    for program in units(machine):
        machine.start(program)
    assert denied(machine.service(secret))
    service = machine.service(secret_of(machine))
    assert service.run(run)["state"]["type"] == "COMPLETED", "the history is there"
    publish_by(machine, service)
    assert len(Releases(srv / "releases", "ai_chips").published()) == 1, "nothing changed"

    # After 90 days a run is gone.
    machine.stop()
    with contextlib.closing(sqlite3.connect(srv / ".prefect" / "prefect.db")) as connection, connection:
        connection.execute(
            "update flow_run set end_time = datetime(end_time, '-91 days') where id = ?", [run]
        )
        assert connection.total_changes == 1
    server, _ = units(machine)
    server.environment |= {"PREFECT_SERVER_SERVICES_DB_VACUUM_LOOP_SECONDS": "1"}
    machine.start(server)
    _until(lambda: not service.api("flow_runs/filter", {"flow_runs": {"id": {"any_": [run]}}}), 120)


@pytest.mark.skipif(PROGRAMS is None, reason="needs PostgreSQL")
def test_what_containers_run_works_is_backed_up_restored_and_gets_another_password(
    machine: Machine, released: Path, tmp_path: Path
) -> None:
    folder, srv = shutil.copytree(released, tmp_path / "released"), machine.root / "srv" / "corepath"
    (setup,) = printed("In containers")
    machine.do(setup, folder)
    compose = machine.root / "srv" / "compose"
    assert machine.asked.read_text().splitlines()[-1] == "docker compose up --detach --wait"
    (srv / "project").symlink_to(compose / "project")
    secret = (compose / "secrets" / "auth").read_text().strip()
    with postgres((compose / "secrets" / "database_password").read_text().strip()) as database:
        machine.environment |= database.environment
        database_check = yaml.safe_load((compose / "compose.yaml").read_text())["services"]["database"]
        machine.do(shlex.join(database_check["healthcheck"]["test"][1:]), srv)
        for program in containers(machine, compose, database):
            machine.start(program)
        run = publish_by(machine, machine.service(secret))
        said = machine.do("docker compose exec worker corepath versions --topic ai_chips", srv)
        assert str(Releases(srv / "releases", "ai_chips").latest().version) in said

        (srv / "backup").mkdir()
        (dump,) = [block for block in printed("Back up") if "pg_dump" in block]
        machine.do(dump, srv)
        machine.stop()
        machine.do("dropdb prefect && createdb prefect", srv)
        (restore,) = [block for block in printed("Restore") if "pg_restore" in block]
        machine.do(restore, srv)

        for block in printed("Rotate the secret")[1:]:
            machine.do(block, compose)
        before, password = secret, (compose / "secrets" / "database_password").read_text().strip()
        machine.environment["PGPASSWORD"] = password
        machine.do("psql --command 'select 1' prefect", srv)
        for program in containers(machine, compose, database):
            machine.start(program)
        assert denied(machine.service(before))
        service = machine.service((compose / "secrets" / "auth").read_text().strip())
        assert service.run(run)["state"]["type"] == "COMPLETED", "the history is there"
        machine.stop()
