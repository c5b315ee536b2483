-- Indicators, their weights and what these rest on; why an indicator has none.
-- Weights of a sample lie off those of a large world, and intervals with them, so that a weight may
-- be the end of its interval; how often these hold the large world's: meta.calibration.
-- One row = one indicator. Key: topic, indicator.
-- Never null: position, is_asked, is_decisive, direction, coverage, is_used.
with core as (
    select count(*) as families
    from intermediate.int_score_rank
    where is_core
),

staying as (
    select remaining.indicator, count(*) as families
    from intermediate.int_core_without as remaining
    inner join intermediate.int_score_rank as ranked on remaining.family = ranked.family
    where ranked.is_core
    group by remaining.indicator
),

reliance as (
    select
        weight.indicator,
        1 - coalesce(staying.families, 0) / nullif(core.families, 0)::double as changed
    from (select distinct indicator from intermediate.int_core_without) as weight
    left join staying on weight.indicator = staying.indicator
    cross join core
),

decisive as (
    select
        *,
        row_number() over (order by changed desc, indicator) = 1 as is_decisive
    from reliance
)

select
    topic.topic, -- Topic of the release
    weight.indicator, -- Indicator of reference/indicator.csv, such as fc_5; a column of fct_patent
    weight.position::bigint as position, -- Place in the topic's list; after these come all others
    weight.is_asked, -- Whether the topic asks for it
    weight.dimension, -- Kind that shares one weight between its indicators; all where there is one kind
    weight.direction, -- + where more is better, - where less is
    weight.mean, -- Mean of the values as they are recorded, unknown ones left out
    weight.zero_share, -- Share of zeros among the known values
    weight.levels::bigint as levels, -- Values that 1 % of the families have, up to 100; a flag has 2
    weight.coverage, -- Share of all families for which it is known
    weight.imputed_share, -- Share of families whose gap was filled for the score; null where left out
    weight.lowest_coverage, -- Lowest coverage, the compared countries of 30 families and more included
    weight.lowest_country, -- Country of the lowest coverage; WORLD for all families
    weight.entropy, -- Entropy e of its normalised values, 0 to 1; null where left out
    weight.divergence, -- Divergence d = 1 - e; Theil's T over ln m
    weight.weight, -- Weight in the score, by the topic's weighting and cap; null where left out
    weight.entropy_weight, -- Entropy weight d / sum of d, without a cap; null where left out
    weight.equal_weight, -- One over the number of indicators that vary; null where left out
    weight.critic_weight, -- CRITIC weight: spread times conflict; null where left out or undefined
    weight.between_country_share, -- Share of its entropy weight that is differences between countries
    weight.correlation, -- Pearson correlation with the indicator that it is closest to, either way
    weight.correlated_indicator, -- That indicator; above 0.9 the two count the same thing twice
    stability.weight_low, -- Lower end of its 90 % sampling interval; null where left out
    stability.weight_high, -- Upper end
    stability.weight_method_low, -- Least weight over the grid of methods; null where left out
    stability.weight_method_high, -- Largest
    stability.rank_correlation_without, -- Kendall's tau of the scores with and without it; null if not used
    stability.core_overlap_without, -- Families in both cores, with and without it, over those in either
    decisive.changed
        as core_changed_without, -- Share of the core families that are not core without it
    coalesce(decisive.is_decisive, false)
        as is_decisive, -- Whether it is the one without which the core changes most
    case
        when decisive.is_decisive then
            'Without ' || indicator.title || ' (' || weight.indicator || ') '
            || round(100 * decisive.changed)::bigint::varchar
            || ' % of the core would be other families.'
    end as sentence, -- What the core hangs on, in words; null of all other indicators
    weight.is_used, -- Whether it counts in the score
    weight.reason -- Why it does not
from intermediate.int_indicator_weight as weight
left join intermediate.int_indicator_stability as stability on weight.indicator = stability.indicator
left join decisive on weight.indicator = decisive.indicator
inner join reference.indicator on weight.indicator = indicator.indicator
cross join topic.topic
