-- Publications as DOCDB has them. One row = one publication.
-- DOCDB has references of the offices that report them only, and inventors of most: a record that
-- lists none does not say that there are none. It has no claims.
with earliest as (
    select
        p.publication_number,
        min(r.priority_date) as priority_date,
        arg_min(
            case when r.priority_kind = 'W' then 'WO' else r.priority_office end, r.priority_date
        ) as priority_office
    from docdb.publication as p
    inner join raw.docdb_priority as r
        on p._file = r._file and p.record = r.record
    -- A day before 1790 is unknown, and hides none of the others.
    where r.priority_date >= date '1790-01-01'
    group by p.publication_number
),

inventors as (
    select publication_number, count(*) as inventors
    from docdb.stg_party
    where role = 'inventor'
    group by publication_number
),

refs as (
    select
        citing_publication as publication_number,
        count(distinct cited_publication) as patents,
        count(distinct npl) as npl
    from docdb.stg_citation
    group by citing_publication
)

select
    d.publication_number,
    d.office,
    d.kind,
    -- A PCT application is numbered by its receiving office, and told from that office's own by
    -- kind W; here PCT tells it.
    nullif(
        case when d.application_kind = 'W' then 'PCT' || d.application_office else '' end
        || regexp_replace(upper(d.application_number), '[^A-Z0-9]', '', 'g'),
        ''
    ) as application_number,
    d.family_id,
    d.filing_date,
    least(
        e.priority_date,
        case when d.filing_date >= date '1790-01-01' then d.filing_date end,
        d.publication_date
    ) as priority_date,
    case
        when e.priority_date < coalesce(d.filing_date, d.publication_date) then e.priority_office
        -- IB is where applications are filed with WIPO, whose publications are WO.
        when d.application_office = 'IB' then 'WO'
        else coalesce(d.application_office, d.office)
    end as first_filing_office,
    d.publication_date,
    d.title,
    d.title_language,
    d.abstract,
    i.inventors as inventor_count,
    case when d.has_references then coalesce(r.patents, 0) end as patent_citation_count,
    case when d.has_references then coalesce(r.npl, 0) end as npl_citation_count
from docdb.publication as d
left join earliest as e using (publication_number)
left join inventors as i using (publication_number)
left join refs as r using (publication_number)
