"""What a run leaves for a monitoring system: files in Prometheus' text format, where they are asked for."""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from corepath.flows.logs import name_of
from corepath.flows.progress import phase_of
from corepath.warehouse import metrics
from corepath.warehouse.errors import CorepathError, Refused
from corepath.warehouse.refresh import Outcome, Step
from corepath.warehouse.settings import Settings

log = logging.getLogger("corepath.flow")

T = TypeVar("T")


class Measure:
    """Seconds of each phase of a run, and what it came to."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self.outcome: Outcome | None = None

    def timed(self, step: Step[Any]) -> Step[Any]:
        """Let what runs steps count the seconds of each."""

        def run(name: str, work: Callable[[], T], retries: int) -> T:
            began, phase = time.monotonic(), phase_of(name)
            try:
                return step(name, work, retries)
            finally:
                self.seconds[phase] = self.seconds.get(phase, 0.0) + time.monotonic() - began

        return run


@contextmanager
def measured(settings: Settings) -> Iterator[Measure]:
    """Measure a run, and write its metrics when it has ended, however it did.

    What a run tells of itself is in a file that each run replaces; what it tells of the release, and when
    a run last ended well, in one that stays as it is when a run fails.

    Parameters
    ----------
    settings
        Of the run.

    Yields
    ------
    Measure
        To be filled by the run.
    """
    measure, status = Measure(), "failed"
    try:
        yield measure
        if measure.outcome:
            status = measure.outcome.status
    except Refused:
        status = "refused"
        raise
    finally:
        if settings.metrics:
            try:
                _write(settings.metrics, name_of(settings.topic), measure, status)
            except (OSError, CorepathError) as error:  # what the run came to does not depend on it
                log.warning("the metrics of this run could not be written: %s", error)


def _write(folder: Path, topic: str, measure: Measure, status: str) -> None:
    now = time.time()
    metrics.write(folder, f"corepath-{topic}-run", metrics.of_run(topic, status, now, measure.seconds))
    if measure.outcome:
        samples = [*metrics.of_release(measure.outcome.path), metrics.of_success(topic, now)]
        metrics.write(folder, f"corepath-{topic}", samples)
