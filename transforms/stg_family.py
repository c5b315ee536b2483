"""The simple patent family of every publication."""

import numpy as np
import polars as pl
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components


def stg_family(stg_document: pl.LazyFrame, stg_priority: pl.LazyFrame) -> pl.DataFrame:
    """Group publications into families: by DOCDB number, else by shared priorities.

    A publication without a family number joins those that share its application or one of its
    priorities, directly or through others; if one of them has a number, that is the family's.

    Parameters
    ----------
    stg_document
        One row a publication: publication_number, office, application_number, source_family_id.
    stg_priority
        One row a publication x priority: publication_number, priority_office, priority_number.

    Returns
    -------
    pl.DataFrame
        One row a publication: publication_number, family_id, family_basis (docdb where the source
        numbers it, priority where shared priorities join it, application where it is alone).

    Examples
    --------
    >>> documents = pl.LazyFrame(
    ...     {"publication_number": ["US-1-A1", "US-2-B2", "US-3-B2"], "office": ["US"] * 3,
    ...      "application_number": ["7", "7", "8"], "source_family_id": [None, None, "55"]},
    ...     schema_overrides={"source_family_id": pl.String})
    >>> priorities = pl.LazyFrame({"publication_number": ["US-1-A1"], "priority_office": ["JP"],
    ...                            "priority_number": ["9"]})
    >>> for row in stg_family(documents, priorities).rows():
    ...     print(*row)
    US-1-A1 US-1-A1 priority
    US-2-B2 US-1-A1 priority
    US-3-B2 55 docdb
    """
    documents = stg_document.select(
        "publication_number",
        "source_family_id",
        filing=pl.concat_str("office", "application_number", separator=" "),
    ).sort("publication_number").collect()  # fmt: skip
    filings = pl.concat(
        [
            documents.select("publication_number", "filing"),
            stg_priority.select(
                "publication_number",
                filing=pl.concat_str("priority_office", "priority_number", separator=" "),
            ).collect(),
        ]
    ).drop_nulls()
    node = documents.select("publication_number", document=pl.int_range(pl.len()))
    links = filings.join(node, on="publication_number").select(
        "document", pl.col("filing").rank("dense").cast(pl.Int64) - 1
    )
    component = documents.with_columns(
        component=_components(documents.height, links["document"], links["filing"])
    ).with_columns(
        # Publications that DOCDB numbers differently stay apart though they share a priority.
        known=pl.col("source_family_id").min().over("component"),
        alone=pl.len().over("component") == 1,
        eldest=pl.col("publication_number").min().over("component"),
    )
    return component.select(
        "publication_number",
        family_id=pl.coalesce("source_family_id", "known", "eldest"),
        family_basis=pl.when(pl.col("source_family_id").is_not_null())
        .then(pl.lit("docdb"))
        .when(pl.col("alone"))
        .then(pl.lit("application"))
        .otherwise(pl.lit("priority")),
    )


def _components(documents: int, document: pl.Series, filing: pl.Series) -> np.ndarray:
    """Number the connected components of documents that share filings."""
    filings = filing.n_unique()
    size = documents + filings
    edges = (document.to_numpy(), filing.to_numpy() + documents)
    graph = coo_array((np.ones(len(document), dtype=np.int8), edges), shape=(size, size))
    return connected_components(graph, directed=False)[1][:documents]
