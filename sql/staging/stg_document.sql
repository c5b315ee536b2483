-- Publications of all loaded sources. One row = one publication.
-- Where several sources hold a publication, each field is that of the best-ranked source to have it.
-- Only what a second source holds is merged field by field: that is far less than all, and nothing
-- where one source is loaded.
-- is_invention and is_grant are null where a date would decide that is not known.
-- bare_number is the office and the number, without the kind.
-- Depends by publication_number on: sources.stg_document.
-- Key: publication_number.
-- Never null: office.
-- Refers to: stg_family (publication_number).
with shared as (
    select publication_number, min(source_rank) as best_rank, count(*) as source_count
    from sources.stg_document
    group by publication_number
    having count(*) > 1
),

others as (
    select
        document.publication_number,
        min_by(office, document.source_rank) filter (where office is not null) as office,
        min_by(kind, document.source_rank) filter (where kind is not null) as kind,
        min_by(application_number, document.source_rank) filter (
            where application_number is not null
        ) as application_number,
        min_by(family_id, document.source_rank) filter (where family_id is not null) as family_id,
        min_by(filing_date, document.source_rank) filter (where filing_date is not null) as filing_date,
        min_by(priority_date, document.source_rank) filter (
            where priority_date is not null
        ) as priority_date,
        min_by(first_filing_office, document.source_rank) filter (
            where first_filing_office is not null
        ) as first_filing_office,
        min_by(publication_date, document.source_rank) filter (
            where publication_date is not null
        ) as publication_date,
        min_by(title, document.source_rank) filter (where title is not null) as title,
        min_by(title_language, document.source_rank) filter (
            where title_language is not null
        ) as title_language,
        min_by(abstract, document.source_rank) filter (where abstract is not null) as abstract,
        min_by(claim_count, document.source_rank) filter (where claim_count is not null) as claim_count,
        min_by(inventor_count, document.source_rank) filter (
            where inventor_count is not null
        ) as inventor_count,
        min_by(patent_citation_count, document.source_rank) filter (
            where patent_citation_count is not null
        ) as patent_citation_count,
        min_by(npl_citation_count, document.source_rank) filter (
            where npl_citation_count is not null
        ) as npl_citation_count,
        min_by(forward_citation_count, document.source_rank) filter (
            where forward_citation_count is not null
        ) as forward_citation_count,
        min_by(family_size, document.source_rank) filter (where family_size is not null) as family_size
    from sources.stg_document as document
    inner join shared
        on document.publication_number = shared.publication_number and document.source_rank > shared.best_rank
    group by document.publication_number
),

merged as (
    select
        document.publication_number,
        coalesce(document.office, others.office) as office,
        coalesce(document.kind, others.kind) as kind,
        coalesce(document.application_number, others.application_number) as application_number,
        coalesce(document.family_id, others.family_id) as source_family_id,
        coalesce(document.filing_date, others.filing_date) as filing_date,
        coalesce(document.first_filing_office, others.first_filing_office) as first_filing_office,
        coalesce(document.publication_date, others.publication_date) as publication_date,
        coalesce(document.title, others.title) as title,
        coalesce(document.title_language, others.title_language) as title_language,
        coalesce(document.abstract, others.abstract) as abstract,
        coalesce(document.claim_count, others.claim_count) as claim_count,
        coalesce(document.inventor_count, others.inventor_count) as inventor_count,
        coalesce(document.patent_citation_count, others.patent_citation_count) as patent_citation_count,
        coalesce(document.npl_citation_count, others.npl_citation_count) as npl_citation_count,
        coalesce(document.forward_citation_count, others.forward_citation_count) as forward_citation_count,
        coalesce(document.family_size, others.family_size) as family_size,
        coalesce(document.priority_date, others.priority_date) as claimed_date,
        document.source,
        coalesce(shared.source_count, 1) as source_count
    from sources.stg_document as document
    left join shared on document.publication_number = shared.publication_number
    left join others on document.publication_number = others.publication_number
    -- One expression: of several DuckDB would expect that few rows pass, and hold all texts in
    -- memory to join them to the kinds, instead of the other way round.
    where coalesce(document.source_rank = shared.best_rank, document.publication_number is not null)
),

-- Some sources date the last days of December by the year of their week: 1987-12-30 for 1986-12-30.
-- Where that puts an event behind the next one, the year is one less.
ordered as (
    select
        * exclude (filing_date, claimed_date),
        case
            when
                filing_date > publication_date
                and filing_date - interval 1 year <= publication_date
                and month(filing_date) = 12 and day(filing_date) > 25
                then (filing_date - interval 1 year)::date
            else filing_date
        end as filing_date,
        case
            when
                claimed_date > least(filing_date, publication_date)
                and claimed_date - interval 1 year <= least(filing_date, publication_date)
                and month(claimed_date) = 12 and day(claimed_date) > 25
                then (claimed_date - interval 1 year)::date
            else claimed_date
        end as claimed_date
    from merged
),

-- Offices outside the table: A and B are inventions almost everywhere. Without a date a kind says
-- only what it has always meant: its first day of all stands for that.
rules as (
    select office, kind, valid_from, valid_to, is_invention, is_grant
    from reference.publication_kind
    where office <> '*'
    union all
    select
        office,
        kind,
        date '0001-01-01' as valid_from,
        date '0001-01-01' as valid_to,
        case when bool_and(is_invention) = bool_or(is_invention) then bool_and(is_invention) end
            as is_invention,
        case when bool_and(is_grant) = bool_or(is_grant) then bool_and(is_grant) end as is_grant
    from reference.publication_kind
    where office <> '*'
    group by office, kind
    union all
    select office, kind, date '0001-01-01', date '9999-12-31', is_invention, is_grant
    from reference.publication_kind
    where office = '*'
),

listed as (
    select list(distinct office) as offices from reference.publication_kind
),

-- One join only. DuckDB expects it to leave few rows, and would hold those, with all their texts,
-- in memory for the next one.
classified_kind as (
    select
        ordered.*,
        case when rules.office is null then false else rules.is_invention end as is_invention,
        case when rules.office is null then false else rules.is_grant end as is_grant
    from ordered
    cross join listed
    left join rules
        on
            case when list_contains(listed.offices, ordered.office) then ordered.office else '*' end
            = rules.office
            and case
                when list_contains(listed.offices, ordered.office) then ordered.kind
                else substring(ordered.kind, 1, 1)
            end
            = rules.kind
            and coalesce(
                ordered.publication_date, date '0001-01-01'
            ) between rules.valid_from and rules.valid_to
)

select
    * exclude (claimed_date, is_invention, is_grant),
    -- What one source takes for the first filing another may know to be late.
    least(claimed_date, filing_date, publication_date) as priority_date,
    is_invention,
    is_grant,
    case when is_grant then publication_date end as grant_date,
    split_part(publication_number, '-', 1) || '-' || split_part(publication_number, '-', 2)
        as bare_number
from classified_kind
