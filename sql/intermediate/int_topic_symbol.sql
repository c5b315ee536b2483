-- Class symbols that a rule of the topic asks for. One row = one rule x scheme x symbol.
-- Prefixes meet the scheme's symbols, of which there are few, not the documents. A rule may name a
-- place as it was before a reform or as it is after: a symbol goes by its own name, by the main
-- group it moved to, and by the old places that moved to its main group.
-- Old places meet the prefixes before they meet the symbols: DuckDB 2.0.0 fails with an internal
-- error ("dict-surviving cache") where what one join looks up is compared by the next.
with symbols as (
    select distinct scheme, symbol, split_part(symbol, '/', 1) as recorded_group, main_group
    from staging.stg_classification
    where subclass is not null
),

old_places as (
    select distinct t.rule_id, t.is_first_only, r.new
    from reference.ipc_reform as r
    inner join topic.topic_class as t on starts_with(r.old, t.prefix)
)

select t.rule_id, s.scheme, s.symbol, t.is_first_only
from symbols as s
inner join topic.topic_class as t on starts_with(s.symbol, t.prefix)
union
select t.rule_id, s.scheme, s.symbol, t.is_first_only
from symbols as s
inner join topic.topic_class as t on starts_with(s.main_group || '/', t.prefix)
where s.main_group <> s.recorded_group
union
select o.rule_id, s.scheme, s.symbol, o.is_first_only
from symbols as s
inner join old_places as o on s.recorded_group = o.new
