-- Applications that others claim as priority, in PATSTAT. One row = one publication x priority.
select distinct
    publication.publication_number,
    -- DOCDB numbers PCT filings by the receiving office: US2017034582.
    nullif(
        case when upper(trim(appln.appln_auth)) = 'WO' then upper(trim(appln.receiving_office)) else '' end
        || regexp_replace(upper(appln.appln_nr), '[^A-Z0-9]', '', 'g'),
        ''
    ) as priority_number,
    nullif(upper(trim(appln.appln_auth)), '') as priority_office,
    nullif(try_cast(appln.appln_filing_date as date), date '9999-12-31') as priority_date
from raw.patstat_tls204_appln_prior as priority
inner join patstat.publication on priority.appln_id = publication.appln_id
inner join raw.patstat_tls201_appln as appln on priority.prior_appln_id = appln.appln_id
where publication.is_document
