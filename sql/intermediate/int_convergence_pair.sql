-- How often two technologies occur in one family. One row = one network x pair, source < target.
-- Three countings (methods.md 4.2): full gives every pair 1, fractional 1/(k-1) so that a
-- technology's sum is its number of multi-code families, pair fraction 2/(k(k-1)) so that each
-- family gives 1.
select
    a.network,
    a.subclass as source,
    b.subclass as target,
    sum(a.share::decimal(38, 15))::double as full_count,
    sum((a.share / (a.codes - 1))::decimal(38, 15))::double as fractional_count,
    sum((a.share * 2.0::double / (a.codes * (a.codes - 1)))::decimal(38, 15))::double
        as pair_fraction
from intermediate.int_convergence_code as a
inner join intermediate.int_convergence_code as b
    on a.network = b.network and a.family_id = b.family_id and a.subclass < b.subclass
group by a.network, a.subclass, b.subclass
