-- How well each indicator is known in each country, and how it is distributed there.
-- One row = one country, or WORLD for all families, x indicator. Key: topic, country, indicator.
-- Refers to: fct_indicator_weight (topic, indicator).
-- Never null: indicator_title, families, known, coverage.
select
    t.topic, -- Topic of the release
    c.country, -- Country (ISO alpha-2; ZZ unknown); WORLD holds all families
    c.indicator, -- Indicator, a row of reference/indicator.csv
    i.title as indicator_title, -- What it is
    c.families, -- Families of the country, by shares
    c.known, -- The same of those with a value; null stays null, zero counts as known
    c.coverage, -- known / families, 0 to 1; 0 of costly indicators the topic does not ask for
    c.mean, -- Mean of the known values; a family of several countries counts wholly in each
    c.median, -- Median of the known values, as the mean
    c.zero_share -- Share of zeros among the known values, as the mean
from intermediate.int_indicator_coverage as c
inner join reference.indicator as i on c.indicator = i.indicator
cross join topic.topic as t
