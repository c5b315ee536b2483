-- Families and core families of countries over time, fractional. One row = one country x year, from
-- the first year of the topic to the last: a year without families has a row of zeros.
with counted as (
    select
        c.country,
        year(f.priority_date)::bigint as year,
        sum(c.share::decimal(38, 15))::double as families,
        sum((case when r.is_core then c.share else 0 end)::decimal(38, 15))::double
            as core_families
    from intermediate.int_family_country as c
    inner join intermediate.int_family as f on c.family = f.family
    inner join intermediate.int_score_rank as r on c.family = r.family
    group by c.country, year(f.priority_date)
),

span as (
    select min(year) as first_year, max(year) as last_year from counted
),

years as (
    select unnest(generate_series(first_year, last_year)) as year from span
),

countries as (
    select distinct country from counted
)

select
    n.country,
    y.year,
    coalesce(c.families, 0) as families,
    coalesce(c.core_families, 0) as core_families
from countries as n
cross join years as y
left join counted as c on n.country = c.country and y.year = c.year
