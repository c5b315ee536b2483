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
    p.publication_number,
    s.scheme,
    s.symbol,
    try_cast(s.sequence as bigint) - f.lowest + 1 as position,
    s.is_inventive
from symbols as s
inner join patentsview.publication as p on s.patent_id = p.patent_id
left join start as f on s._file = f._file
