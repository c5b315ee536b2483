-- One row = one application x IPC symbol.
select
    member.application_id::int as appln_id,
    spaced(code.symbol) as ipc_class_symbol,
    'A' as ipc_class_level,
    date '2006-01-01' as ipc_version,
    case when code.is_inventive then 'I' else 'N' end as ipc_value,
    case when code.position = 1 then 'F' else 'L' end as ipc_position,
    member.office as ipc_gener_auth
from member
inner join code using (family)
order by member.family, member.office_number, code.position
