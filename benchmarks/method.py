"""Indicators, weights, scores and ranks of a topic by one bare DuckDB script.

`python -m benchmarks.method WAREHOUSE TOPIC OUT` reads the staging tables that a refresh has kept,
and makes the same numbers as its steps SUMS, by hand. What both start from (the topic's families,
their classes and countries) is made before the clock starts. OUT gets `scores.parquet`,
`weights.parquet`, and `bare.json`: wall and CPU seconds by part.
"""

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from time import perf_counter, process_time

import duckdb

from benchmarks import bare_scores
from benchmarks.floor import derive
from corepath.warehouse.build.graph import discover
from corepath.warehouse.build.inputs import read_reference, write_topic
from corepath.warehouse.topic import files as topics

# Known in a world of google_patents, whatever its topic.
INDICATORS = ["fc_5", "bc", "npl", "fs", "tri", "pct", "sc", "mg", "inv", "app", "conv", "xsec"]
# The steps of corepath that make the same, and those of the bootstrap.
SUMS = [
    f"intermediate.{name}"
    for name in (
        "int_forward",
        "int_citation_profile",
        "int_scope",
        "int_generality",
        "int_originality",
        "int_cycle_time",
        "int_novelty",
        "int_disruption",
        "int_pagerank",
        "int_indicator",
        "int_cohort",
        "int_indicator_coverage",
        "int_indicator_choice",
        "int_indicator_value",
        "int_indicator_weight",
        "int_score",
        "int_threshold",
        "int_score_rank",
        "int_country_core",
    )
]
BOOTSTRAP = [
    f"intermediate.{name}"
    for name in (
        "int_stability_part",
        "int_stability",
        "int_family_stability",
        "int_family_rank",
        "int_country_stability",
        "int_country_interval",
        "int_indicator_stability",
    )
]

_SQL = """
create table intermediate.int_indicator as
with last as (select max(publication_date) as day from staging.stg_document),
recorded as (
    select bool_or(is_pct) as has_pct, bool_or(is_triadic) as has_triadic
    from staging.stg_invention
),
forward as (
    select f.family, count(*) as fc_5
    from intermediate.int_family as f
    inner join staging.stg_family_citation as c on f.family = c.cited_family
    where c.citing_publication_date > f.publication_date
        and c.citing_publication_date <= f.publication_date + interval 5 year
    group by f.family
),
backward as (
    select citing_family as family, count(*) as bc from staging.stg_family_citation group by all
),
subclasses as (
    select
        family, subclass, count(main_group) as main_groups,
        greatest(count(main_group), 1) as codes
    from intermediate.int_family_group group by family, subclass
),
scope as (
    select
        family,
        count(*)::double as sc,
        nullif(sum(main_groups), 0)::double as mg,
        1 - sum(codes * codes) / power(sum(codes), 2) as conv,
        (count(distinct subclass[1]) - 1)::double as xsec
    from subclasses group by family
),
applicants as (
    select family, count(distinct corporate_group) as app
    from intermediate.int_family_applicant
    where organisation_type <> 'INDIVIDUAL'
    group by family
)
select
    f.family,
    case when f.publication_date + interval 5 year <= l.day then coalesce(w.fc_5, 0)::double end
        as fc_5,
    case when f.has_patent_citations then coalesce(b.bc, 0)::double end as bc,
    f.npl_citation_count::double as npl,
    f.office_count::double as fs,
    case when r.has_triadic and f.office_count is not null then f.is_triadic end::double as tri,
    case when r.has_pct and f.office_count is not null then f.is_pct end::double as pct,
    s.sc, s.mg,
    f.inventor_count::double as inv,
    a.app::double as app,
    s.conv, s.xsec
from intermediate.int_family as f
left join forward as w using (family)
left join backward as b using (family)
left join scope as s using (family)
left join applicants as a using (family)
cross join last as l
cross join recorded as r
"""


def main(arguments: list[str] | None = None) -> None:
    """Make the tables, and write down the seconds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("warehouse", type=Path)
    parser.add_argument("topic")
    parser.add_argument("out", type=Path)
    parser.add_argument("--memory", default="4GB")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args(arguments)
    settings = {
        "memory_limit": options.memory,
        "threads": options.threads,
        "temp_directory": str(options.out / "bare.tmp"),
    }
    with duckdb.connect(config=settings) as con:
        con.execute(f"attach '{options.warehouse}' as warehouse (read_only)")
        con.execute("set search_path = 'memory.main,warehouse.staging'")
        read_reference(con)
        write_topic(con, topics.read(options.topic), None)
        con.execute("create schema intermediate")
        tables = discover(["google_patents"])
        for name in ("int_family", "int_family_code", "int_family_group", "int_family_country"):
            derive(con, tables, f"intermediate.{name}")
        steps = bare(con)
        for name, table in (
            ("scores", "int_score inner join intermediate.int_family using (family)"),
            ("weights", "int_indicator_weight"),
        ):
            con.execute(f"copy (from intermediate.{table}) to '{options.out / name}.parquet'")
    (options.out / "bare.json").write_text(json.dumps({"steps": steps}, indent=1))


def bare(con: duckdb.DuckDBPyConnection) -> dict[str, list[float]]:
    """Make indicators, weights, scores and ranks; give wall and CPU seconds by part."""
    steps = {}

    def timed(name: str, work: Callable[[], object]) -> None:
        started, used = perf_counter(), process_time()
        work()
        steps[name] = [perf_counter() - started, process_time() - used]

    timed("indicators", lambda: con.execute(_SQL))
    timed("cohorts", lambda: bare_scores.own(con, "int_cohort"))
    timed("coverage", lambda: bare_scores.coverage(con, INDICATORS))
    names: list[str] = []
    timed("values", lambda: names.extend(bare_scores.values(con)))
    timed("weights", lambda: bare_scores.weights(con, names))
    timed("scores", lambda: bare_scores.scores(con))
    timed("ranks", lambda: bare_scores.ranks(con))
    return steps


def differences(release: Path, out: Path) -> list[str]:
    """Tell where the scores or weights of a release and of the bare script differ by over 1e-9.

    Examples
    --------
    >>> differences(Path("absent"), Path("absent"))
    Traceback (most recent call last):
    ...
    FileNotFoundError: absent/scores.parquet
    """
    found = []
    for name, mart, key, columns in (
        (
            "scores",
            "fct_patent",
            "family_id",
            ["score", "equal_score", "critic_score", "topsis_score", "grey_score"],
        ),
        (
            "weights",
            "fct_indicator_weight",
            "indicator",
            ["weight", "equal_weight", "critic_weight", "between_country_share", "correlation"],
        ),
    ):
        if not (out / f"{name}.parquet").exists():
            raise FileNotFoundError(out / f"{name}.parquet")
        for column in columns:
            (differing,) = duckdb.execute(
                f"select count(*) from '{release / mart}.parquet' as a "
                f"full join '{out / name}.parquet' as b using ({key}) "
                f"where (a.{column} is null) <> (b.{column} is null) "
                f"or abs(a.{column} - b.{column}) > 1e-9 * greatest(1, abs(a.{column}))"
            ).fetchall()[0]
            if differing:
                found.append(f"{mart}.{column}: {differing} rows differ")
    return found


if __name__ == "__main__":
    main()
