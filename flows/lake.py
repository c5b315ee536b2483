"""The flows whose world's side runs on Apache Spark: stage a lake, refresh a topic from one."""

import uuid
from functools import partial
from typing import TYPE_CHECKING, Any

from prefect import flow
from prefect.artifacts import create_table_artifact
from prefect.runtime import flow_run

import corepath.flows  # noqa: F401  Prefect may load this file by its path, without the package
from corepath.flows.form import with_form
from corepath.flows.logs import run_log
from corepath.flows.metrics import measured
from corepath.flows.refresh import as_task, published_by
from corepath.warehouse.errors import UsageError
from corepath.warehouse.refresh import Outcome
from corepath.warehouse.settings import Cluster, Settings

if TYPE_CHECKING:
    from corepath.warehouse.cluster import Staged


def _jobs() -> Any:
    """Import the jobs, which need what only the extra brings."""
    try:
        from corepath.warehouse import cluster
    except ImportError as error:
        raise UsageError(
            f"what Apache Spark needs is not installed here ({error.name}): pip install 'corepath[spark]', "
            "with Java 17"
        ) from error
    return cluster


@flow(name="stage", validate_parameters=True, persist_result=False)
@with_form
def stage(settings: Settings, cluster: Cluster) -> "Staged":
    """Bring a lake up to date with the dumps, and validate it; one task a table.

    Parameters
    ----------
    settings
        The sources and their dumps.
    cluster
        The lake, and Spark's master.
    """
    staged: Staged = _jobs().stage(settings, cluster, as_task)
    create_table_artifact(
        key="lake",
        table=[{"table": name, "rows": rows} for name, rows in staged.rows.items()],
        description=f"Rows of the tables in {staged.place}",
    )
    return staged


@flow(name="refresh-on-lake", validate_parameters=True, persist_result=False)
@with_form
def refresh_on_lake(settings: Settings, cluster: Cluster) -> Outcome:
    """Build, validate and publish a release of a topic from a lake; the world's side runs on Spark.

    Parameters
    ----------
    settings
        The topic, and where the releases go; the sources are those of the lake.
    cluster
        The lake, and Spark's master.
    """
    run_id = flow_run.get_id() or str(uuid.uuid4())
    with run_log(settings, run_id), measured(settings) as measure:
        job = partial(_jobs().refresh, cluster=cluster)
        measure.outcome = published_by(job, settings, measure, run_id)
    return measure.outcome
