-- How often each technology occurs in each network. One row = one network x population x period x
-- subfield x level x technology. Shares are added up as decimals: the sum is the same in any order,
-- on any number of threads. They are added up twice, finely and then by network, so that the many
-- networks are made from few rows.
with fine as (
    select
        code.level, family.network, family.is_core, family.period, family.subfield, code.technology,
        sum(family.share::decimal(38, 15)) as occurrences,
        sum(case when code.codes > 1 then family.share else 0 end::decimal(38, 15)) as convergent
    from intermediate.int_convergence_code as code
    inner join intermediate.int_network_family as family on code.family = family.family
    group by code.level, family.network, family.is_core, family.period, family.subfield, code.technology
),

family_count as (
    select
        code.level, family.network, family.is_core, family.period, family.subfield,
        sum(family.share::decimal(38, 15)) as families,
        sum(case when code.codes > 1 then family.share else 0 end::decimal(38, 15)) as convergent
    from (select distinct level, family, codes from intermediate.int_convergence_code) as code
    inner join intermediate.int_network_family as family on code.family = family.family
    group by code.level, family.network, family.is_core, family.period, family.subfield
),

size as (
    select
        family_count.network, scope.population,
        case when scope.split = 'period' then family_count.period else 'all' end as period,
        case when scope.split = 'subfield' then family_count.subfield else 'all' end as subfield,
        family_count.level,
        sum(family_count.families)::double as families,
        sum(family_count.convergent)::double as convergent_families
    from family_count
    inner join intermediate.int_network_scope as scope
        on
            family_count.level = scope.level
            and (scope.population = 'all' or family_count.is_core)
            and (scope.split <> 'subfield' or family_count.subfield is not null)
    group by all
),

node as (
    select
        fine.network, scope.population,
        case when scope.split = 'period' then fine.period else 'all' end as period,
        case when scope.split = 'subfield' then fine.subfield else 'all' end as subfield,
        fine.level, fine.technology,
        sum(fine.occurrences)::double as occurrences,
        sum(fine.convergent)::double as convergent_occurrences
    from fine
    inner join intermediate.int_network_scope as scope
        on
            fine.level = scope.level
            and (scope.population = 'all' or fine.is_core)
            and (scope.split <> 'subfield' or fine.subfield is not null)
    group by all
)

select
    node.network,
    node.population,
    node.period,
    node.subfield,
    node.level,
    node.technology,
    node.occurrences,
    node.convergent_occurrences,
    size.families,
    size.convergent_families
from node
inner join size
    on
        node.network = size.network and node.population = size.population and node.period = size.period
        and node.subfield = size.subfield and node.level = size.level
