-- One row = one person x application.
select
    party.applicant::int as person_id,
    member.application_id::int as appln_id,
    party.position::int as applt_seq_nr,
    0 as invt_seq_nr
from member
inner join party using (family)
union all
select
    100000000 + inventor.inventor::int,
    member.application_id::int,
    0,
    inventor.position::int
from member
inner join inventor using (family)
order by appln_id, person_id
