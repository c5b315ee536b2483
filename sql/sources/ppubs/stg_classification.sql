-- IPC and CPC as Patent Public Search flattens them. One row = one publication x symbol.
-- A view: each row comes from one publication.
-- Depends by publication_number on: ppubs.publication.
with documents as (
    select
        publication_number,
        string_split(ipcCodeFlattened, ';') as ipc,
        string_split(cpcInventiveFlattened, ';') as inventive,
        string_split(cpcAdditionalFlattened, ';') as additional
    from ppubs.publication
),

symbols as (
    select
        publication_number, 'IPC' as scheme, null::boolean as is_inventive, 0 as places_before,
        unnest(ipc) as symbol, generate_subscripts(ipc, 1) as position
    from documents
    union all
    select
        publication_number, 'CPC' as scheme, true as is_inventive, 0 as places_before,
        unnest(inventive) as symbol, generate_subscripts(inventive, 1) as position
    from documents
    union all
    select
        publication_number, 'CPC' as scheme, false as is_inventive,
        coalesce(array_length(inventive), 0) as places_before,
        unnest(additional) as symbol, generate_subscripts(additional, 1) as position
    from documents
)

select
    publication_number,
    scheme,
    trim(symbol) as symbol,
    places_before + position as position,
    is_inventive
from symbols
where trim(symbol) <> ''
