-- Countries of families by applicant, fractional. One row = one family x country.
-- The shares of a family sum to 1; its knowledge of a country is as good as the weakest source.
select
    family_id,
    country,
    sum(parts)::double / max(total) as share,
    max(case country_source
        when 'record' then 1 when 'family' then 2 when 'register' then 3 when 'namesake' then 4
        when 'inventor' then 5 when 'first_filing' then 6 else 7
    end) as source_step
from intermediate.int_family_applicant
group by family_id, country
