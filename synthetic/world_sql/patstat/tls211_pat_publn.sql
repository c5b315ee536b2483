-- One row = one publication. Claims are counted where the US or the EPO prints them.
select
    publication_id::int as pat_publn_id,
    office as publn_auth,
    number as publn_nr,
    '' as publn_nr_original,
    kind as publn_kind,
    application_id::int as appln_id,
    date as publn_date,
    office_language(office, first_office) as publn_lg,
    case when is_grant or (type <> 'invention' and published = date) then 'Y' else 'N' end
        as publn_first_grant,
    case when office in ('US', 'EP') and type = 'invention' then claims else 0 end as publn_claims
from publication
order by publication_id
