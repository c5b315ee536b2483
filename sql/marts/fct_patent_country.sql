-- Countries of families: how each family is shared between its applicants' countries.
-- One row = one family x country; a family's shares sum to 1. Key: topic, family_id, country.
select
    t.topic, -- Topic of the release
    c.family_id, -- Family, as in fct_patent
    c.country, -- Applicant country (ISO alpha-2; ZZ unknown)
    c.share, -- Share of the family, equal between its applicants, 0 to 1
    case c.source_step
        when 1 then 'record' when 2 then 'family' when 3 then 'register' when 4 then 'namesake'
        when 5 then 'inventor' when 6 then 'first_filing' else 'unknown'
    end as country_source -- How the country is known, see docs/method.md
from intermediate.int_family_country as c
cross join topic.topic as t
