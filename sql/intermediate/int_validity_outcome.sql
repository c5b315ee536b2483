-- What became of families after what their scores may know. One row = one family old enough.
-- Citations are those by other groups that came after three years; grants those of offices beside
-- the first that came then. The most cited are so within their field and priority year, where these
-- have 100 families, else within their year; ties at the limit count.
with later_citation as (
    select old.family, count(*) as citations
    from intermediate.int_validity_family as old
    inner join intermediate.int_validity_citation as citation on old.family = citation.family
    where citation.cited_on > old.known_until and citation.cited_on <= old.seen_until
        and not citation.is_own
    group by old.family
),

later_grant as (
    select old.family, count(distinct document.office) as offices
    from intermediate.int_validity_family as old
    inner join staging.stg_family as member on old.family = member.family
    inner join staging.stg_document as document
        on member.publication_number = document.publication_number
    where document.is_grant and document.is_invention
        and document.publication_date > old.known_until
        and document.publication_date <= old.seen_until
        and document.office is distinct from old.first_filing_office
    group by old.family
),

has as (
    select
        (select count(*) > 0 from staging.stg_family_citation) as citations,
        (select count(*) > 0 from later_grant) as grants
),

outcome as (
    select
        old.family,
        old.priority_year,
        old.years,
        case
            when count(*) over (partition by cohort.field, old.priority_year) >= 100
                then cohort.field
            else 'all'
        end as field,
        case when has.citations then coalesce(later_citation.citations, 0) end as later_citations,
        old.forward_citation_count as reported_citations,
        case when has.grants then coalesce(later_grant.offices, 0) > 0 end as is_granted_elsewhere
    from intermediate.int_validity_family as old
    inner join intermediate.int_cohort as cohort on old.family = cohort.family
    left join later_citation on old.family = later_citation.family
    left join later_grant on old.family = later_grant.family
    cross join has
),

placed as (
    select
        *,
        count(later_citations) over (partition by field, priority_year) as families,
        count(later_citations) over (
            partition by field, priority_year order by later_citations
            range between unbounded preceding and current row
        ) as not_more_cited,
        count(reported_citations) over (partition by field, priority_year) as reported_families,
        count(reported_citations) over (
            partition by field, priority_year order by reported_citations
            range between unbounded preceding and current row
        ) as not_more_reported
    from outcome
)

select
    family,
    years,
    later_citations,
    reported_citations,
    is_granted_elsewhere,
    case
        when later_citations is not null
            then later_citations > 0 and 100 * not_more_cited >= 99 * families
    end as is_top_1,
    case
        when later_citations is not null
            then later_citations > 0 and 100 * not_more_cited >= 95 * families
    end as is_top_5,
    case
        when reported_citations is not null
            then reported_citations > 0 and 100 * not_more_reported >= 95 * reported_families
    end as is_reported_top_5
from placed
