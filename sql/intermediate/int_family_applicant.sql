-- Applicants of families with their country and how we know it. One row = one family x applicant.
-- The cascade follows de Rassenfosse et al. (2013, Research Policy 42:720), turned to applicants:
-- the record; another document of the family; the register of organisations; records of the same
-- name; the family's inventors; the office of first filing. Families without an applicant belong
-- to their inventors. Until 2012 US law made inventors the applicants, also of PCT applications: an
-- applicant who is an inventor of the family is none where an organisation applies, too.
with parties as (
    select family.family, family.first_filing_office, party.role, party.name, party.country, party.sector
    from intermediate.int_family as family
    inner join staging.stg_party as party on family.party_publication = party.publication_number
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
        parties.family,
        parties.first_filing_office,
        parties.name,
        min(parties.country) as record_country,
        min(parties.sector) as sector
    from parties
    where parties.role = 'applicant' and parties.name is not null
    group by parties.family, parties.first_filing_office, parties.name
),

several as (
    select family from applicant group by family having count(*) > 1
),

-- Whatever their type: sources take persons for companies, and no company bears the name of an
-- inventor of its own.
candidate as (
    select distinct parties.family, parties.role, parties.name
    from parties
    inner join several on parties.family = several.family
    where parties.name is not null
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
    select distinct worded.family, worded.name
    from worded
    inner join worded as other_worded
        on worded.family = other_worded.family and worded.words = other_worded.words
    where worded.role = 'applicant' and other_worded.role = 'inventor'
),

compared as (
    select
        applicant.family,
        applicant.first_filing_office,
        coalesce(organisation.organisation, applicant.name) as organisation,
        coalesce(organisation.corporate_group, applicant.name) as corporate_group,
        min(applicant.record_country) as record_country,
        min(organisation.home_country) as home_country,
        min(organisation.namesake_country) as namesake_country,
        coalesce(min(organisation.organisation_type), min(applicant.sector)) as organisation_type,
        min(organisation.basis) as register_basis,
        bool_and(self_applied.name is not null) as is_inventor
    from applicant
    left join staging.stg_organisation as organisation on applicant.name = organisation.name
    left join self_applied on applicant.family = self_applied.family and applicant.name = self_applied.name
    group by
        applicant.family, applicant.first_filing_office, coalesce(organisation.organisation, applicant.name),
        coalesce(organisation.corporate_group, applicant.name)
),

organised as (
    select distinct compared.family
    from compared
    inner join self_applied on compared.family = self_applied.family
    where not compared.is_inventor and compared.organisation_type is distinct from 'INDIVIDUAL'
),

recognised as (
    select compared.* exclude (is_inventor)
    from compared
    left join organised on compared.family = organised.family
    where not (compared.is_inventor and organised.family is not null)
),

-- The country that other documents of the family give for the same organisation.
elsewhere as (
    select stg_family.family, organisation.organisation, min(party.country) as family_country
    from intermediate.int_family as family
    inner join staging.stg_family using (family)
    inner join staging.stg_party as party on stg_family.publication_number = party.publication_number
    inner join staging.stg_organisation as organisation using (name)
    where party.role = 'applicant' and party.country is not null
        and party.publication_number <> family.party_publication
    group by stg_family.family, organisation.organisation
),

placed as (
    select
        recognised.*,
        elsewhere.family_country,
        family_inventor.country as inventor_country,
        country.country as first_filing_country
    from recognised
    left join elsewhere
        on recognised.family = elsewhere.family and recognised.organisation = elsewhere.organisation
    left join family_inventor on recognised.family = family_inventor.family and family_inventor.place = 1
    -- EP and WO are offices, not countries.
    left join reference.country on recognised.first_filing_office = country.country
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
        family.family,
        coalesce(parties.name, 'unnamed inventor') as organisation,
        coalesce(parties.country, family_inventor.country, country.country, 'ZZ') as country,
        case
            when parties.country is not null then 'record'
            when family_inventor.country is not null then 'inventor'
            when country.country is not null then 'first_filing'
            else 'unknown'
        end as country_source,
        count(*) as mentions
    from intermediate.int_family as family
    left join parties on family.family = parties.family and parties.role = 'inventor'
    left join family_inventor on family.family = family_inventor.family and family_inventor.place = 1
    left join reference.country on family.first_filing_office = country.country
    left join recognised on family.family = recognised.family
    where recognised.family is null
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
