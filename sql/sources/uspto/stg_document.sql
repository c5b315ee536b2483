-- Grants and applications as the USPTO publishes them. One row = one publication.
-- Depends by publication_number on: uspto.publication, uspto.stg_party, uspto.stg_priority,
-- uspto.stg_citation.citing_publication.
with earliest as (
    select
        publication_number,
        min(priority_date) as priority_date,
        -- Of one day, the first by text.
        arg_min(priority_office, priority_date::varchar || priority_office) as priority_office
    from uspto.stg_priority
    -- A day before 1790 is unknown, and hides none of the others.
    where priority_date >= date '1790-01-01'
    group by publication_number
),

-- Every record lists its inventors, and every grant its references, so none found means none.
-- Applications are published before the search: their references are unknown, not none.
inventors as (
    select publication_number, count(*) as inventors
    from uspto.stg_party
    where role = 'inventor'
    group by publication_number
),

refs as (
    select
        citing_publication as publication_number,
        count(distinct cited_publication) as patents,
        count(distinct npl) as npl
    from uspto.stg_citation
    group by citing_publication
)

select
    publication.publication_number,
    'US' as office,
    split_part(publication.publication_number, '-', 3) as kind,
    publication.application_number,
    publication.filing_date,
    least(
        earliest.priority_date,
        case when publication.filing_date >= date '1790-01-01' then publication.filing_date end,
        publication.publication_date
    ) as priority_date,
    case when earliest.priority_date < publication.filing_date then earliest.priority_office else 'US' end
        as first_filing_office,
    publication.publication_date,
    publication.title,
    publication.abstract_language as title_language,
    publication.abstract,
    publication.claim_count,
    coalesce(inventors.inventors, 0) as inventor_count,
    coalesce(refs.patents, case when publication.is_grant then 0 end) as patent_citation_count,
    coalesce(refs.npl, case when publication.is_grant then 0 end) as npl_citation_count
from uspto.publication
left join earliest using (publication_number)
left join inventors using (publication_number)
left join refs using (publication_number)
