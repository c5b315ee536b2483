-- How often families outside the topic are applied for together: what each country is used to.
-- One row = one country, or WORLD. Joint ownership is common in Japan and rare in the US, whatever
-- the technology; a topic's rate says something next to this one only. Countries as the record, the
-- register or the same name elsewhere tell them; organisations share a family equally.
with outside as (
    select i.family, i.party_publication
    from staging.stg_invention as i
    left join intermediate.int_family as f on i.family = f.family
    where f.family is null
),

applicants as (
    select
        s.family,
        o.corporate_group,
        min(coalesce(p.country, o.home_country, o.namesake_country)) as country
    from outside as s
    inner join staging.stg_party as p
        on s.party_publication = p.publication_number and p.role = 'applicant'
    inner join staging.stg_organisation as o on p.name = o.name
    where o.organisation_type <> 'INDIVIDUAL'
    group by s.family, o.corporate_group
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
