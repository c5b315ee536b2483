-- Publications as Patent Public Search returns them. One row = one publication.
-- A view: each row comes from one publication.
-- Depends by publication_number on: ppubs.publication.
with dated as (
    -- A day before 1790 is unknown, and hides none of the others.
    select
        *,
        list_min(list_filter(
            list_transform(applicationFilingDate, lambda d: try_cast(substring(d, 1, 10) as date)),
            lambda d: d between date '1790-01-01' and date '9999-12-30'
        )) as filed,
        list_min(list_filter(
            list_transform(relatedApplFilingDate, lambda d: try_cast(substring(d, 1, 10) as date)),
            lambda d: d between date '1790-01-01' and date '9999-12-30'
        )) as related,
        list_min(list_filter(
            list_transform(priorityClaimsDate, lambda d: try_cast(substring(d, 1, 10) as date)),
            lambda d: d between date '1790-01-01' and date '9999-12-30'
        )) as claimed
    from ppubs.publication
)

select
    publication_number,
    'US' as office,
    kind,
    -- 17/491963 and D/197159 (a design of series 29) become the digits other sources print.
    nullif(
        regexp_replace(regexp_replace(applicationNumber, '^D/', '29'), '[^0-9]', '', 'g'), ''
    ) as application_number,
    -- Numbers of 13 digits are placeholders of the search for families it does not know.
    case
        when regexp_full_match(familyIdentifierCur, '[0-9]{1,12}') then familyIdentifierCur
    end as family_id,
    filed as filing_date,
    least(filed, related, claimed, publication_date) as priority_date,
    -- A claim of foreign priority is dated, but the search does not record from which office.
    case when claimed is null then 'US' end as first_filing_office,
    publication_date,
    trim(regexp_replace(
        replace(replace(replace(replace(replace(replace(
            regexp_replace(inventionTitle, '</?[A-Za-z][^>]*>', '', 'g'),
            '&lt;', '<'), '&gt;', '>'), '&quot;', '"'), '&#39;', ''''), '&nbsp;', ' '),
            '&amp;', '&'),
        '\s+', ' ', 'g'
    )) as title,
    lower(languageIndicator) as title_language,
    try_cast(numberOfClaims as bigint) as claim_count,
    -- inventorsShort names one inventor; "et al." hides how many more there are.
    case
        when inventorCountry is not null then array_length(inventorCountry)
        when inventorsShort not like '%et al.' then 1
    end as inventor_count,
    list_unique(list_transform(
        urpn, lambda u: nullif(ltrim(regexp_replace(upper(u), '[^A-Z0-9]', '', 'g'), '0'), '')
    ))::bigint as patent_citation_count
from dated
