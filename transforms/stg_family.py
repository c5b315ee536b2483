"""The simple patent family of every publication.

Key: publication_number.
Never null: family_id.
Depends by publication_number on: all rows.
"""

import numpy as np
import polars as pl
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from corepath.transforms.methods.filing import filing_number
from corepath.transforms.methods.order import numbered_in_order


def stg_family(
    stg_document: pl.LazyFrame, stg_priority: pl.LazyFrame, before: pl.LazyFrame | None = None
) -> pl.DataFrame:
    """Group publications into families: by DOCDB number, else by shared filings.

    A publication's filings are its application and its priorities, whichever source tells them.
    Publications that DOCDB numbers are in the family it says; it puts together what has exactly the
    same priorities. Those without a number are joined where they share any filing, directly or
    through others without a number, so that their families can be larger than DOCDB's. Such a
    group goes to the numbered family with which it shares most filings, if it shares any; at par,
    to the first by text. Numbered families stay apart whatever they share.

    Parameters
    ----------
    stg_document
        One row a publication: publication_number, office, application_number, filing_date,
        source_family_id (null where no source numbers it).
    stg_priority
        One row a publication x priority: publication_number, priority_office, priority_number,
        priority_date.
    before
        The table as it was: a family keeps its number while it lives.

    Returns
    -------
    pl.DataFrame
        One row a publication: publication_number; family, a number in the order of family_id,
        by which what is made from here joins; family_id, which marts show; family_basis
        (docdb where the source numbers it, priority where shared filings join it, application where
        it is alone).

    Examples
    --------
    >>> documents = pl.LazyFrame(
    ...     {"publication_number": ["US-1-A1", "US-2-B2", "US-3-B2"], "office": ["US"] * 3,
    ...      "application_number": ["7", "7", "8"], "filing_date": [None] * 3,
    ...      "source_family_id": [None, None, "55"]},
    ...     schema_overrides={"source_family_id": pl.String, "filing_date": pl.Date})
    >>> priorities = pl.LazyFrame(
    ...     {"publication_number": ["US-1-A1"], "priority_office": ["JP"],
    ...      "priority_number": ["9"], "priority_date": [None]},
    ...     schema_overrides={"priority_date": pl.Date})
    >>> for row in stg_family(documents, priorities).drop("family").rows():
    ...     print(*row)
    US-1-A1 US-1-A1 priority
    US-2-B2 US-1-A1 priority
    US-3-B2 55 docdb
    """
    known = stg_document.select(
        "publication_number", family_id="source_family_id", family_basis=pl.lit("docdb")
    ).collect()
    if not known["family_id"].has_nulls():
        return _numbered(known, before)
    del known
    documents = (
        filing_number(stg_document, "office", "application_number", "filing_date")
        .select(
            "publication_number",
            "filing",
            document=pl.int_range(pl.len(), dtype=pl.UInt32),
            known="source_family_id",
        )
        .collect()
    )
    claimed = (
        filing_number(stg_priority, "priority_office", "priority_number", "priority_date")
        .select("publication_number", "filing")
        .drop_nulls()
        .join(documents.lazy().select("publication_number", "document", "known"), on="publication_number")
        .select("document", "known", "filing")
    )
    links = (
        pl.concat([documents.lazy().select("document", "known", "filing").drop_nulls("filing"), claimed])
        # Small codes instead of long texts, or ten million documents would not fit.
        .with_columns(pl.col("filing").cast(pl.Categorical).to_physical())
        .collect()
    )
    documents = documents.drop("filing")
    unnumbered = links.filter(pl.col("known").is_null()).drop("known")
    members = _components(unnumbered["document"], unnumbered["filing"])
    groups = (
        documents.lazy()
        .join(members.lazy(), on="document")
        .group_by("component")
        .agg(eldest=pl.col("publication_number").min(), size=pl.len())
    )
    hosts = (
        unnumbered.lazy()
        .join(members.lazy(), on="document")
        .select("component", "filing")
        .unique()
        .join(links.lazy().drop_nulls("known").select("filing", host="known").unique(), on="filing")
        .group_by("component", "host")
        .agg(shared=pl.len())
        .sort(["shared", "host"], descending=[True, False])
        .unique("component", keep="first", maintain_order=True)
        .select("component", "host")
    )
    basis = (
        pl.when(pl.col("known").is_not_null())
        .then(pl.lit("docdb"))
        .when(pl.col("host").is_not_null() | (pl.col("size") > 1))
        .then(pl.lit("priority"))
        .otherwise(pl.lit("application"))
    )
    return _numbered(
        documents.lazy()
        .join(members.lazy(), on="document", how="left", maintain_order="left")
        .join(groups, on="component", how="left", maintain_order="left")
        .join(hosts, on="component", how="left", maintain_order="left")
        .select(
            "publication_number",
            family_id=pl.coalesce("known", "host", "eldest", "publication_number"),
            family_basis=basis,
        )
        .collect(engine="streaming"),
        before,
    )


def _numbered(publications: pl.DataFrame, before: pl.LazyFrame | None) -> pl.DataFrame:
    """Number the families of publications in order of family_id."""
    ids = publications.select("family_id").unique().sort("family_id")["family_id"]
    known = before.select("family_id", "family").unique().collect() if before is not None else None
    numbers = pl.DataFrame({"family_id": ids, "family": numbered_in_order(ids, known)})
    return publications.join(numbers, on="family_id", maintain_order="left").select(
        "publication_number", "family", "family_id", "family_basis"
    )


def _components(document: pl.Series, filing: pl.Series) -> pl.DataFrame:
    """Number the connected components of documents that share filings: document, component."""
    documents, start = np.unique(document.to_numpy(), return_inverse=True)
    filings, end = np.unique(filing.to_numpy(), return_inverse=True)
    size = len(documents) + len(filings)
    edges = (np.ones(len(start), dtype=np.int8), (start, end + len(documents)))
    component = connected_components(coo_array(edges, shape=(size, size)), directed=False)[1]
    return pl.DataFrame({"document": documents, "component": component[: len(documents)]})
