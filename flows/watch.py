"""The flow that looks whether raw files came or changed, and starts a refresh when they did."""

import hashlib
import logging
from pathlib import Path
from typing import Any, cast

from prefect import flow
from prefect.deployments import run_deployment
from prefect.events import emit_event
from prefect.variables import Variable

from corepath.flows.form import with_form
from corepath.warehouse import sources
from corepath.warehouse.settings import Settings

log = logging.getLogger("corepath.flow")


@flow(name="watch", persist_result=False)
@with_form
def watch(settings: Settings, deployment: str = "backfill/nightly-sample") -> bool:
    """Start a deployment when the raw files of the sources changed since it was last started.

    Names, sizes and times of the files are compared; nothing is read. A change must look the same twice, one
    look after the other, so that a file which is still being copied is waited for. Each change starts one
    run, whatever becomes of it.

    Parameters
    ----------
    settings
        Which sources, and where they are.
    deployment
        What to run, as flow/deployment.

    Returns
    -------
    bool
        Whether it was started.

    Raises
    ------
    BadInput
        A source has no files, or its folder is not there.
    """
    variable = f"corepath_watch_{hashlib.sha256(deployment.encode()).hexdigest()[:16]}"
    now = _listing(settings.sources)
    known = cast("dict[str, Any]", Variable.get(variable, default={}))
    if now == known.get("started"):
        log.info("no raw file changed")
        return False
    if now != known.get("seen"):
        log.info("raw files changed: %s is started once they look the same at the next look", deployment)
        Variable.set(variable, known | {"seen": now}, overwrite=True)
        return False
    # Noted first: files that make the run fail start it once, not at every look.
    Variable.set(variable, {"seen": now, "started": now}, overwrite=True)
    emit_event(
        event="corepath.source.changed",
        resource={"prefect.resource.id": f"corepath.source.{'-'.join(settings.sources)}"},
        payload={"deployment": deployment},
    )
    run_deployment(deployment, timeout=0, as_subflow=False)
    log.info("raw files changed: %s is started", deployment)
    return True


def _listing(wanted: dict[str, Path]) -> str:
    """Hash names, sizes and times of all files of the sources."""
    lines = []
    for name, path in sorted(wanted.items()):
        for file, place in sources.named(name).find(path):
            state = place.stat()
            lines.append(f"{name}\t{file}\t{state.st_size}\t{state.st_mtime_ns}")
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
