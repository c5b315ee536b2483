"""The refresh of a week: new files that no topic reads, and what it costs beside a refresh of all."""

from collections.abc import Mapping
from pathlib import Path
from statistics import median
from typing import Any

import duckdb

from corepath.warehouse.database import file_pattern, literal

FULL, NOTHING, COMMAND, UNREAD, NEW = (
    "full",
    "nothing changed",
    "nothing changed, by `corepath refresh`",
    "new files that the topic does not read",
    "1 % of files new",
)

# A design is no invention: it selects, classifies and cites nothing, and names nobody here.
_DESIGNS = """
select
    * replace (
        split_part(publication_number, '-', 1) || '-' || split_part(publication_number, '-', 2) || '9-S'
            as publication_number,
        '' as application_number,
        '' as family_id,
        citation[:0] as citation,
        priority_claim[:0] as priority_claim,
        ipc[:0] as ipc,
        cpc[:0] as cpc,
        assignee[:0] as assignee,
        assignee_harmonized[:0] as assignee_harmonized,
        inventor[:0] as inventor,
        inventor_harmonized[:0] as inventor_harmonized
    )
from read_parquet($file)
"""


def write_designs(file: Path, target: Path) -> None:
    """Write the publications of a file of google_patents as designs of other numbers.

    Parameters
    ----------
    file
        The file.
    target
        Where to write as many designs.
    """
    with duckdb.connect() as connection:
        select = _DESIGNS.replace("$file", literal(file_pattern(file)))
        connection.execute(f"copy ({select}) to {literal(target)} (format parquet)")


def summary(report: Mapping[str, Any]) -> dict[str, float]:
    """Give what is asked of a weekly refresh, each the median of the rounds.

    Parameters
    ----------
    report
        What `benchmarks.run.alternate` gave of the four refreshes.

    Returns
    -------
    dict of str to float
        Seconds of a full refresh and of one where nothing changed; shares of a full one, start-up
        aside, of wall and of CPU time; releases that came of files that the topic does not read.

    Examples
    --------
    >>> def refresh(core, staging, status="published"):
    ...     steps = {"load google_patents": [1.0, 1.0], "staging.stg_document": [staging, staging]}
    ...     return {"wall": core + 1.0, "told": {"core": core, "steps": steps, "status": status}}
    >>> steps = [refresh(20.0, 10.0), refresh(0.5, 0.0), refresh(1.0, 0.2, "unchanged"), refresh(6.0, 1.0)]
    >>> found = summary({"rounds": [dict(zip((FULL, NOTHING, UNREAD, NEW), steps))]})
    >>> found["1 % new / full"], found["staging and its validation, 1 % new / full"]
    (0.3, 0.1)
    """
    rounds = report["rounds"]

    def share(step: str, cost: Any) -> float:
        return median(cost(taken[step]) / cost(taken[FULL]) for taken in rounds)

    def core(taken: Mapping[str, Any]) -> float:
        return taken["told"]["core"]

    return {
        "full, s": median(core(taken[FULL]) for taken in rounds),
        "nothing changed, s": median(taken[NOTHING]["wall"] for taken in rounds),
        "1 % new / full": share(NEW, core),
        "1 % new / full, CPU": share(NEW, lambda taken: _spent(taken, 1)),
        "staging and its validation, 1 % new / full": share(NEW, lambda taken: _spent(taken, 0, _staged)),
        "staging and its validation, 1 % new / full, CPU": share(
            NEW, lambda taken: _spent(taken, 1, _staged)
        ),
        "files that the topic does not read / full": share(UNREAD, core),
        "files that the topic does not read / full, CPU": share(UNREAD, lambda taken: _spent(taken, 1)),
        "releases of files that the topic does not read": float(
            sum(taken[UNREAD]["told"]["status"] == "published" for taken in rounds)
        ),
    }


def _staged(step: str) -> bool:
    """Tell whether a step follows the files for all topics."""
    return step == "validate staging" or not step.startswith(
        ("load ", "validate", "publish", "intermediate.", "marts.")
    )


def _spent(taken: Mapping[str, Any], which: int, is_wanted: Any = lambda step: True) -> float:
    """Add up the wall (0) or CPU (1) seconds of steps."""
    return sum(seconds[which] for step, seconds in taken["told"]["steps"].items() if is_wanted(step))
