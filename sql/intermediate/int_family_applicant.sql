-- Applicants of families with their country and how we know it. One row = one family x applicant.
-- The cascade follows de Rassenfosse et al. (2013, Research Policy 42:720), turned to applicants:
-- the record; another document of the family; the register of organisations; records of the same
-- name; the family's inventors; the office of first filing. Families without an applicant belong
-- to their inventors. Until 2012 US law made inventors the applicants, also of PCT applications: an
-- applicant who is an inventor of the family is none where an organisation applies, too.
with parties as (
    select f.family, f.first_filing_office, p.role, p.name, p.country, p.sector
    from intermediate.int_family as f
    inner join staging.stg_party as p on f.party_publication = p.publication_number
),

family_inventor as (
    select
        family,
        country,
        count(*) as mentions,
        row_number() over (partition by family order by count(*) desc, country) as place
    from parties
    where role = 'inventor' and country is not null
    group by family, country
),

applicant as (
    select
        p.family,
        p.first_filing_office,
        p.name,
        min(p.country) as record_country,
        min(p.sector) as sector
    from parties as p
    where p.role = 'applicant' and p.name is not null
    group by p.family, p.first_filing_office, p.name
),

several as (
    select family from applicant group by family having count(*) > 1
),

-- Whatever their type: sources take persons for companies, and no company bears the name of an
-- inventor of its own.
candidate as (
    select distinct p.family, p.role, p.name
    from parties as p
    inner join several as s on p.family = s.family
    where p.name is not null
),

-- Names in whatever case, punctuation and order of words.
worded as (
    select
        family,
        role,
        name,
        array_to_string(
            list_sort(
                string_split(trim(regexp_replace(upper(name), '[^\p{L}\p{N}]+', ' ', 'g')), ' ')
            ),
            ' '
        ) as words
    from candidate
),

self_applied as (
    select distinct a.family, a.name
    from worded as a
    inner join worded as i on a.family = i.family and a.words = i.words
    where a.role = 'applicant' and i.role = 'inventor'
),

compared as (
    select
        a.family,
        a.first_filing_office,
        coalesce(o.organisation, a.name) as organisation,
        coalesce(o.corporate_group, a.name) as corporate_group,
        min(a.record_country) as record_country,
        min(o.home_country) as home_country,
        min(o.namesake_country) as namesake_country,
        coalesce(min(o.organisation_type), min(a.sector)) as organisation_type,
        min(o.basis) as register_basis,
        bool_and(s.name is not null) as is_inventor
    from applicant as a
    left join staging.stg_organisation as o on a.name = o.name
    left join self_applied as s on a.family = s.family and a.name = s.name
    group by a.family, a.first_filing_office, coalesce(o.organisation, a.name),
        coalesce(o.corporate_group, a.name)
),

organised as (
    select distinct j.family
    from compared as j
    inner join self_applied as s on j.family = s.family
    where not j.is_inventor and j.organisation_type is distinct from 'INDIVIDUAL'
),

recognised as (
    select j.* exclude (is_inventor)
    from compared as j
    left join organised as o on j.family = o.family
    where not (j.is_inventor and o.family is not null)
),

-- What other documents of the family say of the same organisation.
elsewhere as (
    select m.family, o.organisation, min(p.country) as family_country
    from intermediate.int_family as f
    inner join staging.stg_family as m using (family)
    inner join staging.stg_party as p on m.publication_number = p.publication_number
    inner join staging.stg_organisation as o using (name)
    where p.role = 'applicant' and p.country is not null
        and p.publication_number <> f.party_publication
    group by m.family, o.organisation
),

placed as (
    select
        r.*,
        e.family_country,
        i.country as inventor_country,
        c.country as first_filing_country
    from recognised as r
    left join elsewhere as e on r.family = e.family and r.organisation = e.organisation
    left join family_inventor as i on r.family = i.family and i.place = 1
    -- EP and WO are offices, not countries.
    left join reference.country as c on r.first_filing_office = c.country
),

organisations as (
    select
        family,
        organisation,
        corporate_group,
        organisation_type,
        register_basis,
        coalesce(
            record_country, family_country, home_country, namesake_country, inventor_country,
            first_filing_country, 'ZZ'
        ) as country,
        case
            when record_country is not null then 'record'
            when family_country is not null then 'family'
            when home_country is not null then 'register'
            when namesake_country is not null then 'namesake'
            when inventor_country is not null then 'inventor'
            when first_filing_country is not null then 'first_filing'
            else 'unknown'
        end as country_source
    from placed
),

individuals as (
    select
        f.family,
        coalesce(p.name, 'unnamed inventor') as organisation,
        coalesce(p.country, i.country, c.country, 'ZZ') as country,
        case
            when p.country is not null then 'record'
            when i.country is not null then 'inventor'
            when c.country is not null then 'first_filing'
            else 'unknown'
        end as country_source,
        count(*) as mentions
    from intermediate.int_family as f
    left join parties as p on f.family = p.family and p.role = 'inventor'
    left join family_inventor as i on f.family = i.family and i.place = 1
    left join reference.country as c on f.first_filing_office = c.country
    left join recognised as r on f.family = r.family
    where r.family is null
    group by all
),

applicants as (
    select
        family,
        organisation,
        corporate_group,
        organisation_type,
        register_basis,
        country,
        country_source,
        1::bigint as parts,
        count(*) over (partition by family) as total
    from organisations
    union all
    select
        family,
        organisation,
        organisation as corporate_group,
        'INDIVIDUAL' as organisation_type,
        null as register_basis,
        country,
        country_source,
        mentions as parts,
        (sum(mentions) over (partition by family))::bigint as total
    from individuals
)

-- Whole parts of a whole; int_family_attribution makes of them shares that sum to 1 exactly.
select *, parts::double / total as share
from applicants
