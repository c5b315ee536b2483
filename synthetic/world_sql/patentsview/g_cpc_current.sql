-- One row = one US patent x CPC symbol.
select
    publication.number as patent_id,
    code.position - 1 as cpc_sequence,
    code.symbol[1] as cpc_section,
    code.symbol[1:3] as cpc_class,
    code.symbol[1:4] as cpc_subclass,
    code.symbol as cpc_group,
    case when code.is_inventive then 'inventional' else 'additional' end as cpc_type,
    case when code.position = 1 then 'F' else 'L' end as cpc_symbol_position
from publication
inner join code using (family)
where publication.office = 'US' and publication.is_grant
order by publication.family, code.position
