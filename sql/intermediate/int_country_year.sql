-- Families and core families of countries over time, fractional. One row = one country x year, from
-- the first year of the topic to the last: a year without families has a row of zeros.
with counted as (
    select
        country.country,
        year(family.priority_date)::bigint as year,
        sum(country.share::decimal(38, 15))::double as families,
        sum((case when score_rank.is_core then country.share else 0 end)::decimal(38, 15))::double
            as core_families
    from intermediate.int_family_country as country
    inner join intermediate.int_family as family on country.family = family.family
    inner join intermediate.int_score_rank as score_rank on country.family = score_rank.family
    group by country.country, year(family.priority_date)
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
    countries.country,
    years.year,
    coalesce(counted.families, 0) as families,
    coalesce(counted.core_families, 0) as core_families
from countries
cross join years
left join counted on countries.country = counted.country and years.year = counted.year
