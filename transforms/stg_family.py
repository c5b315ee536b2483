"""The simple patent family of every publication.

Key: publication_number.
Never null: family_id.
Depends by publication_number on:
staging.stg_document,
staging.stg_filing,
staging.stg_document > staging.stg_family(publication_number > family_id)
> staging.stg_family(family_id > publication_number),
staging.stg_filing.filing > staging.stg_filing(filing > publication_number)
> staging.stg_family(publication_number > family_id) > staging.stg_family(family_id > publication_number),
staging.stg_document > staging.stg_filing(publication_number > filing)
> staging.stg_filing(filing > publication_number) > staging.stg_family(publication_number > family_id)
> staging.stg_family(family_id > publication_number),
beside staging.stg_filing(publication_number > filing) > staging.stg_filing(filing > publication_number).
"""

import numpy as np
import polars as pl
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from corepath.transforms.methods.order import Crowded, numbered_in_order


def stg_family(
    stg_document: pl.LazyFrame, stg_filing: pl.LazyFrame, before: pl.LazyFrame | None = None
) -> pl.DataFrame:
    """Group publications into families: by DOCDB number, else by shared filings.

    Publications that DOCDB numbers are in the family it says; it puts together what has exactly the
    same priorities. Those without a number are joined where they share any filing, directly or
    through others without a number, so that their families can be larger than DOCDB's. Such a
    group goes to the numbered family with which it shares most filings, if it shares any; at par,
    to the first by text. Numbered families stay apart whatever they share.

    Parameters
    ----------
    stg_document
        One row a publication: publication_number, source_family_id (null where no source numbers
        it).
    stg_filing
        One row a publication x filing, its application or a priority: publication_number, filing.
    before
        The table as it was, where some of its rows are made again: of whole families, and whatever
        shares a filing with these. A family keeps its number while it lives.

    Returns
    -------
    pl.DataFrame
        One row a publication: publication_number; family, a number in the order of family_id,
        by which what is made from here joins; family_id, which marts show; family_basis
        (docdb where the source numbers it, priority where shared filings join it, application where
        it is alone).

    Raises
    ------
    Crowded
        There is no number left for a new family between two that are to stay.

    Examples
    --------
    >>> documents = pl.LazyFrame(
    ...     {"publication_number": ["US-1-A1", "US-2-B2", "US-3-B2"],
    ...      "source_family_id": [None, None, "55"]})
    >>> filings = pl.LazyFrame(
    ...     {"publication_number": ["US-1-A1", "US-2-B2", "US-1-A1", "US-3-B2"],
    ...      "filing": ["US 7", "US 7", "JP 9", "US 8"]})
    >>> for row in stg_family(documents, filings).drop("family").rows():
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
    documents = stg_document.select(
        "publication_number", document=pl.int_range(pl.len(), dtype=pl.UInt32), known="source_family_id"
    ).collect()
    links = (
        stg_filing.join(documents.lazy(), on="publication_number")
        # Small codes instead of long texts, or ten million documents would not fit.
        .select("document", "known", filing=pl.col("filing").cast(pl.Categorical).to_physical())
        .collect()
    )
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
    ids = publications.select("family_id").unique()
    known = (
        before.select("family_id", "family").unique().sort("family_id").collect()
        if before is not None
        else None
    )
    if known is not None:
        ids = pl.concat([ids, known.select("family_id")]).unique()
    ids = ids.sort("family_id")["family_id"]
    numbers = pl.DataFrame({"family_id": ids, "family": numbered_in_order(ids, known)})
    if known is not None and not known.join(numbers, on=["family_id", "family"], how="anti").is_empty():
        raise Crowded
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
