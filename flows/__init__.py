"""Prefect flows and the command line: thin wrappers around warehouse/."""

import logging
import os
from pathlib import Path

from corepath.warehouse.settings import ROOT

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


def declarations() -> Path:
    """Find the file that declares the deployments: the working folder's own, or the one that ships."""
    own = Path("prefect.yaml")
    return own if own.exists() else ROOT / "prefect.yaml"


def stay_in_folder() -> dict[str, str]:
    """Stay in the folder that the worker was started in: the first step of a deployed run (`pull`).

    Prefect hands the environment that a step leaves behind on to the run, and so what is set
    above reaches it however its worker was started.

    Returns
    -------
    dict of str
        The folder as `directory`, where Prefect looks for it.
    """
    return {"directory": str(Path.cwd())}
