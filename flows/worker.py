"""The worker of `make serve`: it runs the deployments of prefect.yaml, as they stand there, and nothing else.

Whoever may speak to Prefect's API can create deployments and set how runs of them are started. A plain
process worker executes whatever they name; this one fails such a run. Start it elsewhere by
`python -m corepath.flows.worker`.
"""

import asyncio
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import anyio.abc
import yaml
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateType,
    WorkPoolFilter,
    WorkPoolFilterName,
)
from prefect.events import emit_event
from prefect.utilities.processutils import setup_signal_handlers_worker
from prefect.workers.process import ProcessJobConfiguration, ProcessWorker, ProcessWorkerResult

from corepath.flows import declarations
from corepath.flows.automations import ALIVE, SEEN

if TYPE_CHECKING:
    from prefect.client.schemas.objects import FlowRun

POOL = "corepath"
# No placeholder: nothing that a deployment or a run says changes how its process is started.
JOB_TEMPLATE = {
    "job_configuration": {"stream_output": True},
    "variables": {"type": "object", "properties": {}},
}


class CorepathWorker(ProcessWorker):
    """A process worker for the deployments of prefect.yaml alone."""

    type = "corepath"
    _display_name = "corepath"
    _description = "Runs the deployments of corepath's prefect.yaml in processes of their own."

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._alive: set[UUID] = set()  # the runs whose processes it started, until these end

    async def sync_with_backend(self) -> None:
        """Synchronize, as every 30 s, and tell the automations which runs there are to watch."""
        await super().sync_with_backend()
        for run in await self.client.read_flow_runs(
            flow_run_filter=FlowRunFilter(
                state=FlowRunFilterState(type=FlowRunFilterStateType(any_=list(SEEN)))
            ),
            work_pool_filter=WorkPoolFilter(name=WorkPoolFilterName(any_=[POOL])),
        ):
            if run.state_type:
                events = SEEN | ALIVE if run.id in self._alive else SEEN
                emit_event(
                    event=events[run.state_type],
                    resource={"prefect.resource.id": f"prefect.flow-run.{run.id}"},
                )

    async def run(
        self,
        flow_run: "FlowRun",
        configuration: ProcessJobConfiguration,
        task_status: "anyio.abc.TaskStatus[int] | None" = None,
    ) -> ProcessWorkerResult:
        """Run a flow run of a declared deployment in a process.

        Parameters
        ----------
        flow_run
            The run.
        configuration
            How to start its process.
        task_status
            Told the process's number once it runs.

        Raises
        ------
        PermissionError
            The run is of no declared deployment, or one that was changed.
        """
        reason = await self._objection(flow_run)
        if reason:
            raise PermissionError(f"{reason}: this worker runs the deployments of prefect.yaml alone")
        configuration.working_dir = Path.cwd()
        self._alive.add(flow_run.id)
        try:
            return await super().run(flow_run, configuration, task_status)
        finally:
            self._alive.remove(flow_run.id)

    async def _objection(self, flow_run: "FlowRun") -> str | None:
        if flow_run.deployment_id is None:
            return "the run belongs to no deployment"
        deployment = await self.client.read_deployment(flow_run.deployment_id)
        entrypoints, pull_steps = declared()
        if deployment.entrypoint not in entrypoints or deployment.pull_steps != pull_steps:
            return f"the deployment {deployment.name!r} is not declared so"
        if flow_run.job_variables or deployment.job_variables:
            return "the run changes how its process is started"
        return None


def declared() -> tuple[set[str], list[dict[str, Any]]]:
    """Give the entry points of the declared deployments, and what is done before each run."""
    project = yaml.safe_load(declarations().read_text(encoding="utf-8"))
    return {deployment["entrypoint"] for deployment in project["deployments"]}, project["pull"]


async def _work() -> None:
    setup_signal_handlers_worker(os.getpid(), "the corepath worker", print)
    worker = CorepathWorker(work_pool_name=POOL, create_pool_if_not_found=False)
    # Whether it still asks for runs, at http://127.0.0.1:<port>/health: for who keeps programs alive.
    await worker.start(printer=print, with_healthcheck="PREFECT_WORKER_WEBSERVER_PORT" in os.environ)


if __name__ == "__main__":
    asyncio.run(_work())
