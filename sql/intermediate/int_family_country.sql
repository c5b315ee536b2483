-- Countries of families by the attribution that the topic chose. One row = one family x country.
-- The shares of a family sum to 1 exactly; its knowledge of a country is as good as the weakest
-- source.
with chosen as (
    select
        a.family,
        a.country,
        case t.attribution
            when 'applicant' then a.share_by_applicant
            when 'inventor' then a.share_by_inventor
            else a.share_by_first_filing
        end as share,
        case t.attribution
            when 'applicant' then a.applicant_step
            when 'inventor' then a.inventor_step
            else a.first_filing_step
        end as source_step
    from intermediate.int_family_attribution as a
    cross join topic.topic as t
)

select *
from chosen
where share > 0
