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
        arg_min(priority_office, priority_date) as priority_office
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
        p.publication_number,
        p.is_grant,
        e.priority_date,
        e.priority_office,
        i.inventors,
        r.patents,
        r.npl
    from patentsview.publication as p
    left join earliest as e on p.publication_number = e.publication_number
    left join inventors as i on p.publication_number = i.publication_number
    left join refs as r on p.publication_number = r.publication_number
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
        p.*,
        coalesce(a.application_id, p.application_id) as number,
        try_cast(coalesce(a.filing_date, p.filing_date) as date) as filed
    from patentsview.publication as p
    left join application as a on p.patent_id = a.patent_id
)

select
    d.publication_number,
    'US' as office,
    d.kind,
    nullif(regexp_replace(upper(d.number), '[^A-Z0-9]', '', 'g'), '') as application_number,
    -- A few dates are misread: before the first patent of 1790, or after publication.
    case
        when d.filed between date '1790-01-01' and coalesce(d.publication_date, date '9998-12-31')
            then d.filed
    end
        as filing_date,
    case when c.priorities then
        least(
            k.priority_date,
            case when d.filed >= date '1790-01-01' then d.filed end,
            d.publication_date
        )
    end as priority_date,
    case
        when not c.priorities then null
        when k.priority_date < coalesce(d.filed, d.publication_date) then k.priority_office
        else 'US'
    end as first_filing_office,
    d.publication_date,
    d.title,
    'en' as title_language,
    coalesce(d.abstract, t.abstract) as abstract,
    nullif(d.claims, 0) as claim_count,
    case when c.inventors then coalesce(k.inventors, 0) end as inventor_count,
    case when c.patents then coalesce(k.patents, 0) end as patent_citation_count,
    case when c.npl then coalesce(k.npl, 0) end as npl_citation_count
from dated as d
inner join known as k on d.publication_number = k.publication_number
inner join recorded as c on d.is_grant = c.is_grant
left join abstract as t on d.patent_id = t.patent_id
