-- Families of the topic. One row = one family that has an invention document in the topic.
-- All its invention documents count; the earliest published one stands for it.
with topic_family as (
    select f.family_id, min_by(t.selected_by, t.publication_number) as selected_by
    from intermediate.int_topic_document as t
    inner join staging.stg_document as d on t.publication_number = d.publication_number
    inner join staging.stg_family as f on t.publication_number = f.publication_number
    where d.is_invention
    group by f.family_id
),

applied as (
    select distinct publication_number from staging.stg_party where role = 'applicant'
),

members as (
    select
        f.family_id, f.family_basis, t.selected_by, d.*,
        a.publication_number is not null as has_applicant
    from topic_family as t
    inner join staging.stg_family as f on t.family_id = f.family_id
    inner join staging.stg_document as d on f.publication_number = d.publication_number
    left join applied as a on f.publication_number = a.publication_number
    where d.is_invention and d.publication_date is not null
),

ordered as (
    select
        *,
        row_number() over (
            partition by family_id order by publication_date, publication_number
        ) as age_order,
        row_number() over (
            partition by family_id
            order by is_grant desc, publication_date, publication_number
        ) as grant_order,
        row_number() over (
            partition by family_id
            order by has_applicant desc, is_grant desc, publication_date, publication_number
        ) as party_order
    from members
),

subfield as (
    select
        h.publication_number,
        min_by(s.subfield, s.position) as subfield
    from intermediate.int_topic_rule_hit as h
    inner join topic.topic_rule as r on h.rule_id = r.rule_id and r.purpose = 'subfield'
    inner join topic.topic_subfield as s on r.label = s.subfield
    group by h.publication_number
)

select
    o.family_id,
    min(o.family_basis) as family_basis,
    min(o.selected_by) as selected_by,
    max(case when o.age_order = 1 then o.publication_number end) as representative_publication,
    -- Applicants are best known from the grant, if it names any.
    max(case when o.party_order = 1 then o.publication_number end) as party_publication,
    max(case when o.age_order = 1 then o.title end) as title,
    max(case when o.age_order = 1 then o.source end) as source,
    max(case when o.age_order = 1 then s.subfield end) as subfield,
    min_by(o.first_filing_office, o.age_order) filter (where o.first_filing_office is not null)
        as first_filing_office,
    min(coalesce(o.priority_date, o.filing_date, o.publication_date)) as priority_date,
    min(o.filing_date) as filing_date,
    min(o.publication_date) as publication_date,
    min(o.grant_date) as grant_date,
    count(*) as document_count,
    -- WO is no office of a market; EP counts as one. XX says that the source names no office.
    case
        when bool_or(o.office <> 'XX')
            then count(distinct case when o.office not in ('WO', 'XX') then o.office end)
    end as office_count,
    max(case when o.grant_order = 1 then o.claim_count end) as claim_count,
    max(o.inventor_count) as inventor_count,
    max(o.npl_citation_count) as npl_citation_count,
    bool_or(o.patent_citation_count is not null) as has_patent_citations
from ordered as o
left join subfield as s on o.publication_number = s.publication_number
group by o.family_id
