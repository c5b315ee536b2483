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
    topic.topic, -- Topic of the release
    compared.country, -- Country (ISO alpha-2; ZZ unknown)
    compared.year, -- Year of earliest priority
    own_period.period, -- Period of the year
    compared.year <= data_end.last_complete_year
        as is_complete, -- Whether the data reach 18 months beyond its end: all is published then
    compared.families, -- Families, fractional
    compared.core_families, -- Key core families, fractional
    compared.core_families / nullif(compared.families, 0) as core_rate, -- Key core families over families
    compared.all_families, -- Families of all countries in the year, ZZ too: do not sum over countries
    compared.all_core_families, -- Key core families of all countries in the year
    compared.families / nullif(compared.all_families, 0) as family_share, -- Its share of all families
    compared.core_families / nullif(compared.all_core_families, 0)
        as core_family_share, -- Its share of all key core families
    ranked.rank_families::bigint
        as rank_families, -- Rank by families of the year, 1 is most; null without any and for ZZ
    ranked.rank_core::bigint as rank_core, -- Rank by key core families of the year, 1 is most
    (ranked.rank_families - ranked.rank_core)::bigint
        as quality_gap, -- rank_families - rank_core: negative means quantity before quality
    compared.families / nullif(compared.families_before, 0) - 1
        as growth, -- Families over those of the year before, less 1; null after a year of none
    compared.core_families / nullif(compared.core_families_before, 0) - 1
        as core_growth, -- The same of key core families
    case
        when compared.year > compared.first_year and compared.families > 0
            then
                power(
                    compared.families / compared.first_families,
                    1.0::double / (compared.year - compared.first_year)
                )
                - 1
    end as compound_growth, -- Mean growth a year since the country's first year with families
    compared.cumulative_families, -- Families up to the year, fractional
    compared.cumulative_core_families -- Key core families up to the year, fractional
from compared
inner join reference.period as own_period
    on compared.year between own_period.first_year and own_period.last_year
left join ranked on compared.country = ranked.country and compared.year = ranked.year
cross join intermediate.int_data_end as data_end
cross join topic.topic
