-- Inventions: families that have an invention document. One row = one family, of all its invention
-- documents that have a date. No topic changes it. Dates and places in an order are compared as one
-- text, day before number, so that a family is one narrow row of a hash table and never a sort.
-- Depends by family on: staging.stg_family,
-- staging.stg_document.publication_number > staging.stg_family(publication_number > family),
-- staging.stg_party.publication_number > staging.stg_family(publication_number > family).
-- Key: family.
with applied as (
    select distinct publication_number from staging.stg_party where role = 'applicant'
),

members as (
    select
        family.family,
        family.family_id,
        family.family_basis,
        document.office,
        document.application_number,
        document.first_filing_office,
        coalesce(document.priority_date, document.filing_date, document.publication_date) as priority_date,
        document.filing_date,
        document.publication_date,
        document.grant_date,
        document.is_grant,
        document.inventor_count,
        document.patent_citation_count,
        document.npl_citation_count,
        document.forward_citation_count,
        document.family_size,
        document.publication_date::varchar || document.publication_number as age_order,
        case when document.is_grant then '0' else '1' end as grant_place,
        case when applied.publication_number is not null then '0' else '1' end as applicant_place
    from staging.stg_document as document
    inner join staging.stg_family as family on document.publication_number = family.publication_number
    left join applied on document.publication_number = applied.publication_number
    where document.is_invention and document.publication_date is not null
),

grouped as (
    select
        family,
        min(family_id) as family_id,
        min(family_basis) as family_basis,
        substring(min(age_order), 11) as representative_publication,
        -- Applicants are best known from the grant, if it names any.
        substring(min(applicant_place || grant_place || age_order), 13) as party_publication,
        substring(min(grant_place || age_order), 12) as claim_publication,
        min_by(first_filing_office, age_order) filter (where first_filing_office is not null)
            as first_filing_office,
        min(priority_date) as priority_date,
        min(filing_date) as filing_date,
        min(publication_date) as publication_date,
        min(grant_date) as grant_date,
        count(*) as document_count,
        -- WO is no office of a market; EP counts as one. XX means that the source names no office.
        case
            when bool_or(office <> 'XX')
                then count(distinct case when office not in ('WO', 'XX') then office end)
        end as office_count,
        -- An application at WIPO is published by it, or numbered PCT.
        bool_or(office = 'WO' or coalesce(starts_with(application_number, 'PCT'), false))
            as is_pct,
        bool_or(office = 'EP') and bool_or(office = 'JP') and bool_or(office = 'US' and is_grant)
            as is_triadic,
        max(inventor_count) as inventor_count,
        max(npl_citation_count) as npl_citation_count,
        bool_or(patent_citation_count is not null) as has_patent_citations,
        max(forward_citation_count) as forward_citation_count,
        max(family_size) as family_size
    from members
    group by family
)

select
    grouped.* exclude (claim_publication),
    document.claim_count
from grouped
inner join staging.stg_document as document on grouped.claim_publication = document.publication_number
