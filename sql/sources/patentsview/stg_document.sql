-- Grants and published applications in PatentsView. One row = one publication.
-- What none of the grants has, or none of the applications, is not in the dump: unknown, not none.
with application as (
    select
        patent_id,
        max(application_id) as application_id,
        max_by(filing_date, application_id || coalesce(filing_date, '')) as filing_date
    from raw.patentsview_application
    group by patent_id
),

abstract as (
    select patent_id, max(abstract) as abstract
    from raw.patentsview_abstract
    group by patent_id
),

earliest as (
    select
        publication_number,
        min(priority_date) as priority_date,
        -- Of one day, the first by text.
        arg_min(priority_office, priority_date::varchar || priority_office) as priority_office
    from patentsview.stg_priority
    group by publication_number
),

inventors as (
    select publication_number, count(*) as inventors
    from patentsview.stg_party
    where role = 'inventor'
    group by publication_number
),

refs as (
    select
        citing_publication as publication_number,
        count(distinct cited_publication) as patents,
        count(distinct npl) as npl
    from patentsview.stg_citation
    group by citing_publication
),

known as (
    select
        publication.publication_number,
        publication.is_grant,
        earliest.priority_date,
        earliest.priority_office,
        inventors.inventors,
        refs.patents,
        refs.npl
    from patentsview.publication
    left join earliest on publication.publication_number = earliest.publication_number
    left join inventors on publication.publication_number = inventors.publication_number
    left join refs on publication.publication_number = refs.publication_number
),

recorded as (
    select
        is_grant,
        count(priority_date) > 0 as priorities,
        count(inventors) > 0 as inventors,
        coalesce(sum(patents), 0) > 0 as patents,
        coalesce(sum(npl), 0) > 0 as npl
    from known
    group by is_grant
),

dated as (
    select
        publication.*,
        coalesce(application.application_id, publication.application_id) as number,
        try_cast(coalesce(application.filing_date, publication.filing_date) as date) as filed
    from patentsview.publication
    left join application on publication.patent_id = application.patent_id
)

select
    dated.publication_number,
    'US' as office,
    dated.kind,
    nullif(regexp_replace(upper(dated.number), '[^A-Z0-9]', '', 'g'), '') as application_number,
    -- A few dates are misread: before the first patent of 1790, or after publication.
    case
        when dated.filed between date '1790-01-01' and coalesce(dated.publication_date, date '9998-12-31')
            then dated.filed
    end
        as filing_date,
    case when recorded.priorities then
        least(
            known.priority_date,
            case when dated.filed >= date '1790-01-01' then dated.filed end,
            dated.publication_date
        )
    end as priority_date,
    case
        when not recorded.priorities then null
        when known.priority_date < coalesce(dated.filed, dated.publication_date) then known.priority_office
        else 'US'
    end as first_filing_office,
    dated.publication_date,
    dated.title,
    'en' as title_language,
    coalesce(dated.abstract, abstract.abstract) as abstract,
    nullif(dated.claims, 0) as claim_count,
    case when recorded.inventors then coalesce(known.inventors, 0) end as inventor_count,
    case when recorded.patents then coalesce(known.patents, 0) end as patent_citation_count,
    case when recorded.npl then coalesce(known.npl, 0) end as npl_citation_count
from dated
inner join known on dated.publication_number = known.publication_number
inner join recorded on dated.is_grant = recorded.is_grant
left join abstract on dated.patent_id = abstract.patent_id
