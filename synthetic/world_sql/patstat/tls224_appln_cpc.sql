-- One row = one application x CPC symbol.
select
    member.application_id::int as appln_id,
    spaced(code.symbol) as cpc_class_symbol
from member
inner join code using (family)
where member.office in ('US', 'EP', 'WO', 'KR')
order by member.family, member.office_number, code.position
