-- Indicators of families, null where the sources do not record what one needs (methods.md 2.6).
-- One row = one family.
with forward as (
    select
        f.family_id,
        count(*) as fc_5
    from intermediate.int_family as f
    inner join staging.stg_family_citation as c on f.family_id = c.cited_family
    where c.citing_publication_date > f.publication_date
        and c.citing_publication_date <= f.publication_date + interval 5 year
    group by f.family_id
),

backward as (
    select f.family_id, count(*) as bc
    from intermediate.int_family as f
    inner join staging.stg_family_citation as c on f.family_id = c.citing_family
    group by f.family_id
),

scope as (
    select family_id, count(*) as sc
    from intermediate.int_family_code
    group by family_id
),

cut_off as (
    select max(publication_date) as last_day from staging.stg_document
)

select
    f.family_id,
    -- A count over a window that the data do not reach the end of is not known yet: next to closed
    -- windows it would measure age. What has been seen so far is kept beside it.
    case
        when f.publication_date + interval 5 year <= k.last_day then coalesce(fw.fc_5, 0)::double
    end as fc_5,
    coalesce(fw.fc_5, 0)::double as fc_5_so_far,
    case when f.has_patent_citations then coalesce(b.bc, 0)::double end as bc,
    f.npl_citation_count::double as npl,
    f.office_count::double as fs,
    f.claim_count::double as cl,
    s.sc::double as sc,
    f.inventor_count::double as inv,
    f.publication_date + interval 5 year <= k.last_day as fc_5_window_closed
from intermediate.int_family as f
left join forward as fw on f.family_id = fw.family_id
left join backward as b on f.family_id = b.family_id
left join scope as s on f.family_id = s.family_id
cross join cut_off as k
