-- One row = one application x priority.
select
    member.application_id::int as appln_id,
    first_member.application_id::int as prior_appln_id,
    1 as prior_appln_seq_nr
from member
inner join member as first_member using (family)
where first_member.is_first and not member.is_first
order by member.family, member.office_number
