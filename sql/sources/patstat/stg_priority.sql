-- Applications that others claim as priority, in PATSTAT. One row = one publication x priority.
select distinct
    p.publication_number,
    -- DOCDB numbers PCT filings by the receiving office: US2017034582.
    nullif(
        case when upper(trim(a.appln_auth)) = 'WO' then upper(trim(a.receiving_office)) else '' end
        || regexp_replace(upper(a.appln_nr), '[^A-Z0-9]', '', 'g'),
        ''
    ) as priority_number,
    nullif(upper(trim(a.appln_auth)), '') as priority_office,
    nullif(try_cast(a.appln_filing_date as date), date '9999-12-31') as priority_date
from raw.patstat_tls204_appln_prior as c
inner join patstat.publication as p on c.appln_id = p.appln_id
inner join raw.patstat_tls201_appln as a on c.prior_appln_id = a.appln_id
where p.is_document
