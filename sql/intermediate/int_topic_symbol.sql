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
    select distinct topic_class.rule_id, topic_class.is_first_only, reform.new
    from reference.ipc_reform as reform
    inner join topic.topic_class on starts_with(reform.old, topic_class.prefix)
)

select topic_class.rule_id, symbols.scheme, symbols.symbol, topic_class.is_first_only
from symbols
inner join topic.topic_class on starts_with(symbols.symbol, topic_class.prefix)
union
select topic_class.rule_id, symbols.scheme, symbols.symbol, topic_class.is_first_only
from symbols
inner join topic.topic_class on starts_with(symbols.main_group || '/', topic_class.prefix)
where symbols.main_group <> symbols.recorded_group
union
select old_places.rule_id, symbols.scheme, symbols.symbol, old_places.is_first_only
from symbols
inner join old_places on symbols.recorded_group = old_places.new
