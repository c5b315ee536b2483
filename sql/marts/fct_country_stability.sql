-- How far each source of variation moves the countries, at the topic's own rule and threshold.
-- One row = one source of variation x country; unknown countries are left out.
-- Key: topic, kind, variation, country.
-- Refers to: dim_country (country).
-- Never null: draws, core_families_low, core_families_median, core_families_high, rank_core_low,
-- rank_core_median, rank_core_high.
select
    topic.topic, -- Topic of the release
    stability.kind, -- sampling, method (of the grid), choice (one at a time) or weights (shaken)
    stability.variation, -- What varies; the methods; the choice and its option; or dirichlet
    stability.country, -- Country (ISO alpha-2)
    stability.draws, -- Times that it was tried
    stability.core_families_low, -- 5 % quantile of its core families, fractional
    stability.core_families_median, -- Median of the same
    stability.core_families_high, -- 95 % quantile of the same
    stability.rank_core_low, -- 5 % quantile of its rank by core families, 1 is most
    stability.rank_core_median, -- Median of the same
    stability.rank_core_high -- 95 % quantile of the same
from intermediate.int_country_stability as stability
cross join topic.topic
