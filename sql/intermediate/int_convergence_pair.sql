-- How often two technologies occur in one family. One row = one network x population x period x
-- subfield x level x pair, source < target.
-- Three countings (methods.md 4.2): full gives every pair 1, fractional 1/(k-1) so that a
-- technology's sum is its number of multi-code families, pair fraction 2/(k(k-1)) so that each
-- family gives 1. Added up twice, as int_convergence_occurrence.
with fine as (
    select
        a.level, f.network, f.is_core, f.period, f.subfield,
        a.technology as source, b.technology as target,
        sum(f.share::decimal(38, 15)) as full_count,
        sum((f.share / (a.codes - 1))::decimal(38, 15)) as fractional_count,
        sum((f.share * 2.0::double / (a.codes * (a.codes - 1)))::decimal(38, 15)) as pair_fraction
    from intermediate.int_convergence_code as a
    inner join intermediate.int_convergence_code as b
        on a.level = b.level and a.family = b.family and a.technology < b.technology
    inner join intermediate.int_network_family as f on a.family = f.family
    group by a.level, f.network, f.is_core, f.period, f.subfield, a.technology, b.technology
)

select
    f.network,
    s.population,
    case when s.split = 'period' then f.period else 'all' end as period,
    case when s.split = 'subfield' then f.subfield else 'all' end as subfield,
    f.level,
    f.source,
    f.target,
    sum(f.full_count)::double as full_count,
    sum(f.fractional_count)::double as fractional_count,
    sum(f.pair_fraction)::double as pair_fraction
from fine as f
inner join intermediate.int_network_scope as s
    on
        f.level = s.level
        and (s.population = 'all' or f.is_core)
        and (s.split <> 'subfield' or f.subfield is not null)
group by all
