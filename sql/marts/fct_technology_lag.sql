-- How many years countries are behind each other in key core families, by sub-field.
-- One row = one sub-field, or all, x country x reference; each pair stands both ways.
-- Key: topic, subfield, country, reference.
-- Refers to: dim_country (country), dim_country (reference).
select
    t.topic, -- Topic of the release
    l.subfield, -- Sub-field of the topic; all for the whole topic
    l.country, -- Compared country (ISO alpha-2)
    l.reference, -- Compared country that it is held against
    l.families, -- The country's key core families in complete years, fractional
    l.reference_families, -- The reference's
    l.lag, -- Years that the country's curves follow the reference's; below 0 it is ahead
    l.lag_low, -- Lower end of the 90 % bootstrap interval
    l.lag_high, -- Upper end
    l.distance, -- Difference of the cumulative curves once aligned, 0 (same) to 1
    l.unshifted_distance, -- The same as they stand
    l.is_censored, -- Whether the interval reaches the limit of 10 years: the lag may be larger
    l.level_lag, -- Years since the reference had as many families as the country; null if never
    case
        when l.lag is null or l.lag_high - l.lag_low > 5 then 'unknown'
        when l.lag_low > 0 then 'behind'
        when l.lag_high < 0 then 'ahead'
        else 'level'
    end as verdict -- behind, ahead, level (interval holds 0), unknown (too few or over 5 years)
from intermediate.int_technology_lag as l
cross join topic.topic as t
