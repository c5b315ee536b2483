-- One row = one US patent x IPC symbol.
select
    publication.number as patent_id,
    code.position - 1 as ipc_sequence,
    'A' as classification_level,
    code.symbol[1] as section,
    code.symbol[2:3] as ipc_class,
    code.symbol[4] as subclass,
    split_part(code.symbol[5:], '/', 1) as main_group,
    split_part(code.symbol, '/', 2) as subgroup,
    case when code.position = 1 then 'F' else 'L' end as symbol_position,
    case when code.is_inventive then 'I' else 'N' end as classification_value,
    'B' as classification_status,
    'H' as classification_data_source,
    publication.date as action_date,
    '2006-01-01' as ipc_version_indicator
from publication
inner join code using (family)
where publication.office = 'US' and publication.is_grant
order by publication.family, code.position
