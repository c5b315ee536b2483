-- Growth of countries between structural breaks, and the breaks with their dates.
-- One row = one country or WORLD x series x segment of years. Key: topic, country, series, segment.
-- Never null: first_year, last_year, families.
select
    topic.topic, -- Topic of the release
    segment.country, -- Country (ISO alpha-2), or WORLD for the whole topic
    segment.series, -- families, or core_families: key core families
    segment.segment, -- 1 is the earliest; a series without a break has one
    segment.first_year, -- First priority year; of a later segment, the year of the break
    segment.last_year, -- Last priority year; years that are not complete are left out
    segment.families, -- Families of the series in these years, fractional
    segment.start_level, -- Families in the first year, on the line
    segment.annual_growth, -- Growth a year on the line: 0.1 is 10 %
    segment.excess, -- Families of the first years over what the line before promised; null in segment 1
    segment.is_surge, -- Whether excess > 1, and these years lie above as many before the break
    segment.bic_gain, -- By how much BIC is worse without the break; null in segment 1
    segment.break_earliest, -- First year that the break may be, with 95 % confidence
    segment.break_latest, -- Last year that the break may be
    segment.p_no_break, -- Chance of such evidence in a series without any break
    segment.q_no_break, -- That chance after Benjamini-Hochberg over all series of the topic
    segment.reason -- Why no line is fitted; null where one is
from intermediate.int_trend_segment as segment
cross join topic.topic
