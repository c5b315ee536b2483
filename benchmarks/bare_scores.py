"""Weights, scores and ranks of the study's method (docs/method.md) by bare SQL.

From `intermediate.int_indicator`, `int_cohort` and `int_family_country` on a connection that also
holds `reference` and `topic`: whole columns, one scan of the families for each thing that all of
them decide, and only what that method asks for (cohort of all offices, gaps by its median, min-max,
weighted sum; the other weights and scores beside it). Indicators are counts or shares of which more
is better.
"""

from itertools import combinations

import duckdb
import numpy as np
import polars as pl

from corepath.transforms.int_threshold import int_threshold
from corepath.warehouse.settings import ROOT

# Year and field; what is too small for 30 families takes in neighbours (transforms/cohort.py).
COHORTS = """
create temp table cell as
select year, field, count(*) as families, row_number() over (order by year, field) as cell
from intermediate.int_cohort group by year, field;

create temp table near as
select c.cell, o.cell as other, abs(s.shift) as away, o.field = c.field as is_same,
    o.families
from cell as c
cross join (select unnest([-2, -1, 0, 1, 2]) as shift) as s
inner join cell as o on o.year = c.year + s.shift;

create temp table widened as
with sized as (
    select
        cell,
        sum(families) filter (is_same and away = 0) as n0,
        sum(families) filter (is_same and away <= 1) as n1,
        sum(families) filter (is_same) as n2,
        sum(families) filter (away = 0) as n3,
        sum(families) filter (away <= 1) as n4,
        sum(families) as n5
    from near group by cell
),
closest as (
    select cell, case
        when n0 >= 30 then 0 when n1 >= 30 then 1 when n2 >= 30 then 2
        when n3 >= 30 then 3 when n4 >= 30 then 4 when n5 >= 30 then 5 else 6
    end as step from sized
)
select
    c.cell, s.step,
    dense_rank() over (order by
        s.step, case when s.step < 6 then c.year end, case when s.step < 3 then c.field end
    ) as cohort
from closest as s inner join cell as c using (cell);

create temp table cohort_member as
select distinct w.cohort, n.other as cell
from widened as w
inner join near as n on w.cell = n.cell
where w.step < 6 and n.away <= w.step % 3 and (n.is_same or w.step >= 3)
union all
select distinct w.cohort, c.cell from widened as w cross join cell as c where w.step = 6;
"""


def make(con: duckdb.DuckDBPyConnection, names: list[str]) -> None:
    """Make all tables from int_indicator_coverage to int_score_rank and int_country_core.

    Parameters
    ----------
    con
        Where the tables named above are.
    names
        The indicators that the topic asks for.
    """
    coverage(con, names)
    weights(con, values(con))
    scores(con)
    ranks(con)


def coverage(con: duckdb.DuckDBPyConnection, names: list[str]) -> None:
    """Make int_indicator_coverage, of the named indicators, and int_indicator_choice."""
    columns = ", ".join(
        f"sum(share) filter ({x} is not null) as known_{x}, avg({x}) as mean_{x}, "
        f"median({x}) as median_{x}, avg(({x} = 0)::int) as zero_{x}"
        for x in names
    )
    con.execute(
        "create temp table described as with placed as ("
        "select c.country, c.share, i.* from intermediate.int_indicator as i "
        "inner join intermediate.int_family_country as c using (family) "
        "union all select 'WORLD', 1.0, * from intermediate.int_indicator) "
        f"select country, sum(share) as families, {columns} from placed group by country"
    )
    con.execute(
        "create table intermediate.int_indicator_coverage as "
        + " union all ".join(
            f"select country, '{x}' as indicator, families, coalesce(known_{x}, 0) as known, "
            f"coalesce(known_{x}, 0) / families as coverage, mean_{x} as mean, "
            f"median_{x} as median, zero_{x} as zero_share from described"
            for x in names
        )
    )
    own(con, "int_indicator_choice")


def values(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Make int_indicator_value of the indicators that are covered; give their names in order."""
    names = [
        name
        for (name,) in con.sql(
            "select indicator from intermediate.int_indicator_choice where is_covered order by position"
        ).fetchall()
    ]
    con.execute(COHORTS)
    con.execute(
        f"create temp table placed as select family, cell, cohort, {', '.join(names)} "
        "from intermediate.int_indicator inner join intermediate.int_cohort using (family) "
        "inner join cell using (year, field) inner join widened using (cell)"
    )
    sums = ", ".join(f"sum({x}) as sum_{x}, count({x})::double as count_{x}" for x in names)
    con.execute(f"create temp table cell_sum as select cell, {sums} from placed group by cell")
    totals = ", ".join(f"sum(sum_{x}) as sum_{x}, sum(count_{x}) as count_{x}" for x in names)
    con.execute(
        f"create temp table cohort_sum as select cohort, {totals} "
        "from cohort_member inner join cell_sum using (cell) group by cohort"
    )
    con.execute(f"create temp table whole_sum as select {totals} from cell_sum")
    unknown = ", ".join(f"count(*) - count({x})" for x in names)
    gaps = con.sql(f"select {unknown} from placed").fetchall()[0]
    medians = "".join(f", median({x}) as {x}" for x, n in zip(names, gaps, strict=True) if n)
    some_gap = " or ".join(f"{x} is null" for x in names)
    con.execute(
        f"create temp table cohort_median as select m.cohort{medians} "
        "from cohort_member as m inner join placed as p using (cell) "
        f"where m.cohort in (select cohort from placed where {some_gap}) group by m.cohort"
    )
    con.execute(f"create temp table whole_median as select 1 as one{medians} from placed")
    # Of a cohort that knows none, the mean is that of all.
    related = []
    for x, n in zip(names, gaps, strict=True):
        filled = f"coalesce(p.{x}, m.{x}, w.{x})" if n else f"p.{x}"
        told = f"case when s.count_{x} > 0 then s.%s_{x} else t.%s_{x} end"
        total, count = (told % (figure, figure) for figure in ("sum", "count"))
        related.append(f"case when {total} > 0 then {filled} * {count} / {total} else 0 end as {x}")
    con.execute(
        f"create temp table related as select p.family, {', '.join(related)} "
        "from placed as p inner join cohort_sum as s using (cohort) "
        "left join cohort_median as m using (cohort) "
        "cross join whole_sum as t cross join whole_median as w"
    )
    ends = ", ".join(f"min({x}) as low_{x}, max({x}) as high_{x}" for x in names)
    scaled = ", ".join(
        f"case when high_{x} > low_{x} then ({x} - low_{x}) / (high_{x} - low_{x}) else 0 end as {x}"
        for x in names
    )
    con.execute(
        f"create table intermediate.int_indicator_value as select family, {scaled} "
        f"from related cross join (select {ends} from related)"
    )
    return names


def weights(con: duckdb.DuckDBPyConnection, names: list[str]) -> None:
    """Make int_indicator_weight from one scan for means and one for the rest."""
    table = "intermediate.int_indicator_value"
    means = np.array(con.sql(f"select {', '.join(f'avg({x})' for x in names)} from {table}").fetchall()[0])
    varying = [(x, mean) for x, mean in zip(names, means.tolist(), strict=True) if mean > 0]
    pairs = list(combinations([x for x, _ in varying], 2))
    theil = [
        f"avg(case when {x} > 0 then {x} / {mean!r} * ln({x} / {mean!r}) else 0 end + 1 - {x} / {mean!r})"
        for x, mean in varying
    ]
    spread = [f"stddev_pop({x})" for x, _ in varying]
    correlated = [f"corr({a}, {b})" for a, b in pairs]
    found = con.sql(f"select count(*), {', '.join(theil + spread + correlated)} from {table}")
    m, *numbers = found.fetchall()[0]
    n = len(varying)
    inequality, deviation = np.array(numbers[:n]), np.array(numbers[n : 2 * n])
    r = np.identity(n)
    for (a, b), value in zip(combinations(range(n), 2), numbers[2 * n :], strict=True):
        r[a, b] = r[b, a] = value
    divergence = np.minimum(inequality / np.log(m), 1)
    information = deviation * ((1 - r).sum(axis=1) if n > 1 else 1)
    other = np.argmax(np.abs(r) - 2 * np.identity(n), axis=1)
    sums = ", ".join(f"sum(share * {x})" for x, _ in varying)
    of_countries = np.array(
        con.sql(
            f"select sum(share), {sums} from {table} "
            "inner join intermediate.int_family_country using (family) group by country"
        ).fetchall()
    )
    part = of_countries[:, :1] / m
    z = of_countries[:, 1:] / of_countries[:, :1] / np.array([mean for _, mean in varying])
    between = (part * (z * np.log(z, where=z > 0, out=np.zeros_like(z)) + 1 - z)).sum(axis=0)
    weight = divergence / divergence.sum()
    keep(
        con,
        "frame_of_weights",
        pl.DataFrame(
            {
                "indicator": [x for x, _ in varying],
                "entropy": 1 - divergence,
                "divergence": divergence,
                "weight": weight,
                "entropy_weight": weight,
                "equal_weight": [1 / n] * n,
                "critic_weight": information / information.sum(),
                "between_country_share": (between / inequality).clip(0, 1),
                "correlation": r[np.arange(n), other],
                "correlated_indicator": [varying[k][0] for k in other],
            }
        ),
    )
    con.execute(
        "create table intermediate.int_indicator_weight as "
        "select c.*, w.* exclude (indicator), d.mean, d.zero_share, null::bigint as levels, "
        "case when w.weight is not null then 1 - c.coverage end as imputed_share, "
        "coalesce(w.weight > 0, false) as is_used "
        "from intermediate.int_indicator_choice as c "
        "left join frame_of_weights as w using (indicator) "
        "left join intermediate.int_indicator_coverage as d "
        "on c.indicator = d.indicator and d.country = 'WORLD'"
    )


def scores(con: duckdb.DuckDBPyConnection) -> None:
    """Make int_score, in five ways, then ranks, thresholds and the countries' cores."""
    weighed = con.sql(
        "select indicator, entropy_weight, equal_weight, critic_weight "
        "from intermediate.int_indicator_weight where is_used order by position"
    ).fetchall()
    summed = [" + ".join(f"{row[way]!r} * {row[0]}" for row in weighed) for way in (1, 2, 3)]
    # The largest of an indicator is 1 and its least 0.
    norms = ", ".join(f"sqrt(sum({x} * {x})) as norm_{x}" for x, *_ in weighed)
    distance = [
        " + ".join(f"power({w!r} * ({end.format(x)}) / norm_{x}, 2)" for x, w, *_ in weighed)
        for end in ("1 - {}", "{}")
    ]
    grey = " + ".join(f"{w!r} * 0.5 / (1.5 - {x})" for x, w, *_ in weighed)
    con.execute(
        "create table intermediate.int_score as "
        "with scored as (select family, "
        f"{summed[0]} as entropy, {summed[1]} as equal, {summed[2]} as critic, {grey} as grey, "
        f"sqrt({distance[0]}) as to_best, sqrt({distance[1]}) as to_worst "
        f"from intermediate.int_indicator_value cross join (select {norms} "
        "from intermediate.int_indicator_value)) "
        "select family, 100 * least(entropy, 1) as score, score as entropy_score, "
        "100 * least(equal, 1) as equal_score, 100 * least(critic, 1) as critic_score, "
        "100 * to_worst / (to_best + to_worst) as topsis_score, "
        "100 * least(grey, 1) as grey_score from scored"
    )


def ranks(con: duckdb.DuckDBPyConnection) -> None:
    """Make thresholds, ranks and the cores of countries: corepath's own, for they are small."""
    found = int_threshold(
        *(con.sql(f"from {t}").pl().lazy() for t in ("intermediate.int_score", "topic.topic"))
    )
    keep(con, "intermediate.int_threshold", found)
    own(con, "int_score_rank")
    own(con, "int_country_core")


def own(con: duckdb.DuckDBPyConnection, name: str) -> None:
    """Make a table by corepath's own SELECT."""
    text = (ROOT / "sql" / "intermediate" / f"{name}.sql").read_text(encoding="utf-8")
    con.execute(f"create table intermediate.{name} as {text}")


def keep(con: duckdb.DuckDBPyConnection, name: str, frame: pl.DataFrame) -> None:
    """Write a frame as a table."""
    con.register("frame_to_keep", frame.to_arrow())
    con.execute(f"create table {name} as from frame_to_keep")
    con.unregister("frame_to_keep")
