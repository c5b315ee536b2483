-- Publications as Google Patents has them. One row = one publication.
-- Claims are one text, and of US documents only: they are not counted.
-- A view: each row comes from one publication.
-- Depends by publication_number on: google_patents.publication.
with dated as (
    select
        *,
        split_part(application_number, '-', 1) as filing_office,
        split_part(application_number, '-', 2) as filing_number,
        split_part(application_number, '-', 3) as filing_kind,
        nullif(try_strptime(publication_date::varchar, '%Y%m%d')::date, date '9999-12-31')
            as published,
        nullif(try_strptime(filing_date::varchar, '%Y%m%d')::date, date '9999-12-31') as filed,
        nullif(try_strptime(priority_date::varchar, '%Y%m%d')::date, date '9999-12-31')
            as first_filed,
        -- Texts that are not blank. To trim them all would copy them all, at twice the time.
        list_filter(title_localized, lambda t: regexp_matches(t.text, '[^ ]')) as titles,
        list_filter(abstract_localized, lambda a: regexp_matches(a.text, '[^ ]')) as abstracts,
        list_min(list_transform(
            -- A day before 1790 is unknown, and hides none of the others.
            list_filter(priority_claim, lambda p: p.filing_date > 17900000),
            lambda p: struct_pack(
                filed := p.filing_date,
                -- Of one day, the first office by name; one that is not known comes last.
                is_unknown := p.application_number is null,
                office := split_part(p.application_number, '-', 1)
            )
        )) as first_claim,
        list_unique(list_transform(citation, lambda c: nullif(c.publication_number, '')))
            as cited,
        -- What names a patent is one, whatever text it has, as in stg_citation.
        list_unique(list_transform(
            citation,
            lambda c: case
                when coalesce(c.publication_number, '') = '' then nullif(c.npl_text, '')
            end
        )) as npl
    from google_patents.publication
),

chosen as (
    select
        *,
        coalesce(list_filter(titles, lambda t: t.language = 'en')[1], titles[1]) as title,
        coalesce(list_filter(abstracts, lambda a: a.language = 'en')[1], abstracts[1])
            as abstract,
        -- An empty list means that there is none only where every reference is printed: on US
        -- grants since 1947. Elsewhere it may not have been recorded.
        array_length(citation) > 0 or (
            office = 'US'
            and grant_date = publication_date
            and published >= date '1947-02-04'
        ) as is_citing_known
    from dated
)

select
    publication_number,
    office,
    kind,
    -- DOCDB distinguishes a PCT application from the receiving office's own by kind W; here PCT does.
    case
        when filing_kind = 'W' then 'PCT' || filing_office || filing_number
        else nullif(filing_number, '')
    end as application_number,
    case when regexp_full_match(family_id, '[1-9][0-9]*') then family_id end as family_id,
    filed as filing_date,
    list_min(list_filter(
        [first_filed, filed, try_strptime(first_claim.filed::varchar, '%Y%m%d')::date],
        lambda d: d >= date '1790-01-01'
    )) as priority_date,
    case
        when array_length(priority_claim) > 0 then nullif(first_claim.office, '')
        when priority_claim is not null then nullif(filing_office, '')
    end as first_filing_office,
    published as publication_date,
    trim(regexp_replace(title.text, '\s+', ' ', 'g')) as title,
    nullif(lower(title.language), '') as title_language,
    case
        when starts_with(abstract.text, ' ') or ends_with(abstract.text, ' ')
            then trim(abstract.text)
        else abstract.text
    end as abstract,
    -- Every patent has an inventor: nobody named is nobody known.
    coalesce(
        nullif(array_length(inventor_harmonized), 0), nullif(array_length(inventor), 0)
    ) as inventor_count,
    case when is_citing_known then cited end::bigint as patent_citation_count,
    case when is_citing_known then npl end::bigint as npl_citation_count
from chosen
