"""Runs that a worker started wait for their turn, where another one writes."""

import logging
import os
import time
from collections.abc import Callable
from typing import TypeVar

from corepath.warehouse.errors import Busy

log = logging.getLogger("corepath.flow")

T = TypeVar("T")

WAIT_SECONDS = 10


def in_turn(work: Callable[[], T]) -> T:
    """Do what only one run at a time may do.

    The work pool lets in one run at a time, but on PostgreSQL two workers that ask it in the same moment may
    each be given one. The locks of the warehouse and of the releases then decide, and they end with
    the process that holds them. Who calls a flow at a terminal is not made to wait.

    Parameters
    ----------
    work
        What fails at once where another run is at it.

    Raises
    ------
    Busy
        Another run is at it, and no worker started this one.
    """
    while True:
        try:
            return work()
        except Busy as busy:
            if "PREFECT__FLOW_RUN_ID" not in os.environ:  # the worker names the run so
                raise
            log.info("this run waits for its turn: %s", busy)
            time.sleep(WAIT_SECONDS)
