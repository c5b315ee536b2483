"""A log file for each run, as text or as JSON; of each topic only the newest stay."""

import json
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from corepath.warehouse.errors import CorepathError
from corepath.warehouse.settings import Settings
from corepath.warehouse.topic.files import read

log = logging.getLogger("corepath.flow")


def as_json(record: logging.LogRecord, **more: Any) -> str:
    """Write a record of the log as one line of JSON.

    Parameters
    ----------
    record
        What was logged.
    more
        Further names and values.

    Examples
    --------
    >>> record = logging.LogRecord("corepath.build", logging.INFO, "", 0, "%d rows", (7,), None)
    >>> record.created = 0.5
    >>> as_json(record, run="1")
    '{"time": "1970-01-01T00:00:00.500Z", "level": "INFO", "logger": "corepath.build", "message": "7 rows",
     "run": "1"}'
    """
    written = {
        "time": _time(record),
        "level": record.levelname,
        "logger": record.name,
        "message": record.getMessage(),
    }
    return json.dumps(written | more, ensure_ascii=False)


def as_text(record: logging.LogRecord) -> str:
    """Write a record of the log as text; a line that follows from its message is indented.

    Examples
    --------
    >>> record = logging.LogRecord("corepath.build", logging.WARNING, "", 0, "few rows\\nof few", (), None)
    >>> record.created = 0.5
    >>> print(as_text(record))
    1970-01-01T00:00:00.500Z WARNING corepath.build: few rows
        of few
    """
    lines = record.getMessage().replace("\n", "\n    ")
    return f"{_time(record)} {record.levelname} {record.name}: {lines}"


def _time(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")[:-6] + "Z"


class _Lines(logging.FileHandler):
    """Write records into a file of its own, which is there before this ends."""

    def __init__(self, file: Path, form: str, about: dict[str, str]) -> None:
        super().__init__(file, mode="x", encoding="utf-8")
        self._form, self._about = form, about

    def format(self, record: logging.LogRecord) -> str:
        return as_json(record, **self._about) if self._form == "json" else as_text(record)


def name_of(topic: str) -> str:
    """Name a topic that may be asked for by a path; from that where its file cannot be read.

    Examples
    --------
    >>> name_of("ai_chips:strict"), name_of("data/my topic.toml")
    ('ai_chips_strict', 'my-topic')
    """
    try:
        return read(topic).name
    except CorepathError:
        return re.sub(r"\W+", "-", Path(topic.partition(".toml")[0]).name)


@contextmanager
def run_log(settings: Settings, run_id: str) -> Iterator[None]:
    """Write what a run logs, and how it ended, into a file of its own.

    Parameters
    ----------
    settings
        Of the run: where logs are, their form, and how many to keep.
    run_id
        By what the orchestrator knows the run.
    """
    logger, topic = logging.getLogger("corepath"), name_of(settings.topic)
    handler = _opened(settings, topic, run_id) if settings.keep_logs else None
    if handler is None:
        yield
        return
    logger.addHandler(handler)
    try:
        log.info("%s: run %s begins", topic, run_id)
        yield
        log.info("%s: run %s ended well", topic, run_id)
    except BaseException as error:
        log.error("%s: run %s failed: %s: %s", topic, run_id, type(error).__name__, error)
        raise
    finally:
        logger.removeHandler(handler)
        handler.close()


def _opened(settings: Settings, topic: str, run_id: str) -> _Lines | None:
    """Open the log file of a run; remove the oldest of its topic. A run goes on where neither can be done."""
    folder, now = settings.log_folder, datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # Of nobody else's files.
        of_topic = re.compile(rf"\d{{8}}T\d{{6}}\.\d{{6}}Z-{topic}-[0-9a-f]{{8}}\.(log|jsonl)")
        earlier = sorted(path for path in folder.iterdir() if of_topic.fullmatch(path.name))
        for path in earlier[: max(0, len(earlier) - settings.keep_logs + 1)]:
            path.unlink(missing_ok=True)
        ending = "jsonl" if settings.log_format == "json" else "log"
        about = {"topic": topic, "run": run_id}
        return _Lines(folder / f"{now}-{topic}-{run_id[:8]}.{ending}", settings.log_format, about)
    except OSError as error:
        log.warning("the run has no log file: %s", error)
        return None
