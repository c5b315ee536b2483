-- Grants and applications as the USPTO publishes them. One row = one publication.
with earliest as (
    select
        publication_number,
        min(priority_date) as priority_date,
        arg_min(priority_office, priority_date) as priority_office
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
    d.publication_number,
    'US' as office,
    d.kind,
    d.application_number,
    d.filing_date,
    least(
        e.priority_date,
        case when d.filing_date >= date '1790-01-01' then d.filing_date end,
        d.publication_date
    ) as priority_date,
    case when e.priority_date < d.filing_date then e.priority_office else 'US' end
        as first_filing_office,
    d.publication_date,
    d.title,
    d.abstract_language as title_language,
    d.abstract,
    d.claim_count,
    coalesce(i.inventors, 0) as inventor_count,
    coalesce(r.patents, case when d.is_grant then 0 end) as patent_citation_count,
    coalesce(r.npl, case when d.is_grant then 0 end) as npl_citation_count
from uspto.publication as d
left join earliest as e using (publication_number)
left join inventors as i using (publication_number)
left join refs as r using (publication_number)
