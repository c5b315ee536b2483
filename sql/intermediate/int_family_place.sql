-- Where families are from, by each way to attribute them. One row = one basis x family x country x
-- step of the cascade that found it (reference.country_source).
-- Countries that the topic counts as another are that other.
with told as (
    select 'applicant' as basis, a.family, a.country, s.step, a.parts, a.total
    from intermediate.int_family_applicant as a
    inner join reference.country_source as s
        on s.basis = 'applicant' and a.country_source = s.country_source
    union all
    select 'inventor' as basis, family, country, step, parts, total
    from intermediate.int_family_inventor
    union all
    select
        'first_filing' as basis,
        f.family,
        coalesce(c.country, 'ZZ') as country,
        case when c.country is null then 2 else 1 end as step,
        1 as parts,
        1 as total
    from intermediate.int_family as f
    left join reference.country as c on f.first_filing_office = c.country
)

select
    t.basis,
    t.family,
    coalesce(a.counted_as, t.country) as country,
    t.step,
    sum(t.parts)::bigint as parts,
    max(t.total) as total
from told as t
left join topic.topic_count_as as a on t.country = a.country
group by t.basis, t.family, coalesce(a.counted_as, t.country), t.step
