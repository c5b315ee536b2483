-- Organisations that apply for the topic's patents. One row = one organisation. Key: organisation.
-- Refers to: dim_country (country).
-- Never null: country, corporate_group, families, fractional_families.
with places as (
    select
        organisation,
        country,
        row_number() over (
            partition by organisation order by sum(share::decimal(38, 15)) desc, country
        ) as place
    from intermediate.int_family_applicant
    group by organisation, country
),

rules as (
    select
        organisation,
        min(type_rule) as type_rule,
        min(group_rule) as group_rule,
        min(group_confidence) as group_confidence
    from staging.stg_organisation
    group by organisation
)

select
    applicant.organisation, -- Name in the register of organisations, else harmonised from the records
    min(applicant.corporate_group) as corporate_group, -- Group it belongs to; itself where none is known
    coalesce(min(rules.group_rule), 'itself')
        as group_rule, -- Rule that determines the group: register, place, words ...; see docs
    coalesce(min(rules.group_confidence), 1)
        as group_confidence, -- Share of labelled pairs that the rule joins rightly, 0 to 1
    min(places.country)
        as country, -- Where most of its families are placed, before count_as (ISO; ZZ unknown)
    min(applicant.organisation_type)
        as organisation_type, -- Sector in PATSTAT's words, combinations too; UNKNOWN if no rule applies
    min(rules.type_rule) as type_rule, -- Rule that determines the type; null for inventors without applicant
    min(applicant.register_basis) as register_basis, -- Evidence of the register; null where it has no entry
    count(*)::bigint as families, -- Families of the topic it applied for, alone or with others
    sum(applicant.share::decimal(38, 15))::double
        as fractional_families -- The same, shared equally between co-applicants
from intermediate.int_family_applicant as applicant
inner join places on applicant.organisation = places.organisation and places.place = 1
left join rules on applicant.organisation = rules.organisation
group by applicant.organisation
