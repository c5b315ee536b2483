-- Entropy weights of the indicators, and why an indicator has none.
-- One row = one indicator. Key: topic, indicator.
select
    t.topic, -- Topic of the release
    w.indicator, -- Indicator: fc_5, bc, npl, fs, cl, sc or inv, the columns of fct_patent
    w.position, -- Place in the topic's list of indicators
    w.entropy, -- Entropy e of its normalised values, 0 to 1; null where left out
    w.divergence, -- Divergence d = 1 - e; Theil's T over ln m
    w.weight, -- Weight d / sum of d; the used indicators' sum to 1; null where left out
    w.coverage, -- Share of all families for which it is known
    w.lowest_coverage, -- Lowest such share, the compared countries of 30 families and more included
    w.lowest_country, -- Country of the lowest share; WORLD for all families
    w.is_used, -- Whether it counts in the score
    w.reason, -- Why it does not
    s.weight_low, -- 5 % quantile of its weight over the bootstrap's draws; null where left out
    s.weight_high, -- 95 % quantile of the same
    s.rank_correlation_without, -- Kendall's tau of the scores with and without it; null if not used
    s.core_overlap_without -- Families in both cores, with and without it, over those in either
from intermediate.int_indicator_weight as w
left join intermediate.int_indicator_stability as s on w.indicator = s.indicator
cross join topic.topic as t
