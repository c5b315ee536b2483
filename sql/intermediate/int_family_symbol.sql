-- Class symbols of families, in full. One row = one family x symbol.
-- Those of the earliest publication, IPC or, where it has none, CPC without indexing codes, as in
-- int_family_code.
with coded as (
    select
        family.family,
        classification.scheme,
        classification.symbol,
        classification.subclass,
        classification.main_group,
        max(classification.scheme) over (partition by family.family) as best_scheme -- IPC comes after CPC
    from intermediate.int_family as family
    inner join staging.stg_classification as classification
        on family.representative_publication = classification.publication_number
    where classification.subclass is not null and not classification.is_indexing
)

select distinct family, symbol, subclass, main_group
from coded
where scheme = best_scheme
