-- Inventions: families that have an invention document. One row = one family, of all its invention
-- documents that have a date. No topic changes it. Dates and places in an order are compared as one
-- text, day before number, so that a family is one narrow row of a hash table and never a sort.
-- Key: family.
with applied as (
    select distinct publication_number from staging.stg_party where role = 'applicant'
),

members as (
    select
        f.family,
        f.family_id,
        f.family_basis,
        d.office,
        d.application_number,
        d.first_filing_office,
        coalesce(d.priority_date, d.filing_date, d.publication_date) as priority_date,
        d.filing_date,
        d.publication_date,
        d.grant_date,
        d.is_grant,
        d.inventor_count,
        d.patent_citation_count,
        d.npl_citation_count,
        d.forward_citation_count,
        d.family_size,
        d.publication_date::varchar || d.publication_number as age_order,
        case when d.is_grant then '0' else '1' end as grant_place,
        case when a.publication_number is not null then '0' else '1' end as applicant_place
    from staging.stg_document as d
    inner join staging.stg_family as f on d.publication_number = f.publication_number
    left join applied as a on d.publication_number = a.publication_number
    where d.is_invention and d.publication_date is not null
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
        -- WO is no office of a market; EP counts as one. XX says that the source names no office.
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
    g.* exclude (claim_publication),
    d.claim_count
from grouped as g
inner join staging.stg_document as d on g.claim_publication = d.publication_number
