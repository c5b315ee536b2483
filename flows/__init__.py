"""Prefect flows and the command line: thin wrappers around warehouse/."""

import logging
import os
from pathlib import Path

# Before anything imports Prefect. On a fresh machine its own server takes longer to start than it
# waits by default, and nobody asked to be counted.
os.environ.setdefault("PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS", "180")
os.environ.setdefault("PREFECT_SERVER_ANALYTICS_ENABLED", "false")
os.environ.setdefault("DO_NOT_TRACK", "1")
# So often a run says that it is alive; corepath.flows.automations waits for that.
os.environ.setdefault("PREFECT_FLOWS_HEARTBEAT_FREQUENCY", "30")
# Log records of warehouse/ and transforms/ belong to the task that runs them. Prefect hands them
# on, but leaves it to their owner which ones there are.
os.environ.setdefault("PREFECT_LOGGING_EXTRA_LOGGERS", "corepath")
logging.getLogger("corepath").setLevel(logging.INFO)


def enter_project() -> dict[str, str]:
    """Go to the project's folder: the first step of a deployed run (`pull` in prefect.yaml).

    Prefect hands the environment that a step leaves behind on to the run, and so what is set
    above reaches it however its worker was started.

    Returns
    -------
    dict of str
        The folder as `directory`, where Prefect looks for it.
    """
    project = Path(__file__).resolve().parents[1]
    os.chdir(project)
    return {"directory": str(project)}
