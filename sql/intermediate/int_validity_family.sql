-- Families old enough to hold their scores against what came later. One row = one family.
-- Known is what was published in the three years after its first publication; what came later is
-- what the years after them have, up to the tenth, the seventh or the fifth: the longest span for
-- which 200 families are old enough.
with reach as (
    select max(publication_date) as last_day from staging.stg_document
),

aged as (
    select
        family.*,
        (family.publication_date + interval 3 year)::date as known_until,
        (family.publication_date + interval 5 year)::date as year_5,
        (family.publication_date + interval 7 year)::date as year_7,
        (family.publication_date + interval 10 year)::date as year_10,
        reach.last_day
    from intermediate.int_family as family
    cross join reach
),

counted as (
    select
        count(case when year_5 <= last_day then 1 end) as seen_5,
        count(case when year_7 <= last_day then 1 end) as seen_7,
        count(case when year_10 <= last_day then 1 end) as seen_10
    from aged
),

span as (
    select
        case when seen_10 >= 200 then 10 when seen_7 >= 200 then 7 when seen_5 >= 200 then 5 end
            as years
    from counted
),

seen as (
    select
        aged.family,
        aged.representative_publication,
        aged.party_publication,
        aged.first_filing_office,
        aged.subfield,
        aged.forward_citation_count,
        year(aged.priority_date)::bigint as priority_year,
        aged.known_until,
        case span.years
            when 10 then aged.year_10 when 7 then aged.year_7 when 5 then aged.year_5
        end as seen_until,
        aged.last_day,
        span.years
    from aged
    cross join span
)

select
    family,
    representative_publication,
    party_publication,
    first_filing_office,
    subfield,
    forward_citation_count,
    priority_year,
    known_until,
    seen_until,
    years::bigint as years
from seen
where seen_until <= last_day
