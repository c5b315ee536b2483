-- Indicators of families by what was known three years after their first publication: a document,
-- citation or office of later counts in none. One row = one family old enough.
-- What rests on the first publication (classes) is taken as it is; what rests on the document that
-- names the applicants only if that was there.
with known_document as (
    select
        old.family,
        document.publication_number,
        document.office,
        document.application_number,
        document.claim_count,
        document.inventor_count,
        document.npl_citation_count,
        document.patent_citation_count,
        case when document.is_grant then '0' else '1' end
        || document.publication_date::varchar || document.publication_number as claim_order
    from intermediate.int_validity_family as old
    inner join staging.stg_family as member on old.family = member.family
    inner join staging.stg_document as document
        on member.publication_number = document.publication_number
    where document.is_invention and document.publication_date <= old.known_until
),

recorded as (
    select
        family,
        case
            when bool_or(office <> 'XX')
                then count(distinct case when office not in ('WO', 'XX') then office end)
        end as fs,
        bool_or(office = 'WO' or coalesce(starts_with(application_number, 'PCT'), false)) as is_pct,
        min_by(claim_count, claim_order) as cl,
        max(inventor_count) as inv,
        max(npl_citation_count) as npl,
        bool_or(patent_citation_count is not null) as has_references
    from known_document
    group by family
),

referred as (
    select
        known.family,
        count(
            distinct coalesce(
                target.family::varchar,
                split_part(citation.cited_publication, '-', 1)
                || '-' || split_part(citation.cited_publication, '-', 2)
            )
        ) as bc
    from known_document as known
    inner join staging.stg_citation as citation
        on known.publication_number = citation.citing_publication
    left join staging.stg_family as target
        on citation.cited_publication = target.publication_number
    where citation.cited_publication is not null and target.family is distinct from known.family
    group by known.family
),

cited as (
    select old.family, count(*) as fc
    from intermediate.int_validity_family as old
    inner join intermediate.int_validity_citation as citation on old.family = citation.family
    where citation.cited_on <= old.known_until
    group by old.family
),

has as (
    select
        (select count(*) > 0 from staging.stg_family_citation) as citations,
        bool_or(is_pct) as pct
    from staging.stg_invention
)

select
    old.family,
    case when has.citations then coalesce(cited.fc, 0) end::double as fc_3,
    case when recorded.has_references then coalesce(referred.bc, 0) end::double as bc,
    recorded.npl::double as npl,
    recorded.fs::double as fs,
    case when has.pct and recorded.fs is not null then recorded.is_pct end::double as pct,
    recorded.cl::double as cl,
    recorded.inv::double as inv,
    case when party.publication_date <= old.known_until then applying.groups end::double as app,
    scope.sc,
    scope.mg,
    scope.conv,
    scope.xsec
from intermediate.int_validity_family as old
inner join recorded on old.family = recorded.family
inner join staging.stg_document as party on old.party_publication = party.publication_number
left join referred on old.family = referred.family
left join cited on old.family = cited.family
left join intermediate.int_co_application as applying on old.family = applying.family
left join intermediate.int_scope as scope on old.family = scope.family
cross join has
