-- How well each indicator is known in each country, and how it is distributed there.
-- One row = one country, or WORLD for all families, x indicator. Key: topic, country, indicator.
-- Refers to: fct_indicator_weight (topic, indicator).
-- Never null: indicator_title, families, known, coverage.
select
    topic.topic, -- Topic of the release
    coverage.country, -- Country (ISO alpha-2; ZZ unknown); WORLD holds all families
    coverage.indicator, -- Indicator, a row of reference/indicator.csv
    indicator.title as indicator_title, -- What it is
    coverage.families, -- Families of the country, by shares
    coverage.known, -- The same of those with a value; null stays null, zero counts as known
    coverage.coverage, -- known / families, 0 to 1; 0 of costly indicators the topic does not ask for
    coverage.mean, -- Mean of the known values; a family of several countries counts wholly in each
    coverage.median, -- Median of the known values, as the mean
    coverage.zero_share -- Share of zeros among the known values, as the mean
from intermediate.int_indicator_coverage as coverage
inner join reference.indicator on coverage.indicator = indicator.indicator
cross join topic.topic
