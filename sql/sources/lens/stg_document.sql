-- Publications as the Lens exports them. One row = one publication.
-- The Lens has simple families, but not their DOCDB number.
-- A view: each row comes from one publication.
with claimed as (
    select
        *,
        filings[1] as application,
        -- Counted as stg_citation lists them, where they are listed: CSV lists literature only, and
        -- JSON may count a patent that it does not name.
        case
            when is_json and array_length(refs) > 0 and array_length(list_filter(
                refs, lambda r: coalesce(r.number, '') = '' and coalesce(r.npl, '') = ''
            )) = 0
                then list_unique(list_transform(
                    refs,
                    lambda r: case when r.number <> '' then concat(r.office, r.number, r.kind) end
                ))
            else patent_citation_count
        end::bigint as patents,
        case
            when array_length(refs) > 0
                then list_unique(list_transform(
                    refs, lambda r: case when coalesce(r.number, '') = '' then nullif(r.npl, '') end
                ))
            else npl_citation_count
        end::bigint as literature,
        list_filter(filings[2:], lambda p: p.number is not null) as priorities
    from lens.publication
),

recorded as (
    select
        *,
        list_filter(titles, lambda t: trim(t.text) <> '') as filled_titles,
        list_filter(abstracts, lambda a: trim(a.text) <> '') as filled_abstracts,
        -- The application itself is among the priorities, where its date is written in full.
        coalesce(
            list_filter(
                priorities,
                lambda p: p.office = application.office and p.number = application.number
            )[1].day,
            application.day
        ) as filed,
        list_min(list_transform(
            -- A day before 1790 is unknown, and hides none of the others.
            list_filter(priorities, lambda p: p.day >= date '1790-01-01'),
            lambda p: struct_pack(
                day := p.day,
                -- Of one day, the first office by name; one that is not known comes last.
                is_unknown := p.receiving_office is null,
                office := p.receiving_office
            )
        )) as first_claim
    from claimed
),

chosen as (
    select
        *,
        coalesce(list_filter(filled_titles, lambda t: t.lang = 'en')[1], filled_titles[1])
            as title,
        coalesce(list_filter(filled_abstracts, lambda a: a.lang = 'en')[1], filled_abstracts[1])
            as abstract
    from recorded
)

select
    publication_number,
    office,
    kind,
    application.number as application_number,
    filed as filing_date,
    list_min(list_filter(
        [first_filed, first_claim.day, filed], lambda d: d >= date '1790-01-01'
    )) as priority_date,
    coalesce(first_claim.office, nullif(application.receiving_office, '')) as first_filing_office,
    publication_date,
    trim(regexp_replace(title.text, '\s+', ' ', 'g')) as title,
    lower(title.lang) as title_language,
    trim(abstract.text) as abstract,
    claim_count,
    nullif(array_length(inventors), 0) as inventor_count,
    patents as patent_citation_count,
    literature as npl_citation_count,
    forward_citation_count,
    family_size
from chosen
