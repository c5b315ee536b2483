-- How many years countries are behind each other in key core families, by sub-field.
-- One row = one sub-field, or all, x country x reference; each pair stands both ways.
-- Key: topic, subfield, country, reference.
-- Refers to: dim_country (country), dim_country (reference).
-- Never null: families, reference_families.
select
    t.topic, -- Topic of the release
    l.subfield, -- Sub-field of the topic; all for the whole topic
    l.country, -- Compared country (ISO alpha-2)
    l.reference, -- Compared country that it is held against
    l.families, -- The country's key core families in complete years, fractional
    l.reference_families, -- The reference's
    l.lag, -- Years that the country's mix comes after the reference's; below 0 it is ahead
    l.lag_low, -- Lower end of the 95 % interval of resampled technologies
    l.lag_high, -- Upper end
    l.is_censored, -- Whether the interval reaches the limit of 10 years: the lag may be larger
    l.level_lag, -- Years since the reference had as many families as the country; null if never
    l.conclusion -- behind, ahead (interval excludes 0), level (within a year of 0) or cannot tell
from intermediate.int_technology_lag as l
cross join topic.topic as t
