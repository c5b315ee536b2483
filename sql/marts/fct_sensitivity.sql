-- What each choice of method does to the countries, one choice at a time, all else as the topic
-- says: a cohort, transform, normalisation, weighting, scoring, rule, threshold or attribution
-- other than the topic's, the study's plain method (preset), or an indicator left out.
-- One row = one choice x option x country; unknown countries are left out.
-- Key: topic, choice, option, country. Refers to: dim_country (country).
-- Never null: core_families, rank_core, rank_core_change, is_largest.
with own as (
    select
        core.country,
        core.core_families,
        core.core_families / nullif(sum(core.core_families) over (), 0) as core_share,
        rank() over (order by round(core.core_families, 9) desc) as rank_core
    from intermediate.int_country_core as core
    inner join intermediate.int_threshold as threshold
        on core.rule = threshold.rule and core.threshold = threshold.threshold
    where threshold.is_default
),

tried as (
    select
        split_part(stability.variation, ' ', 1) as choice,
        split_part(stability.variation, ' ', 2) as option,
        stability.country,
        stability.core_families_median as core_families,
        stability.rank_core_median::bigint as rank_core,
        stability.core_families_median
            / nullif(sum(stability.core_families_median) over (partition by stability.variation), 0)
                as core_share,
        own.core_share as own_core_share,
        own.rank_core as own_rank_core
    from intermediate.int_country_stability as stability
    inner join own on stability.country = own.country
    where stability.kind = 'choice'
)

select
    topic.topic, -- Topic of the release
    tried.choice, -- What is chosen: cohort, transform, ..., preset; or indicator, left out
    tried.option, -- What is chosen instead of the topic's own, or the indicator that is left out
    tried.country, -- Country (ISO alpha-2)
    tried.core_families, -- Its key core families then, fractional
    tried.core_share, -- Its share of the core families of all countries then
    tried.core_share - tried.own_core_share
        as core_share_change, -- Less its share by the topic's own choice
    tried.rank_core, -- Its rank by them then, 1 is most
    (tried.rank_core - tried.own_rank_core)::bigint
        as rank_core_change, -- Less its rank by the topic's own choice: above 0 it falls back
    row_number() over (
        partition by tried.country
        order by
            abs(tried.rank_core - tried.own_rank_core) desc,
            coalesce(abs(tried.core_share - tried.own_core_share), 0) desc, tried.choice, tried.option
    ) = 1 as is_largest -- Whether no other option moves the country's rank, then share, more
from tried
cross join topic.topic
