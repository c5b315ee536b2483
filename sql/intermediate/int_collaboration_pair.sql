-- Groups that apply for families together. One row = one network x pair, source < target.
-- A family counts in each country by its applicants' share; WORLD counts it whole.
with networks as (
    select
        'WORLD' as network,
        family,
        1.0::double as share
    from intermediate.int_co_application
    union all
    select
        country as network,
        family,
        sum(share::decimal(38, 15))::double as share
    from intermediate.int_family_organisation
    where country <> 'ZZ'
    group by country, family
),

-- A consortium of dozens would tie each to all: as in networks of technologies, it is left out.
members as (
    select distinct
        organisation.family,
        organisation.corporate_group,
        organisation.kind
    from intermediate.int_family_organisation as organisation
    inner join intermediate.int_co_application as application on organisation.family = application.family
    where application.groups between 2 and 20
)

select
    networks.network,
    members.corporate_group as source,
    other_members.corporate_group as target,
    min(members.kind) as source_kind,
    min(other_members.kind) as target_kind,
    sum(networks.share::decimal(38, 15))::double as families,
    sum((case when score_rank.is_core then networks.share else 0 end)::decimal(38, 15))::double
        as core_families
from members
inner join members as other_members
    on members.family = other_members.family and members.corporate_group < other_members.corporate_group
inner join networks on members.family = networks.family
inner join intermediate.int_score_rank as score_rank on members.family = score_rank.family
group by networks.network, members.corporate_group, other_members.corporate_group
