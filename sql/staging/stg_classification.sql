-- Classes of publications. One row = one publication x scheme x symbol.
-- For each scheme the best-ranked source that classifies the publication is taken whole.
with ranked as (
    select
        *,
        min(source_rank) over (partition by publication_number, scheme) as best_rank
    from sources.stg_classification
)

select
    publication_number,
    scheme,
    symbol,
    substring(symbol, 1, 4) as subclass,
    split_part(symbol, '/', 1) as main_group,
    min(position) as position,
    bool_or(is_inventive) as is_inventive
from ranked
where source_rank = best_rank and symbol is not null
group by all
