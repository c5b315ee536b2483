"""Families on Spark: what `transforms/stg_family.py` does on one machine, with the components as SQL.

Connected components by alternating large-star and small-star (Kiveris, Lattanzi, Mirrokni, Rastogi,
Vassilvitskii: Connected Components in MapReduce and Beyond, 2014): in O(log² n) rounds each node
points to the least of its component, however long a chain is. Each round is written to the lake, so
that an executor that is lost costs its own work only.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

import polars as pl
import pyarrow as pa

from corepath.transforms.methods.filing import filing_number
from corepath.transforms.methods.order import GAP
from corepath.warehouse.lake.rows import map_rows

# pyspark is an extra, installed in .venv-spark only.
# pyright: reportMissingImports=false

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

# Write a frame, and give it as it was written.
Save = Callable[["DataFrame", str], "DataFrame"]

_FILING = pa.schema([("publication_number", pa.string()), ("filing", pa.string())])


def components(spark: "SparkSession", edges: "DataFrame", save: Save) -> "DataFrame":
    """Find the connected components of a graph.

    Parameters
    ----------
    spark
        The session.
    edges
        Pairs of texts: one, other; a pair may stand twice, or be one with itself.
    save
        How to keep a round.

    Returns
    -------
    DataFrame
        One row a node that is joined to another and not the least of its component: node, component
        (the least node of it).
    """
    edges.createOrReplaceTempView("pair")
    stars = save(
        spark.sql(
            "select distinct greatest(one, other) as node, least(one, other) as component from pair "
            "where one <> other"
        ),
        "round-0",
    )
    before, at = None, 0
    while (now := _content(stars)) != before:
        before, at = now, at + 1
        stars.createOrReplaceTempView("star")
        stars = save(spark.sql(_ROUND), f"round-{at}")
    return stars


# Large star: every greater neighbour of a node comes to point to the least of its neighbours and
# itself. Small star: so do a node and its lesser neighbours. Windows, where joins would read each
# star twice, so that both are one job.
_ROUND = """
with near as (
    select node, component as other from star
    union all
    select component as node, node as other from star
),
least_near as (
    select node, other, least(node, min(other) over (partition by node)) as least_node from near
),
large_star as (
    select other as node, least_node as component from least_near where other > node
),
least_component as (
    select node, component, min(component) over (partition by node) as least_node from large_star
),
small_star as (
    select
        explode(array(
            named_struct('node', node, 'component', least_node),
            named_struct('node', component, 'component', least_node)
        )) as pair
    from least_component
)
select distinct pair.node, pair.component from small_star where pair.node <> pair.component
"""


def _content(stars: "DataFrame") -> tuple[object, ...]:
    """Tell whether two rounds are the same."""
    return tuple(
        stars.selectExpr("count(*)", "sum(cast(xxhash64(node, component) as decimal(38, 0)))").collect()[0]
    )


def filings(spark: "SparkSession", save: Save) -> "DataFrame":
    """Make staging.stg_filing of the views of stg_document and stg_priority; see its function."""
    del save
    documents, priorities = (
        map_rows(spark.sql(sql), _numbered, _FILING)
        for sql in (
            "select publication_number, office, application_number as number, filing_date as day "
            "from staging__stg_document",
            "select publication_number, priority_office as office, priority_number as number, "
            "priority_date as day from staging__stg_priority",
        )
    )
    return documents.union(priorities).where("filing is not null").distinct()


def families(spark: "SparkSession", save: Save) -> "DataFrame":
    """Make staging.stg_family of the views of stg_document and stg_filing; see its function."""
    spark.sql(_LINKS).createOrReplaceTempView("link")
    pairs = spark.sql(
        "select publication_number as one, min(publication_number) over (partition by filing) as other "
        "from link where known is null"
    )
    components(spark, pairs, save).createOrReplaceTempView("joined")
    save(spark.sql(_FAMILIES), "family").createOrReplaceTempView("member")
    return spark.sql(
        "with ids as (select distinct family_id from member), "
        f"numbers as (select family_id, row_number() over (order by family_id) * {GAP}L as family from ids) "
        "select member.publication_number, numbers.family, member.family_id, member.family_basis "
        "from member inner join numbers on member.family_id = numbers.family_id"
    )


def _numbered(batch: pl.LazyFrame) -> pl.LazyFrame:
    return filing_number(batch, "office", "number", "day").select("publication_number", "filing")


_LINKS = """
select filing.publication_number, filing.filing, document.source_family_id as known
from staging__stg_filing as filing inner join staging__stg_document as document
    on filing.publication_number = document.publication_number
"""
_FAMILIES = """
with members as (
    select document.publication_number, coalesce(joined.component, document.publication_number) as component
    from staging__stg_document as document
    left join joined on document.publication_number = joined.node
    where document.source_family_id is null
),
sizes as (
    select component, count(*) as size from members group by component
),
filed as (
    select distinct members.component, link.filing
    from link inner join members on link.publication_number = members.publication_number
),
shared as (
    select filed.component, known.known as host, count(*) as filings
    from filed
    inner join (select distinct filing, known from link where known is not null) as known
        on filed.filing = known.filing
    group by filed.component, known.known
),
hosts as (
    select component, host from shared
    qualify row_number() over (partition by component order by filings desc, host) = 1
)
select
    document.publication_number,
    coalesce(document.source_family_id, hosts.host, members.component) as family_id,
    case
        when document.source_family_id is not null then 'docdb'
        when hosts.host is not null or sizes.size > 1 then 'priority'
        else 'application'
    end as family_basis
from staging__stg_document as document
left join members on document.publication_number = members.publication_number
left join sizes on members.component = sizes.component
left join hosts on members.component = hosts.component
"""
