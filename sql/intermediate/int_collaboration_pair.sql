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
        o.family,
        o.corporate_group,
        o.kind
    from intermediate.int_family_organisation as o
    inner join intermediate.int_co_application as c on o.family = c.family
    where c.groups between 2 and 20
)

select
    n.network,
    a.corporate_group as source,
    b.corporate_group as target,
    min(a.kind) as source_kind,
    min(b.kind) as target_kind,
    sum(n.share::decimal(38, 15))::double as families,
    sum((case when r.is_core then n.share else 0 end)::decimal(38, 15))::double as core_families
from members as a
inner join members as b on a.family = b.family and a.corporate_group < b.corporate_group
inner join networks as n on a.family = n.family
inner join intermediate.int_score_rank as r on a.family = r.family
group by n.network, a.corporate_group, b.corporate_group
