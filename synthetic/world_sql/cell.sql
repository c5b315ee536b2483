-- How many families are alike in quarter, industry, being core and country: the world's margins are
-- set here, not drawn. One row = one cell; its families are numbered from `first`.
with weights as (
    select
        quarter.quarter,
        country.position as country,
        quarter.volume,
        country.weight * exp(country.growth * (quarter.moment - 2007)) as weight
    from quarter
    cross join country
),

countries as (
    select
        *,
        volume * weight / sum(weight) over (partition by quarter) as families
    from weights
),

industries as (
    select
        countries.quarter,
        countries.country,
        industry.position as industry,
        countries.families * country.shares[1 + industry.position] as families,
        case when industry.is_topic then country.core else 0 end as core
    from countries
    inner join country on countries.country = country.position
    cross join industry
),

shares as (
    select
        quarter,
        industry,
        true as is_core,
        country,
        families * core as families
    from industries
    union all
    select
        quarter,
        industry,
        false as is_core,
        country,
        families * (1 - core) as families
    from industries
),

-- Whole numbers add up alike in any order.
weighed as (
    select
        *,
        round(families * 1e9 / (select max(shares.families) from shares))::hugeint as mass
    from shares
),

summed as (
    select
        *,
        -- Countries in another order each time, so that rounding favours none.
        sum(mass) over (
            order by
                quarter, industry, is_core desc, u(120, (quarter * 16 + industry) * 64 + country)
        ) as upto,
        sum(mass) over () as total
    from weighed
),

counted as (
    select
        quarter,
        industry,
        is_core,
        country,
        ((upto - mass) * getvariable('families') // total)::bigint as first,
        (upto * getvariable('families') // total)::bigint as last
    from summed
)

select
    quarter,
    industry,
    is_core,
    country,
    first,
    last - first as families
from counted
where last > first
order by first
