-- Class symbols that a rule of the topic asks for. One row = one rule x scheme x symbol.
-- Prefixes meet the scheme's symbols, of which there are few, not the documents. A rule may name a
-- place as it was before a reform or as it is after: a symbol goes by its own name, by the main
-- group it moved to, and by the old places that moved to its main group.
with symbols as (
    select distinct scheme, symbol, split_part(symbol, '/', 1) as recorded_group, main_group
    from staging.stg_classification
    where subclass is not null
),

names as (
    select scheme, symbol, symbol as name
    from symbols
    union all
    select scheme, symbol, main_group || '/' as name
    from symbols
    where main_group <> recorded_group
    union all
    select s.scheme, s.symbol, r.old as name
    from symbols as s
    inner join reference.ipc_reform as r on s.recorded_group = r.new
)

select distinct
    t.rule_id,
    n.scheme,
    n.symbol,
    t.is_first_only
from names as n
inner join topic.topic_class as t on starts_with(n.name, t.prefix)
