-- Class symbols of families, in full. One row = one family x symbol.
-- Those of the earliest publication, IPC or, where it has none, CPC without indexing codes, as in
-- int_family_code.
with coded as (
    select
        f.family,
        c.scheme,
        c.symbol,
        c.subclass,
        c.main_group,
        max(c.scheme) over (partition by f.family) as best_scheme -- IPC comes after CPC
    from intermediate.int_family as f
    inner join staging.stg_classification as c
        on f.representative_publication = c.publication_number
    where c.subclass is not null and not c.is_indexing
)

select distinct family, symbol, subclass, main_group
from coded
where scheme = best_scheme
