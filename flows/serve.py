"""Prefect as a service on this machine: its server, the deployments of prefect.yaml, a worker.

Run it by `corepath serve`, `make serve` or `python -m corepath.flows.serve`. Where processes are kept
alive by something else (systemd, containers), docs/operations.md says what to start there.
"""

import json
import os
import secrets
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from math import inf
from pathlib import Path
from typing import Annotated

import typer
import yaml

from corepath.flows import declarations
from corepath.warehouse.database import exclusive
from corepath.warehouse.errors import Busy, CorepathError, Unavailable, UsageError
from corepath.warehouse.settings import ALLOWED_FOLDERS

HOST = "127.0.0.1"
AUTH = "auth"  # of PREFECT_HOME
STARTING_SECONDS = 400  # a fresh machine takes 40, one that is busy ten times as long
STOPPING_SECONDS = 20
# A log that is longer is set aside at the next start.
LOG_BYTES = 10_000_000
# A child that dies so often within so many seconds is not started again.
DEATHS, DEATHS_SECONDS = 5, 120

app = typer.Typer(add_completion=False, rich_markup_mode="markdown", pretty_exceptions_enable=False)


@dataclass(frozen=True)
class Child:
    """A program that this one started, and where it writes what it says."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path
    command: tuple[str, ...]

    def ended(self) -> bool:
        """Whether it is over."""
        return self.process.poll() is not None

    def stop(self) -> None:
        """Ask it to end; if it will not, end it and what it started."""
        self.process.terminate()
        try:
            self.process.wait(STOPPING_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


class Died(CorepathError):
    """A child ended by itself, or did not get ready."""

    def __init__(self, child: Child, what: str) -> None:
        lines = child.log.read_text(errors="replace").splitlines()
        super().__init__("\n".join([f"the {child.name} {what}; {child.log} ends:", *lines[-20:]]))


@app.command()
def serve(
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port of the server and its pages.")] = 4200,
    only_deploy: Annotated[
        bool,
        typer.Option(
            "--only-deploy",
            help="Only create the work pool and automations, and deploy, on the server of PREFECT_API_URL.",
        ),
    ] = False,
) -> None:
    """Start Prefect's server and a worker on this machine, and deploy what prefect.yaml declares.

    It works in the current folder: paths of deployments are relative to it, and a `prefect.yaml` there
    replaces the one that ships. The server keeps its runs, and the children their logs, in its folder
    `.prefect`, or in `PREFECT_HOME`. Ctrl-C or SIGTERM stops everything; a run that is under way is
    stopped too and publishes nothing. A server or worker that dies is started again.

    The server answers only who knows the text in the file `auth` of that folder, which is made at
    the first start and which only its owner can read. Runs may read and write below the current
    folder, or below the folders that `COREPATH_ALLOWED_FOLDERS` lists.

    Exit codes: 0 stopped; 1 the server, the worker or the deployment failed; 2 wrong usage, or the
    port is taken; 5 another service uses the same folder; 6 with --only-deploy, the server does not answer.
    """
    if only_deploy:
        try:
            _prepare([])
        except Unavailable as error:
            _fail(str(error), error.exit_code)
        raise typer.Exit(subprocess.run([sys.executable, "-m", *_deploy()], check=False).returncode)
    home = Path(os.environ.get("PREFECT_HOME") or ".prefect").expanduser().resolve()
    api = f"http://{HOST}:{port}/api"
    secret = _secret(home)
    # For the children, their children, and the client below.
    os.environ |= {
        "PREFECT_HOME": str(home),
        "PREFECT_API_URL": api,
        "PREFECT_SERVER_API_AUTH_STRING": secret,
        "PREFECT_API_AUTH_STRING": secret,
        # A page of another origin may not even read an answer.
        "PREFECT_SERVER_CORS_ALLOWED_ORIGINS": f"http://{HOST}:{port}",
        "PREFECT_SERVER_EVENTS_CAUSAL_ORDERING": "corepath.flows.ordering",
    }
    os.environ.setdefault(ALLOWED_FOLDERS, json.dumps([str(Path.cwd())]))
    # Runs, too, and not only events, are removed from Prefect's database, after 90 days.
    os.environ.setdefault("PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED", "events,flow_runs")
    _stop_on_signals()
    try:
        _require_free(port)
        with exclusive(home / "serve"):
            _serve(port, api, home)
    except KeyboardInterrupt:
        typer.echo("stopped")
    except Busy:
        _fail(f"another service uses {home}: stop it, or set PREFECT_HOME", Busy.exit_code)
    except CorepathError as error:
        _fail(str(error), error.exit_code)


def _serve(port: int, api: str, home: Path) -> None:
    logs = home / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    typer.echo("starting ...")
    with ExitStack() as children:
        server = _start(logs, "server", "prefect", "server", "start", "--host", HOST, "--port", str(port))
        children.callback(lambda: server.stop())
        _prepare([server])
        worker = _start(logs, "worker", "corepath.flows.worker")
        children.callback(lambda: worker.stop())
        deployment = _start(logs, "deployment", *_deploy())
        children.callback(deployment.stop)
        _wait(deployment.ended, [server, worker])
        if deployment.process.returncode:
            raise Died(deployment, "failed")
        prefect = f"{shlex.quote(sys.executable)} -m prefect"
        auth = shlex.quote(str(home / AUTH))
        first = yaml.safe_load(declarations().read_text(encoding="utf-8"))["deployments"][0]
        name = shlex.quote(f"{first['entrypoint'].rpartition('.')[2]}/{first['name']}")
        typer.echo(
            f"Prefect is at http://{HOST}:{port}; sign in with the text in {auth}. Its logs are in {logs}; "
            "Ctrl-C stops it.\n"
            f'Refresh now: PREFECT_API_URL={api} PREFECT_API_AUTH_STRING="$(cat {auth})" '
            f"{prefect} deployment run {name}"
        )
        deaths: list[float] = []
        while True:
            time.sleep(0.5)
            if server.ended():
                server = _again(server, deaths)
            if worker.ended():
                worker = _again(worker, deaths)


def _deploy() -> tuple[str, ...]:
    """Name the module, and its arguments, that sends the declared deployments to the server."""
    return ("prefect", "--no-prompt", "deploy", "--all", "--prefect-file", str(declarations()))


def _again(child: Child, deaths: list[float]) -> Child:
    """Start a child again that died, unless it does so time after time."""
    now = time.monotonic()
    deaths[:] = [death for death in deaths if now - death < DEATHS_SECONDS] + [now]
    code = child.process.returncode
    if len(deaths) >= DEATHS:
        raise Died(child, f"ended by itself (exit code {code}), {DEATHS} times in {DEATHS_SECONDS} s")
    typer.echo(f"the {child.name} ended by itself (exit code {code}); it is started again", err=True)
    return _start(child.log.parent, child.name, *child.command)


def _secret(home: Path) -> str:
    """Read what the server asks of its clients; made at the first start, for its owner's eyes."""
    home.mkdir(parents=True, exist_ok=True)
    path = home / AUTH
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        if path.stat().st_mode & 0o077:
            raise UsageError(
                f"{path} can be read by others: chmod 600 it, or remove it for a new one"
            ) from None
        return path.read_text(encoding="utf-8").strip()
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(f"corepath:{secrets.token_urlsafe(32)}\n")
    return path.read_text(encoding="utf-8").strip()


def _start(logs: Path, name: str, *command: str) -> Child:
    log = logs / f"{name}.log"
    if log.exists() and log.stat().st_size > LOG_BYTES:
        log.replace(logs / f"{name}.log.1")
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", *command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            # A session of its own: a terminal's Ctrl-C would reach the worker a second time, and
            # on the second time it leaves its runs behind.
            start_new_session=True,
        )
    return Child(name, process, log, command)


def _prepare(children: list[Child]) -> None:
    """Wait for the server, create the work pool and apply the automations."""
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.actions import WorkPoolCreate

    from corepath.flows import automations
    from corepath.flows.worker import JOB_TEMPLATE, POOL, CorepathWorker

    with get_client(sync_client=True) as client:
        _wait(lambda: client.api_healthcheck() is None, children, STARTING_SECONDS)
        # Refresh, rollback, prune and backfill write the same releases: one run at a time of them
        # all. A limit in prefect.yaml is for one deployment alone.
        pool = WorkPoolCreate(
            name=POOL, type=CorepathWorker.type, concurrency_limit=1, base_job_template=JOB_TEMPLATE
        )
        client.create_work_pool(pool, overwrite=True)
    automations.apply()


def _wait(until: Callable[[], bool], children: list[Child], seconds: float = inf) -> None:
    """Wait for something while the children live."""
    deadline = time.monotonic() + seconds
    while not until():
        for child in children:
            if child.ended():
                raise Died(child, f"ended by itself (exit code {child.process.returncode})")
        if time.monotonic() > deadline:
            late = f"was not ready after {seconds:.0f} s"
            raise (
                Died(children[0], late) if children else Unavailable(f"the server of PREFECT_API_URL {late}")
            )
        time.sleep(0.3)


def _require_free(port: int) -> None:
    with socket.socket() as probe:
        # As the server does: a port that was closed a moment ago is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise UsageError(f"port {port} of {HOST}: {error.strerror}; try --port") from None


def _stop_on_signals() -> None:
    """Let every wish to stop act as Ctrl-C, once: what follows must not disturb the stopping."""
    signals = [signal.SIGINT, signal.SIGTERM]
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # nohup
        signals.append(signal.SIGHUP)

    def stop(*_: object) -> None:
        for number in signals:
            signal.signal(number, signal.SIG_IGN)
        raise KeyboardInterrupt

    # SIGINT too: behind `&` a shell ignores it, and the worker, which turns TERM into INT, would
    # inherit that and never stop.
    for number in signals:
        signal.signal(number, stop)


def _fail(message: str, code: int) -> None:
    typer.secho(f"corepath: {message}", fg="red", err=True)
    raise typer.Exit(code)


if __name__ == "__main__":
    app(prog_name="python -m corepath.flows.serve")
