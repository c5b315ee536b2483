"""New files that no topic reads, for the refresh of a week in which nothing of a topic's was published."""

from pathlib import Path

import duckdb

from corepath.warehouse.database import file_pattern, literal

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
