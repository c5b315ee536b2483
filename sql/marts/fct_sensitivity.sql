-- What each choice of method does to the countries, one choice at a time, all else as the topic
-- says: a cohort, transform, normalisation, weighting, scoring, rule, threshold or attribution
-- other than the topic's, or an indicator left out.
-- One row = one choice x option x country; unknown countries are left out.
-- Key: topic, choice, option, country. Refers to: dim_country (country).
-- Never null: core_families, rank_core, rank_core_change, is_largest.
with own as (
    select
        c.country,
        c.core_families,
        c.core_families / nullif(sum(c.core_families) over (), 0) as core_share,
        rank() over (order by round(c.core_families, 9) desc) as rank_core
    from intermediate.int_country_core as c
    inner join intermediate.int_threshold as h
        on c.rule = h.rule and c.threshold = h.threshold
    where h.is_default
),

tried as (
    select
        split_part(s.variation, ' ', 1) as choice,
        split_part(s.variation, ' ', 2) as option,
        s.country,
        s.core_families_median as core_families,
        s.rank_core_median::bigint as rank_core,
        s.core_families_median
            / nullif(sum(s.core_families_median) over (partition by s.variation), 0) as core_share,
        o.core_share as own_core_share,
        o.rank_core as own_rank_core
    from intermediate.int_country_stability as s
    inner join own as o on s.country = o.country
    where s.kind = 'choice'
)

select
    t.topic, -- Topic of the release
    s.choice, -- What is chosen: cohort, transform, ..., attribution; or indicator, left out
    s.option, -- What is chosen instead of the topic's own, or the indicator that is left out
    s.country, -- Country (ISO alpha-2)
    s.core_families, -- Its key core families then, fractional
    s.core_share, -- Its share of the core families of all countries then
    s.core_share - s.own_core_share
        as core_share_change, -- Less its share by the topic's own choice
    s.rank_core, -- Its rank by them then, 1 is most
    (s.rank_core - s.own_rank_core)::bigint
        as rank_core_change, -- Less its rank by the topic's own choice: above 0 it falls back
    row_number() over (
        partition by s.country
        order by
            abs(s.rank_core - s.own_rank_core) desc,
            coalesce(abs(s.core_share - s.own_core_share), 0) desc, s.choice, s.option
    ) = 1 as is_largest -- Whether no other option moves the country's rank, then share, more
from tried as s
cross join topic.topic as t
