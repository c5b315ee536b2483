-- IPC and CPC in PATSTAT. One row = one publication x scheme x symbol.
-- Every publication has the symbols of its application. PATSTAT records which IPC symbol is the first,
-- and nothing of the order of the others or of CPC: their position is unknown.
with symbols as (
    select
        appln_id,
        'IPC' as scheme,
        ipc_class_symbol as symbol,
        case when ipc_position = 'F' then 1 end as position,
        case ipc_value when 'I' then true when 'N' then false when 'A' then false end
            as is_inventive
    from raw.patstat_tls209_appln_ipc
    union all
    select
        appln_id,
        'CPC' as scheme,
        cpc_class_symbol as symbol,
        null::bigint as position,
        null::boolean as is_inventive
    from raw.patstat_tls224_appln_cpc
)

select publication.publication_number, symbols.scheme, symbols.symbol, symbols.position, symbols.is_inventive
from symbols
inner join patstat.publication on symbols.appln_id = publication.appln_id
where publication.is_document
