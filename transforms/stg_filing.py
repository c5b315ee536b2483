"""The filings of every publication: its application and its priorities, whichever source tells them.

Never null: publication_number, filing.
Depends by publication_number on: staging.stg_document, staging.stg_priority.
"""

import polars as pl

from corepath.transforms.methods.filing import filing_number


def stg_filing(stg_document: pl.LazyFrame, stg_priority: pl.LazyFrame) -> pl.DataFrame:
    """Give filings one key each, however their sources write the numbers.

    Parameters
    ----------
    stg_document
        One row a publication: publication_number, office, application_number, filing_date.
    stg_priority
        One row a publication x priority: publication_number, priority_office, priority_number,
        priority_date.

    Returns
    -------
    pl.DataFrame
        One row a publication x filing: publication_number, filing (a key that is equal where filings are).

    Examples
    --------
    >>> documents = pl.LazyFrame(
    ...     {"publication_number": ["US-1-A1"], "office": ["US"], "application_number": ["13/657,122"],
    ...      "filing_date": [None]}, schema_overrides={"filing_date": pl.Date})
    >>> priorities = pl.LazyFrame(
    ...     {"publication_number": ["US-1-A1"], "priority_office": ["US"],
    ...      "priority_number": ["201213657122"], "priority_date": [None]},
    ...     schema_overrides={"priority_date": pl.Date})
    >>> stg_filing(documents, priorities).rows()
    [('US-1-A1', 'US 13657122')]
    """
    applications = filing_number(stg_document, "office", "application_number", "filing_date")
    claims = filing_number(stg_priority, "priority_office", "priority_number", "priority_date")
    columns = ("publication_number", "filing")
    return pl.concat([applications.select(columns), claims.select(columns)]).drop_nulls().unique().collect()
