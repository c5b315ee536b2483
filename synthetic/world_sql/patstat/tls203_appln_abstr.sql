-- One row = one application: its abstract in English.
select
    member.application_id::int as appln_id,
    wording.language as appln_abstract_lg,
    wording.abstract as appln_abstract
from member
inner join wording using (family)
where member.type = 'invention' and wording.language = 'en'
order by member.family, member.office_number
