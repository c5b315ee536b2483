-- Class symbols that a rule of the topic asks for. One row = one rule x scheme x symbol.
-- Prefixes meet the scheme's symbols, of which there are few, not the documents.
with symbols as (
    select distinct scheme, symbol from staging.stg_classification
)

select distinct
    t.rule_id,
    s.scheme,
    s.symbol,
    t.is_first_only
from symbols as s
inner join topic.topic_class as t on starts_with(s.symbol, t.prefix)
