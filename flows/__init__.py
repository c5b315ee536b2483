"""Prefect flows and the command line: thin wrappers around warehouse/."""

import os

# Before anything imports Prefect. On a fresh machine its own server takes longer to start than it
# waits by default, and nobody asked to be counted.
os.environ.setdefault("PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS", "180")
os.environ.setdefault("PREFECT_SERVER_ANALYTICS_ENABLED", "false")
os.environ.setdefault("DO_NOT_TRACK", "1")
# Log records of warehouse/ and transforms/ belong to the task that runs them.
os.environ.setdefault("PREFECT_LOGGING_EXTRA_LOGGERS", "corepath")
