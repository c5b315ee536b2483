-- What trends are fitted to: complete years, from the first with a family on, a century at most:
-- what the fit costs grows with the square of the years.
-- One row = one country or WORLD x series x year.
with counted as (
    select country, year, families, core_families
    from intermediate.int_country_year
    where country <> 'ZZ'
    union all
    select
        'WORLD' as country,
        year,
        sum(families::decimal(38, 15))::double as families,
        sum(core_families::decimal(38, 15))::double as core_families
    from intermediate.int_country_year
    group by year
),

series as (
    select country, 'families' as series, year, families from counted
    union all
    select country, 'core_families' as series, year, core_families as families from counted
),

started as (
    select
        *,
        min(case when families > 0 then year end) over (partition by country, series) as first_year
    from series
)

select started.country, started.series, started.year, started.families
from started
inner join intermediate.int_data_end as data_end on started.year <= data_end.last_complete_year
-- A series without any family keeps all its years.
where
    started.year >= coalesce(started.first_year, started.year)
    and started.year > data_end.last_complete_year - 100
