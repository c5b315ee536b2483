-- How many years countries are behind each other in key core families, by sub-field.
-- One row = one sub-field, or all, x country x reference; each pair is there both ways.
-- Key: topic, subfield, country, reference.
-- Refers to: dim_country (country), dim_country (reference).
-- Never null: families, reference_families.
select
    topic.topic, -- Topic of the release
    lag.subfield, -- Sub-field of the topic; all for the whole topic
    lag.country, -- Compared country (ISO alpha-2)
    lag.reference, -- Compared country that it is held against
    lag.families, -- The country's key core families in complete years, fractional
    lag.reference_families, -- The reference's
    lag.lag, -- Years that the country's mix comes after the reference's; below 0 it is ahead
    lag.lag_low, -- Lower end of the 95 % interval of resampled technologies
    lag.lag_high, -- Upper end
    lag.is_censored, -- Whether the interval reaches the limit of 10 years: the lag may be larger
    lag.level_lag, -- Years since the reference had as many families as the country; null if never
    lag.conclusion -- behind, ahead (interval excludes 0), level (within a year of 0) or cannot tell
from intermediate.int_technology_lag as lag
cross join topic.topic
