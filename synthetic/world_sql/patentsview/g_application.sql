-- One row = one granted US application.
select
    application_number as application_id,
    number as patent_id,
    case when type = 'design' then 'design' else 'utility' end as patent_application_type,
    filing as filing_date,
    application_number[1:2] as series_code,
    0 as rule_47_flag
from publication
where office = 'US' and is_grant
order by family
