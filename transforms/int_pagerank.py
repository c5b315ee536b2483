"""PageRank of families in the network of citations, if the topic asks for it."""

import polars as pl

from corepath.transforms.methods.pagerank import pagerank


def int_pagerank(
    stg_family_citation: pl.LazyFrame,
    stg_invention: pl.LazyFrame,
    int_family: pl.LazyFrame,
    topic_indicator: pl.LazyFrame,
) -> pl.DataFrame:
    """Rank families by who cites them, and compare each with its year.

    The network has all loaded inventions, in the topic or not, and what else is loaded and cites
    or is cited. Old families have had more time to be cited: PageRank is divided by the mean of
    the network's families that were first published in the same year.

    Parameters
    ----------
    stg_family_citation
        One row a citing x cited family: citing_family, cited_family, citing_publication_date,
        cited_publication_date (null where the cited family is not loaded).
    stg_invention
        One row an invention: family, publication_date.
    int_family
        One row a family of the topic: family.
    topic_indicator
        One row an indicator the topic asks for: indicator.

    Returns
    -------
    pl.DataFrame
        One row a family of the topic: family, pr (1 is the mean of its year). No rows if the
        topic does not ask for pr, or no loaded family cites another.
    """
    nothing = pl.DataFrame(schema={"family": pl.Int64, "pr": pl.Float64})
    if topic_indicator.filter(pl.col("indicator") == "pr").collect().is_empty():
        return nothing
    linked = stg_family_citation.filter(pl.col("cited_publication_date").is_not_null())
    published = [
        frame.select(family=family, year=pl.col(date).dt.year())
        for frame, family, date in (
            (stg_invention, "family", "publication_date"),
            (linked, "citing_family", "citing_publication_date"),
            (linked, "cited_family", "cited_publication_date"),
        )
    ]
    # In order, so that sums do not depend on how the rows came.
    nodes = (
        pl.concat(published)
        .group_by("family")
        .agg(pl.col("year").min())
        .collect(engine="streaming")
        .sort("family")
        .with_row_index("node")
    )
    numbers = nodes.lazy().select("family", "node")
    edges = (
        linked.select("citing_family", "cited_family")
        .join(numbers, left_on="citing_family", right_on="family")
        .join(numbers, left_on="cited_family", right_on="family", suffix="_cited")
        .select("node", "node_cited")
        .collect(engine="streaming")
        .sort("node", "node_cited")
    )
    if edges.is_empty():
        return nothing
    ranks = pagerank(edges["node"].to_numpy(), edges["node_cited"].to_numpy(), nodes.height)
    return (
        nodes.select("family", "year", rank=pl.Series(ranks))
        .with_columns(pr=pl.col("rank") / pl.col("rank").mean().over("year"))
        .join(int_family.select("family").collect(), on="family")
        .select("family", "pr")
    )
