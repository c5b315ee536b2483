-- Every applicant. One row = one applicant; its name is like no other's but for the legal form.
with numbered as (
    select
        country,
        kind,
        first + unnest(range(size)) as applicant
    from pool
),

-- Ten letters from a number, in five syllables; 5 ** 10 names.
spelt as (
    select
        *,
        list_aggregate(
            list_transform(
                range(5),
                lambda i: getvariable('syllables')[
                    1 + ((applicant * 2654435761 + 1234567) % 9765625 // pow(25, i)::bigint) % 25
                ]
            ),
            'string_agg', ''
        ) as spelling
    from numbered
),

named as (
    select
        spelt.applicant,
        spelt.kind,
        country.country,
        country.missing,
        name,
        upper(spelling[1]) || spelling[2:] as stem
    from spelt
    inner join country on spelt.country = country.position
    inner join name on country.country = name.country
),

applicants as (
    select *, '' as place from named
    union all
    -- A company of the same group: same name, another town.
    select * replace (applicant + getvariable('affiliate_offset') as applicant), ' Singapore' as place
    from named
    where getvariable('affiliates') > 0 and (kind <= 20 or kind = 25)
)

select
    applicant,
    country as home,
    case when u(40, applicant) >= missing then country end as country,
    case
        when kind <= 20 or kind = 25
            then stem || place || ' ' || one_of(name.company, u(41, applicant))
        when kind = 21 then replace(one_of(name.university, u(41, applicant)), '{x}', stem)
        when kind = 22 then replace(one_of(name.institute, u(41, applicant)), '{x}', stem)
        when kind = 23 then replace(one_of(name.hospital, u(41, applicant)), '{x}', stem)
        else stem || ', ' || one_of(name.given, u(41, applicant))
    end as name,
    case
        when kind <= 20 or kind = 25 then 'COMPANY'
        when kind = 21 then 'UNIVERSITY'
        when kind = 22 then 'GOV NON-PROFIT'
        when kind = 23 then 'HOSPITAL'
        else 'INDIVIDUAL'
    end as sector
from applicants
order by applicant
