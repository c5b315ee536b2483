-- Publications of Lens exports with their canonical number. One row = one publication.
-- JSON holds more than CSV and takes precedence where both hold a publication; else the last file does.
-- A record whose number is not office, number and kind is left out.
with records as (
    select
        true as is_json,
        _file,
        _row,
        jurisdiction as office,
        doc_number as number,
        kind,
        nullif(date_published, date '9999-12-31') as publication_date,
        struct_pack(
            office := biblio.application_reference.jurisdiction,
            number := biblio.application_reference.doc_number,
            kind := biblio.application_reference.kind,
            day := nullif(biblio.application_reference.date, date '9999-12-31')
        ) as application,
        list_transform(biblio.priority_claims.claims, lambda p: struct_pack(
            office := p.jurisdiction, number := p.doc_number, kind := p.kind,
            day := nullif(p.date, date '9999-12-31')
        )) as priorities,
        biblio.priority_claims.earliest_claim.date as first_filed,
        biblio.invention_title as titles,
        abstract as abstracts,
        list_transform(biblio.parties.applicants, lambda a: struct_pack(
            name := a.extracted_name.value, country := a.residence
        )) as applicants,
        list_transform(biblio.parties.inventors, lambda i: struct_pack(
            name := i.extracted_name.value, country := i.residence
        )) as inventors,
        list_transform(biblio.classifications_ipcr.classifications, lambda c: c.symbol) as ipc,
        list_transform(biblio.classifications_cpc.classifications, lambda c: c.symbol) as cpc,
        list_transform(biblio.references_cited.citations, lambda c: struct_pack(
            office := c.patcit.document_id.jurisdiction,
            number := c.patcit.document_id.doc_number,
            kind := c.patcit.document_id.kind,
            npl := c.nplcit.text,
            phase := c.cited_phase
        )) as refs,
        -- Offices whose claims are not split have them as one.
        case
            when jurisdiction = 'US' or array_length(claims[1].claims) > 1
                then nullif(array_length(claims[1].claims), 0)
        end as claim_count,
        -- A count of none is left out; so are all where no reference is known.
        case
            when biblio.references_cited.patent_count > 0 or biblio.references_cited.npl_count > 0
                then coalesce(biblio.references_cited.patent_count, 0)
        end as patent_citation_count,
        case
            when biblio.references_cited.patent_count > 0 or biblio.references_cited.npl_count > 0
                then coalesce(biblio.references_cited.npl_count, 0)
        end as npl_citation_count,
        case when biblio.cited_by is not null then coalesce(biblio.cited_by.patent_count, 0) end
            as forward_citation_count,
        families.simple_family.size as family_size
    from raw.lens_record
    union all
    select
        false as is_json,
        _file,
        null::bigint as _row,
        office,
        number,
        kind,
        publication_date,
        application,
        priorities,
        first_filed,
        titles,
        abstracts,
        applicants,
        inventors,
        ipc,
        cpc,
        refs,
        null::bigint as claim_count,
        patent_citation_count,
        npl_citation_count,
        forward_citation_count,
        family_size
    from lens.export
),

numbered as (
    select
        * exclude (number),
        publication_number(office, number, kind, year(publication_date)) as publication_number
    from records
    where regexp_full_match(office, '[A-Z]{2}')
        and regexp_matches(number, '[1-9]')
        and regexp_full_match(kind, '[A-Z0-9]+')
),

taken as (
    select *
    from numbered
    qualify row_number() over (
        partition by publication_number
        order by
            is_json desc,
            _file desc,
            _row desc,
            -- Rows of an export are not numbered: by what they say.
            publication_date,
            first_filed,
            titles[1].text,
            abstracts[1].text,
            application.number,
            array_to_string(list_transform(priorities, lambda p: p.number), ';'),
            array_to_string(list_transform(applicants, lambda a: a.name), ';'),
            array_to_string(list_transform(inventors, lambda i: i.name), ';'),
            array_to_string(list_transform(refs, lambda r: r.npl), ';'),
            array_to_string(ipc, ';'),
            array_to_string(cpc, ';'),
            patent_citation_count,
            npl_citation_count,
            forward_citation_count,
            family_size
    ) = 1
),

-- The application and its priorities, numbered as DOCDB does; the application comes first.
filings as (
    select
        *,
        list_transform(
            list_prepend(application, priorities),
            lambda f: struct_pack(
                office := f.office,
                number := regexp_replace(upper(f.number), '[^A-Z0-9]', '', 'g'),
                kind := f.kind,
                day := f.day
            )
        ) as plain_filings
    from taken
)

select
    * exclude (application, priorities, plain_filings, kind),
    split_part(publication_number, '-', 3) as kind,
    -- DOCDB distinguishes a PCT application from the receiving office's own by kind W; here PCT does.
    list_transform(plain_filings, lambda f: struct_pack(
        receiving_office := f.office,
        office := case when f.kind = 'W' then 'WO' else f.office end,
        number := case
            when f.kind = 'W' then 'PCT' || f.office
                || regexp_replace(f.number, '^((19|20)[0-9]{2})0([0-9]{6})$', '\1\3')
            when f.office = 'AU' and regexp_full_match(f.number, '(19|20)[0-9]{2}0[0-9]{5}')
                then ltrim(substring(f.number, 5), '0') || substring(f.number, 3, 2)
            else nullif(f.number, '')
        end,
        day := f.day
    )) as filings
from filings
