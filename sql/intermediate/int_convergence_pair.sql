-- How often two technologies occur in one family. One row = one network x population x period x
-- subfield x level x pair, source < target.
-- Three countings (methods.md 4.2): full gives every pair 1, fractional 1/(k-1) so that a
-- technology's sum is its number of multi-code families, pair fraction 2/(k(k-1)) so that each
-- family gives 1. Added up twice, as int_convergence_occurrence.
with fine as (
    select
        code.level, family.network, family.is_core, family.period, family.subfield,
        code.technology as source, other_code.technology as target,
        sum(family.share::decimal(38, 15)) as full_count,
        sum((family.share / (code.codes - 1))::decimal(38, 15)) as fractional_count,
        sum((family.share * 2.0::double / (code.codes * (code.codes - 1)))::decimal(38, 15)) as pair_fraction
    from intermediate.int_convergence_code as code
    inner join intermediate.int_convergence_code as other_code
        on
            code.level = other_code.level
            and code.family = other_code.family
            and code.technology < other_code.technology
    inner join intermediate.int_network_family as family on code.family = family.family
    group by
        code.level,
        family.network,
        family.is_core,
        family.period,
        family.subfield,
        code.technology,
        other_code.technology
)

select
    fine.network,
    scope.population,
    case when scope.split = 'period' then fine.period else 'all' end as period,
    case when scope.split = 'subfield' then fine.subfield else 'all' end as subfield,
    fine.level,
    fine.source,
    fine.target,
    sum(fine.full_count)::double as full_count,
    sum(fine.fractional_count)::double as fractional_count,
    sum(fine.pair_fraction)::double as pair_fraction
from fine
inner join intermediate.int_network_scope as scope
    on
        fine.level = scope.level
        and (scope.population = 'all' or fine.is_core)
        and (scope.split <> 'subfield' or fine.subfield is not null)
group by all
