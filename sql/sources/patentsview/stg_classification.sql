-- IPC and CPC in PatentsView. One row = one publication x scheme x position.
-- CPC is that of today; that as published, if the grants or the applications lack that of today.
with symbols as (
    select
        _file,
        patent_id,
        'IPC' as scheme,
        section || lpad(ipc_class, 2, '0') || subclass || main_group || '/' || subgroup as symbol,
        ipc_sequence as sequence,
        case upper(classification_value) when 'I' then true when 'N' then false when 'A' then false
        end as is_inventive
    from raw.patentsview_ipc
    union all
    select
        _file,
        patent_id,
        'CPC' as scheme,
        cpc_group as symbol,
        cpc_sequence as sequence,
        case lower(cpc_type) when 'inventional' then true when 'additional' then false
        end as is_inventive
    from raw.patentsview_cpc_current
    union all
    select
        _file,
        patent_id,
        'CPC' as scheme,
        cpc_group as symbol,
        cpc_sequence as sequence,
        case lower(cpc_type) when 'inventional' then true when 'additional' then false
        end as is_inventive
    from raw.patentsview_cpc_at_issue
    -- Numbers of published applications have eleven digits, those of grants fewer.
    where (length(patent_id) = 11) not in (
        select length(patent_id) = 11 from raw.patentsview_cpc_current group by all
    )
),

-- Files count from 0, some from 1.
start as (
    select _file, min(try_cast(ipc_sequence as bigint)) as lowest
    from raw.patentsview_ipc group by _file
    union all
    select _file, min(try_cast(cpc_sequence as bigint)) as lowest
    from raw.patentsview_cpc_current group by _file
    union all
    select _file, min(try_cast(cpc_sequence as bigint)) as lowest
    from raw.patentsview_cpc_at_issue group by _file
)

select
    publication.publication_number,
    symbols.scheme,
    symbols.symbol,
    try_cast(symbols.sequence as bigint) - start.lowest + 1 as position,
    symbols.is_inventive
from symbols
inner join patentsview.publication on symbols.patent_id = publication.patent_id
left join start on symbols._file = start._file
