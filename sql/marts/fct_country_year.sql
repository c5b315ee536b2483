-- Patent families and key core families of each country by priority year.
-- One row = one country x year, from the topic's first year to its last; a year without families
-- has zeros. The whole topic is in all_families, so that no row is a sum of others.
-- Key: topic, country, year.
-- Refers to: dim_country (country), dim_period (period).
-- Never null: period, is_complete, families, core_families, all_families, all_core_families,
-- cumulative_families, cumulative_core_families.
with compared as (
    select
        *,
        (sum(families::decimal(38, 15)) over (partition by year))::double as all_families,
        (sum(core_families::decimal(38, 15)) over (partition by year))::double
            as all_core_families,
        (sum(families::decimal(38, 15)) over (partition by country order by year))::double
            as cumulative_families,
        (sum(core_families::decimal(38, 15)) over (partition by country order by year))::double
            as cumulative_core_families,
        lag(families) over (partition by country order by year) as families_before,
        lag(core_families) over (partition by country order by year) as core_families_before,
        min(case when families > 0 then year end) over (partition by country) as first_year,
        min_by(families, case when families > 0 then year end) over (partition by country)
            as first_families
    from intermediate.int_country_year
),

-- The unknown, and who has no family in the year, have no rank.
ranked as (
    select
        country,
        year,
        rank() over (partition by year order by round(families, 9) desc) as rank_families,
        rank() over (partition by year order by round(core_families, 9) desc) as rank_core
    from intermediate.int_country_year
    where country <> 'ZZ' and families > 0
)

select
    t.topic, -- Topic of the release
    y.country, -- Country (ISO alpha-2; ZZ unknown)
    y.year, -- Year of earliest priority
    p.period, -- Period of the year
    y.year <= e.last_complete_year
        as is_complete, -- Whether the data reach 18 months beyond its end: all is published then
    y.families, -- Families, fractional
    y.core_families, -- Key core families, fractional
    y.core_families / nullif(y.families, 0) as core_rate, -- Key core families over families
    y.all_families, -- Families of all countries in the year, ZZ too: do not sum over countries
    y.all_core_families, -- Key core families of all countries in the year
    y.families / nullif(y.all_families, 0) as family_share, -- Its share of all families
    y.core_families / nullif(y.all_core_families, 0)
        as core_family_share, -- Its share of all key core families
    r.rank_families::bigint
        as rank_families, -- Rank by families of the year, 1 is most; null without any and for ZZ
    r.rank_core::bigint as rank_core, -- Rank by key core families of the year, 1 is most
    (r.rank_families - r.rank_core)::bigint
        as quality_gap, -- rank_families - rank_core: negative means quantity before quality
    y.families / nullif(y.families_before, 0) - 1
        as growth, -- Families over those of the year before, less 1; null after a year of none
    y.core_families / nullif(y.core_families_before, 0) - 1
        as core_growth, -- The same of key core families
    case
        when y.year > y.first_year and y.families > 0
            then power(y.families / y.first_families, 1.0::double / (y.year - y.first_year)) - 1
    end as compound_growth, -- Mean growth a year since the country's first year with families
    y.cumulative_families, -- Families up to the year, fractional
    y.cumulative_core_families -- Key core families up to the year, fractional
from compared as y
inner join reference.period as p on y.year between p.first_year and p.last_year
left join ranked as r on y.country = r.country and y.year = r.year
cross join intermediate.int_data_end as e
cross join topic.topic as t
