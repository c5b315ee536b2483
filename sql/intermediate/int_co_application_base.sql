-- How often families outside the topic are applied for together: what each country is used to.
-- One row = one country, or WORLD. Joint ownership is common in Japan and rare in the US, whatever
-- the technology; a topic's rate means something beside this one only. Countries are those of the record, the
-- register or the same name elsewhere; organisations share a family equally.
with outside as (
    select invention.family, invention.party_publication
    from staging.stg_invention as invention
    left join intermediate.int_family as family on invention.family = family.family
    where family.family is null
),

applicants as (
    select
        outside.family,
        organisation.corporate_group,
        min(coalesce(party.country, organisation.home_country, organisation.namesake_country)) as country
    from outside
    inner join staging.stg_party as party
        on outside.party_publication = party.publication_number and party.role = 'applicant'
    inner join staging.stg_organisation as organisation on party.name = organisation.name
    where organisation.organisation_type <> 'INDIVIDUAL'
    group by outside.family, organisation.corporate_group
),

counted as (
    select *, 1.0::double / count(*) over (partition by family) as share
    from applicants
),

placed as (
    select 'WORLD' as country, share from counted
    union all
    select country, share from counted where country is not null
)

select
    country,
    sum(share::decimal(38, 15))::double as families,
    sum((case when share < 1 then share else 0 end)::decimal(38, 15))::double as co_applications
from placed
group by country
