-- Patent families and key core families of each country by priority year.
-- One row = one country x priority year with any. Key: topic, country, year.
select
    t.topic, -- Topic of the release
    y.country, -- Applicant country (ISO alpha-2; ZZ unknown)
    y.year, -- Year of earliest priority; the last 18 months before the data end are incomplete
    p.period, -- Period of the year
    y.families, -- Families, fractional
    y.core_families, -- Key core families, fractional
    (sum(y.families::decimal(38, 15)) over (
        partition by y.country order by y.year
    ))::double as cumulative_families, -- Families up to the year, fractional
    (sum(y.core_families::decimal(38, 15)) over (
        partition by y.country order by y.year
    ))::double as cumulative_core_families -- Key core families up to the year, fractional
from intermediate.int_country_year as y
inner join reference.period as p on y.year between p.first_year and p.last_year
cross join topic.topic as t
