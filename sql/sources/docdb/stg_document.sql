-- Publications as DOCDB has them. One row = one publication.
-- DOCDB has references of the offices that report them only, and inventors of most: a record that
-- lists none is not known to have none. It has no claims.
-- Depends by publication_number on: docdb.publication, docdb.stg_party, raw.docdb_priority,
-- docdb.stg_citation.citing_publication.
with earliest as (
    select
        publication.publication_number,
        min(priority.priority_date) as priority_date,
        arg_min(
            case when priority.priority_kind = 'W' then 'WO' else priority.priority_office end,
            -- Of one day, the first by text.
            priority.priority_date::varchar
            || case when priority.priority_kind = 'W' then 'WO' else priority.priority_office end
        ) as priority_office
    from docdb.publication
    inner join raw.docdb_priority as priority
        on publication._file = priority._file and publication.record = priority.record
    -- A day before 1790 is unknown, and hides none of the others.
    where priority.priority_date >= date '1790-01-01'
    group by publication.publication_number
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
    publication.publication_number,
    publication.office,
    split_part(publication.publication_number, '-', 3) as kind,
    -- A PCT application is numbered by its receiving office, and distinguished from that office's
    -- own by kind W; here PCT does.
    nullif(
        case when publication.application_kind = 'W' then 'PCT' || publication.application_office else '' end
        || regexp_replace(upper(publication.application_number), '[^A-Z0-9]', '', 'g'),
        ''
    ) as application_number,
    publication.family_id,
    publication.filing_date,
    least(
        earliest.priority_date,
        case when publication.filing_date >= date '1790-01-01' then publication.filing_date end,
        publication.publication_date
    ) as priority_date,
    case
        when
            earliest.priority_date < coalesce(publication.filing_date, publication.publication_date)
            then earliest.priority_office
        -- IB is where applications are filed with WIPO, whose publications are WO.
        when publication.application_office = 'IB' then 'WO'
        else coalesce(publication.application_office, publication.office)
    end as first_filing_office,
    publication.publication_date,
    publication.title,
    publication.title_language,
    publication.abstract,
    inventors.inventors as inventor_count,
    case when publication.has_references then coalesce(refs.patents, 0) end as patent_citation_count,
    case when publication.has_references then coalesce(refs.npl, 0) end as npl_citation_count
from docdb.publication
left join earliest using (publication_number)
left join inventors using (publication_number)
left join refs using (publication_number)
