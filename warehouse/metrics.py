"""Metrics of releases and runs in Prometheus' text format, for a monitoring system to collect.

Format: https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
"""

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from corepath.warehouse.database import opened

# Name and meaning. All are gauges: each release and each run replaces the values of the one before.
_HELP = {
    "corepath_release_info": "1; the label version names the latest release.",
    "corepath_release_published_timestamp_seconds": "When the latest release was published.",
    "corepath_release_rows": "Rows of a table of the latest release.",
    "corepath_source_rows": "Rows of the raw files of a source in the latest release.",
    "corepath_source_rejected_rows": "Rows of a source that were rejected.",
    "corepath_source_references": "References to publications that a source gives.",
    "corepath_source_linked_references": "References of a source that meet a publication that is loaded.",
    "corepath_last_success_timestamp_seconds": "When a run last ended well.",
    "corepath_run_info": "1; the label status says how the last run ended.",
    "corepath_run_success": "1 if the last run ended well, else 0.",
    "corepath_run_end_timestamp_seconds": "When the last run ended.",
    "corepath_run_phase_seconds": "Seconds that the last run took for a phase.",
}


@dataclass(frozen=True)
class Sample:
    """A value with its labels."""

    name: str
    labels: Mapping[str, str]
    value: float


def as_text(samples: Iterable[Sample]) -> str:
    """Write samples in Prometheus' text format, those of a metric together.

    Examples
    --------
    >>> print(as_text([Sample("corepath_run_success", {"topic": 'a"b'}, 1)]), end="")
    # HELP corepath_run_success 1 if the last run ended well, else 0.
    # TYPE corepath_run_success gauge
    corepath_run_success{topic="a\\"b"} 1
    """
    by_name: dict[str, list[Sample]] = {}
    for sample in samples:
        by_name.setdefault(sample.name, []).append(sample)
    lines = []
    for name, found in by_name.items():
        lines += [f"# HELP {name} {_HELP[name]}", f"# TYPE {name} gauge"]
        for sample in found:
            labels = ",".join(f'{label}="{_escaped(value)}"' for label, value in sample.labels.items())
            lines.append(f"{name}{{{labels}}} {sample.value:.15g}")
    return "".join(f"{line}\n" for line in lines)


def _escaped(value: str) -> str:
    return value.replace("\\", r"\\").replace("\n", r"\n").replace('"', r"\"")


def of_release(release: Path) -> Iterator[Sample]:
    """Tell of a release what its own database says.

    Parameters
    ----------
    release
        Its folder.

    Yields
    ------
    Sample
        When it was published, rows of its tables, rows and rejects of its sources, linked references.
    """
    with opened(release) as connection:
        [(topic, version, published, rows)] = connection.sql(
            "select topic, version, published_at, rows from meta.release"
        ).fetchall()
        sources = connection.sql("select source, rows, rejected from meta.source order by source").fetchall()
        references = connection.sql(
            "select source, sum(count) filter (what = 'references') as total, "
            "sum(count) filter (what = 'linked references') as linked "
            "from meta.source_count group by source order by source"
        ).fetchall()
    yield Sample("corepath_release_info", {"topic": topic, "version": version}, 1)
    when = datetime.fromisoformat(published).timestamp()
    yield Sample("corepath_release_published_timestamp_seconds", {"topic": topic}, when)
    for table, count in json.loads(rows).items():
        yield Sample("corepath_release_rows", {"topic": topic, "table": table}, count)
    for source, count, rejected in sources:
        labels = {"topic": topic, "source": source}
        yield Sample("corepath_source_rows", labels, count)
        yield Sample("corepath_source_rejected_rows", labels, rejected)
    for source, total, linked in references:
        labels = {"topic": topic, "source": source}
        yield Sample("corepath_source_references", labels, total or 0)
        yield Sample("corepath_source_linked_references", labels, linked or 0)


def of_success(topic: str, at: float) -> Sample:
    """Tell when a run of a topic ended well, in seconds since 1970."""
    return Sample("corepath_last_success_timestamp_seconds", {"topic": topic}, at)


def of_run(topic: str, status: str, at: float, seconds: Mapping[str, float]) -> Iterator[Sample]:
    """Tell how a run ended.

    Parameters
    ----------
    topic
        Its topic.
    status
        published, unchanged, withdrawn; refused or failed.
    at
        When it ended, in seconds since 1970.
    seconds
        What each phase took.

    Yields
    ------
    Sample
        Of the run.
    """
    yield Sample("corepath_run_info", {"topic": topic, "status": status}, 1)
    yield Sample("corepath_run_success", {"topic": topic}, status not in ("refused", "failed"))
    yield Sample("corepath_run_end_timestamp_seconds", {"topic": topic}, at)
    for phase, took in seconds.items():
        yield Sample("corepath_run_phase_seconds", {"topic": topic, "phase": phase}, took)


def write(folder: Path, name: str, samples: Iterable[Sample]) -> None:
    """Write metrics aside and rename them, so that no collector reads half of them.

    Parameters
    ----------
    folder
        Of the collector; it is made if it is not there.
    name
        Of the file, without its ending .prom.
    samples
        What it is to hold.
    """
    folder.mkdir(parents=True, exist_ok=True)
    aside = folder / f".{name}-{os.getpid()}"  # no .prom: a collector passes over it
    aside.write_text(as_text(samples), encoding="utf-8")
    aside.chmod(0o644)  # the collector runs by another account
    aside.replace(folder / f"{name}.prom")
