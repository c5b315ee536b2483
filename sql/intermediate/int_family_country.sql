-- Countries of families by the attribution that the topic chose. One row = one family x country.
-- The shares of a family sum to 1 exactly; its knowledge of a country is as good as the weakest
-- source.
with chosen as (
    select
        attribution.family,
        attribution.country,
        case topic.attribution
            when 'applicant' then attribution.share_by_applicant
            when 'inventor' then attribution.share_by_inventor
            else attribution.share_by_first_filing
        end as share,
        case topic.attribution
            when 'applicant' then attribution.applicant_step
            when 'inventor' then attribution.inventor_step
            else attribution.first_filing_step
        end as source_step
    from intermediate.int_family_attribution as attribution
    cross join topic.topic
)

select *
from chosen
where share > 0
