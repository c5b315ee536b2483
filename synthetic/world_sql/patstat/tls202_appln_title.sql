-- One row = one application: its title in the office's own language.
select
    member.application_id::int as appln_id,
    wording.language as appln_title_lg,
    wording.title as appln_title
from member
inner join wording
    on
        member.family = wording.family
        and office_language(member.office, member.first_office) = wording.language
order by member.family, member.office_number
