"""Prefect as a service on this machine: its server, the deployments of prefect.yaml, a worker.

Run it by `make serve` or `python -m corepath.flows.serve`. Where processes are kept alive by something else
(systemd, Kubernetes), start `prefect server` and `prefect worker` there; prefect.yaml is the same.
"""

import os
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import inf
from pathlib import Path
from typing import Annotated

import typer

from corepath.warehouse.database import exclusive
from corepath.warehouse.errors import Busy, CorepathError, UsageError
from corepath.warehouse.settings import ROOT

HOST = "127.0.0.1"  # nobody else's business: Prefect's server asks for no password
POOL = "corepath"
DEPLOYMENT = "refresh/refresh-sample"
STARTING_SECONDS = 180  # a fresh machine takes 40
STOPPING_SECONDS = 20

app = typer.Typer(add_completion=False, rich_markup_mode="markdown", pretty_exceptions_enable=False)


@dataclass(frozen=True)
class Child:
    """A program of Prefect's that this one started, and where it writes what it says."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path

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
) -> None:
    """Start Prefect's server and a worker on this machine, and deploy what prefect.yaml declares.

    The server keeps its runs, and the children their logs, in the folder `.prefect` of the
    project, or in `PREFECT_HOME`. Ctrl-C or SIGTERM stops everything; a run that is under way is
    stopped too and publishes nothing.

    Exit codes: 0 stopped; 1 the server, the worker or the deployment failed; 2 wrong usage, or the
    port is taken; 5 another service uses the same folder.
    """
    home = Path(os.environ.get("PREFECT_HOME") or ROOT / ".prefect").expanduser().resolve()
    api = f"http://{HOST}:{port}/api"
    # For the children, their children, and the client below.
    os.environ |= {"PREFECT_HOME": str(home), "PREFECT_API_URL": api}
    _stop_on_signals()
    try:
        _require_free(port)
        with exclusive(home / "serve"):
            _serve(port, api, home / "logs")
    except KeyboardInterrupt:
        typer.echo("stopped")
    except Busy:
        _fail(f"another service uses {home}: stop it, or set PREFECT_HOME", Busy.exit_code)
    except CorepathError as error:
        _fail(str(error), error.exit_code)


def _serve(port: int, api: str, logs: Path) -> None:
    logs.mkdir(parents=True, exist_ok=True)
    typer.echo("starting ...")
    with _child(logs, "server", "server", "start", "--host", HOST, "--port", str(port)) as server:
        _prepare(server)
        with (
            _child(logs, "worker", "worker", "start", "--pool", POOL, "--type", "process") as worker,
            _child(logs, "deployment", "--no-prompt", "deploy", "--all") as deployment,
        ):
            _wait(deployment.ended, [server, worker])
            if deployment.process.returncode:
                raise Died(deployment, "failed")
            prefect = shlex.quote(str(Path(sys.executable).with_name("prefect")))
            typer.echo(
                f"Prefect is at http://{HOST}:{port}, its logs are in {logs}; Ctrl-C stops it.\n"
                f"Refresh now: PREFECT_API_URL={api} {prefect} deployment run {DEPLOYMENT}"
            )
            _wait(lambda: False, [server, worker])


@contextmanager
def _child(logs: Path, name: str, *arguments: str) -> Iterator[Child]:
    log = logs / f"{name}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "prefect", *arguments],
            cwd=ROOT,  # where prefect.yaml is
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            # A session of its own: a terminal's Ctrl-C would reach the worker a second time, and
            # on the second time it leaves its runs behind.
            start_new_session=True,
        )
    child = Child(name, process, log)
    try:
        yield child
    finally:
        child.stop()


def _prepare(server: Child) -> None:
    """Wait for the server, bury the runs of a worker that is gone, create the work pool."""
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.actions import WorkPoolCreate
    from prefect.client.schemas.filters import (
        FlowRunFilter,
        FlowRunFilterState,
        FlowRunFilterStateType,
        WorkPoolFilter,
        WorkPoolFilterName,
    )
    from prefect.client.schemas.objects import StateType
    from prefect.states import Crashed

    under_way = FlowRunFilterStateType(any_=[StateType.PENDING, StateType.RUNNING, StateType.CANCELLING])
    with get_client(sync_client=True) as client:
        _wait(lambda: client.api_healthcheck() is None, [server], STARTING_SECONDS)
        # A run that was stopped in its midst says "running" for ever and keeps the one slot of its
        # deployment, so that no other would ever start.
        for run in client.read_flow_runs(
            flow_run_filter=FlowRunFilter(state=FlowRunFilterState(type=under_way)),
            work_pool_filter=WorkPoolFilter(name=WorkPoolFilterName(any_=[POOL])),
        ):
            crashed = Crashed(message="The service was stopped during this run.")
            client.set_flow_run_state(run.id, crashed, force=True)
        # Refresh, rollback, prune and backfill write the same releases: one run at a time of them
        # all. A limit in prefect.yaml is for one deployment alone.
        pool = WorkPoolCreate(name=POOL, type="process", concurrency_limit=1)
        client.create_work_pool(pool, overwrite=True)


def _wait(until: Callable[[], bool], children: list[Child], seconds: float = inf) -> None:
    """Wait for something while the children live."""
    deadline = time.monotonic() + seconds
    while not until():
        for child in children:
            if child.ended():
                raise Died(child, f"ended by itself (exit code {child.process.returncode})")
        if time.monotonic() > deadline:
            raise Died(children[0], f"was not ready after {seconds:.0f} s")
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
