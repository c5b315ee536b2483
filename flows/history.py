"""The flows that go back to a release and that remove old ones, for who works through Prefect."""

from prefect import flow
from prefect.artifacts import create_markdown_artifact

from corepath.flows.form import with_form
from corepath.flows.refresh import emit, linked
from corepath.flows.turns import in_turn
from corepath.warehouse.database import reading
from corepath.warehouse.release import history
from corepath.warehouse.release import repository as release
from corepath.warehouse.release.summary import summarise
from corepath.warehouse.settings import Settings
from corepath.warehouse.topic.files import read


@flow(name="rollback", persist_result=False)
@with_form
def rollback(settings: Settings, version: str, why: str | None = None) -> None:
    """Point `latest` to another release of the topic; nothing is built.

    Parameters
    ----------
    settings
        The topic, and where its releases are.
    version
        The release that becomes the latest, such as 2026.11.0.
    why
        A reason, for versions.json.
    """
    releases = _releases(settings)
    with reading(settings) as connection:
        in_turn(lambda: history.rollback(connection, releases, version, why))
    where = f"{releases.place}/{version}"
    create_markdown_artifact(
        key="release-report",
        markdown=f"{linked(where)}\n\n{summarise(releases.path(version), where)}",
        description=version,
    )
    emit("rolled-back", f"{releases.folder.name}.{version}", {"why": why})


@flow(name="prune", persist_result=False)
@with_form
def prune(settings: Settings, keep: int) -> list[release.Attempt]:
    """Remove the topic's releases beyond the last ones, those that are pinned and the latest.

    Parameters
    ----------
    settings
        The topic, and where its releases are.
    keep
        How many of the last to keep, at least 1.

    Returns
    -------
    list of Attempt
        The tombstones.
    """
    releases = _releases(settings)
    gone = in_turn(lambda: history.prune(releases, keep))
    for attempt in gone:
        emit("pruned", f"{releases.folder.name}.{attempt.version}", {"rows": attempt.rows})
    return gone


def _releases(settings: Settings) -> release.Releases:
    return release.at(settings.releases, read(settings.topic).name)
