-- Countries ranked by all their families and by their key core families, at several thresholds.
-- One row = one threshold x country with a family; unknown countries are left out.
-- Key: topic, threshold, country.
with totals as (
    select
        *,
        (sum(families::decimal(38, 15)) over (partition by threshold))::double as all_families,
        (sum(core_families::decimal(38, 15)) over (partition by threshold))::double
            as all_core_families,
        core_families / families as rate,
        -- z of a 95 % interval, squared, over n
        3.841458820694124::double / families as z2n
    from intermediate.int_country_core
)

select
    t.topic, -- Topic of the release
    c.threshold, -- Best share of the topic that counts as core, 0 to 1
    c.country, -- Applicant country (ISO alpha-2)
    c.families, -- Families, fractional
    c.core_families, -- Key core families at the threshold, fractional
    rank() over (
        partition by c.threshold order by round(c.families, 9) desc
    )::bigint as rank_families, -- Rank by families, 1 is most
    rank() over (
        partition by c.threshold order by round(c.core_families, 9) desc
    )::bigint as rank_core, -- Rank by key core families, 1 is most
    (
        rank() over (partition by c.threshold order by round(c.families, 9) desc)
        - rank() over (partition by c.threshold order by round(c.core_families, 9) desc)
    )::bigint as quality_gap, -- rank_families - rank_core: negative means quantity before quality
    c.rate as core_rate, -- Key core families over families
    (c.rate + c.z2n / 2 - sqrt(c.z2n * (c.rate * (1 - c.rate) + c.z2n / 4))) / (1 + c.z2n)
        as core_rate_lower, -- Lower end of its 95 % Wilson interval
    (c.rate + c.z2n / 2 + sqrt(c.z2n * (c.rate * (1 - c.rate) + c.z2n / 4))) / (1 + c.z2n)
        as core_rate_upper, -- Upper end of its 95 % Wilson interval
    (c.core_families / nullif(c.all_core_families, 0)) / (c.families / c.all_families)
        as location_quotient, -- Its share of core families over its share of families
    c.threshold = t.core_share as is_default -- Whether this is the release's own threshold
from totals as c
cross join topic.topic as t
