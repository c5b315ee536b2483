-- How often each technology occurs in each network. One row = one network x population x period x
-- subfield x level x technology. Shares are added up as decimals: the sum is the same in any order,
-- on any number of threads. They are added up twice, finely and then by network, so that the many
-- networks are made from few rows.
with fine as (
    select
        c.level, f.network, f.is_core, f.period, f.subfield, c.technology,
        sum(f.share::decimal(38, 15)) as occurrences,
        sum(case when c.codes > 1 then f.share else 0 end::decimal(38, 15)) as convergent
    from intermediate.int_convergence_code as c
    inner join intermediate.int_network_family as f on c.family = f.family
    group by c.level, f.network, f.is_core, f.period, f.subfield, c.technology
),

family_count as (
    select
        c.level, f.network, f.is_core, f.period, f.subfield,
        sum(f.share::decimal(38, 15)) as families,
        sum(case when c.codes > 1 then f.share else 0 end::decimal(38, 15)) as convergent
    from (select distinct level, family, codes from intermediate.int_convergence_code) as c
    inner join intermediate.int_network_family as f on c.family = f.family
    group by c.level, f.network, f.is_core, f.period, f.subfield
),

size as (
    select
        f.network, s.population,
        case when s.split = 'period' then f.period else 'all' end as period,
        case when s.split = 'subfield' then f.subfield else 'all' end as subfield,
        f.level,
        sum(f.families)::double as families,
        sum(f.convergent)::double as convergent_families
    from family_count as f
    inner join intermediate.int_network_scope as s
        on
            f.level = s.level
            and (s.population = 'all' or f.is_core)
            and (s.split <> 'subfield' or f.subfield is not null)
    group by all
),

node as (
    select
        f.network, s.population,
        case when s.split = 'period' then f.period else 'all' end as period,
        case when s.split = 'subfield' then f.subfield else 'all' end as subfield,
        f.level, f.technology,
        sum(f.occurrences)::double as occurrences,
        sum(f.convergent)::double as convergent_occurrences
    from fine as f
    inner join intermediate.int_network_scope as s
        on
            f.level = s.level
            and (s.population = 'all' or f.is_core)
            and (s.split <> 'subfield' or f.subfield is not null)
    group by all
)

select
    n.network,
    n.population,
    n.period,
    n.subfield,
    n.level,
    n.technology,
    n.occurrences,
    n.convergent_occurrences,
    z.families,
    z.convergent_families
from node as n
inner join size as z
    on
        n.network = z.network and n.population = z.population and n.period = z.period
        and n.subfield = z.subfield and n.level = z.level
