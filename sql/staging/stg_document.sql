-- Publications of all loaded sources. One row = one publication.
-- Where sources tell the same publication, each field is that of the best-ranked source to have it.
with merged as (
    select
        publication_number,
        min_by(office, source_rank) filter (where office is not null) as office,
        min_by(kind, source_rank) filter (where kind is not null) as kind,
        min_by(application_number, source_rank) filter (where application_number is not null)
            as application_number,
        min_by(family_id, source_rank) filter (where family_id is not null) as source_family_id,
        min_by(filing_date, source_rank) filter (where filing_date is not null) as filing_date,
        min_by(priority_date, source_rank) filter (where priority_date is not null)
            as priority_date,
        min_by(first_filing_office, source_rank) filter (where first_filing_office is not null)
            as first_filing_office,
        min_by(publication_date, source_rank) filter (where publication_date is not null)
            as publication_date,
        min_by(title, source_rank) filter (where title is not null) as title,
        min_by(title_language, source_rank) filter (where title_language is not null)
            as title_language,
        min_by(abstract, source_rank) filter (where abstract is not null) as abstract,
        min_by(claim_count, source_rank) filter (where claim_count is not null) as claim_count,
        min_by(inventor_count, source_rank) filter (where inventor_count is not null)
            as inventor_count,
        min_by(patent_citation_count, source_rank) filter (where patent_citation_count is not null)
            as patent_citation_count,
        min_by(npl_citation_count, source_rank) filter (where npl_citation_count is not null)
            as npl_citation_count,
        min_by(forward_citation_count, source_rank) filter (
            where forward_citation_count is not null
        ) as forward_citation_count,
        min_by(family_size, source_rank) filter (where family_size is not null) as family_size,
        min_by(source, source_rank) as source,
        count(distinct source) as source_count
    from sources.stg_document
    where publication_number is not null
    group by publication_number
),

listed as (
    select distinct office from reference.publication_kind
)

select
    m.*,
    coalesce(exact.is_invention, general.is_invention, false) as is_invention,
    coalesce(exact.is_grant, general.is_grant, false) as is_grant,
    case when coalesce(exact.is_grant, general.is_grant, false) then m.publication_date end
        as grant_date
from merged as m
left join reference.publication_kind as exact
    on
        m.office = exact.office
        and m.kind = exact.kind
        and m.publication_date between exact.valid_from and exact.valid_to
-- Offices outside the table: A and B are inventions almost everywhere.
left join listed as l on m.office = l.office
left join reference.publication_kind as general
    on l.office is null and general.office = '*' and substring(m.kind, 1, 1) = general.kind
