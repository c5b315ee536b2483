-- Where families are from, by each way to attribute them. One row = one basis x family x country x
-- step of the cascade that found it (reference.country_source).
-- Countries that the topic counts as another are that other.
with told as (
    select
        'applicant' as basis,
        applicant.family,
        applicant.country,
        source.step,
        applicant.parts,
        applicant.total
    from intermediate.int_family_applicant as applicant
    inner join reference.country_source as source
        on source.basis = 'applicant' and applicant.country_source = source.country_source
    union all
    select 'inventor' as basis, family, country, step, parts, total
    from intermediate.int_family_inventor
    union all
    select
        'first_filing' as basis,
        family.family,
        coalesce(country.country, 'ZZ') as country,
        case when country.country is null then 2 else 1 end as step,
        1 as parts,
        1 as total
    from intermediate.int_family as family
    left join reference.country on family.first_filing_office = country.country
)

select
    told.basis,
    told.family,
    coalesce(count_as.counted_as, told.country) as country,
    told.step,
    sum(told.parts)::bigint as parts,
    max(told.total) as total
from told
left join topic.topic_count_as as count_as on told.country = count_as.country
group by told.basis, told.family, coalesce(count_as.counted_as, told.country), told.step
