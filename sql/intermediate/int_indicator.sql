-- Indicators of families, null where the sources do not record what one needs (methods.md 2.6).
-- One row = one family, a column for each indicator of reference/indicator.csv. In order of
-- family, because all that add up numbers of families sort them first: once here is cheaper.
with recorded as (
    select bool_or(is_pct) as has_pct, bool_or(is_triadic) as has_triadic
    from staging.stg_invention
),

-- A count over a window that the data do not reach the end of is not known yet: next to closed
-- windows it would measure age. Deflated, it is what the window would hold in the end.
forward as (
    select
        w.*,
        case w.years_seen
            when 2 then w.fc_2 when 3 then w.fc_3 when 4 then w.fc_4 when 5 then w.fc_5
            when 6 then w.fc_6
        end as fc_whole_years,
        p3.share as share_3,
        p5.share as share_5,
        p7.share as share_7
    from intermediate.int_forward as w
    left join intermediate.int_citation_profile as p3
        on p3.window_years = 3 and w.years_seen = p3.age
    left join intermediate.int_citation_profile as p5
        on p5.window_years = 5 and w.years_seen = p5.age
    left join intermediate.int_citation_profile as p7
        on p7.window_years = 7 and w.years_seen = p7.age
),

dated as (
    select
        *,
        year(priority_date) as priority_year,
        case when grant_date >= filing_date then date_diff('day', filing_date, grant_date) end
            as days
    from intermediate.int_family
),

slowest as (
    select priority_year, max(days) as days
    from dated
    group by priority_year
),

cited_families as (
    select citing_family as family, count(*) as bc
    from staging.stg_family_citation
    where citing_family in (select family from intermediate.int_family)
    group by citing_family
),

asked as (
    select count(*) > 0 as has_nov from topic.topic_indicator where indicator = 'nov'
)

select
    f.family,
    case when w.years_seen >= 3 then w.fc_3 else w.fc_whole_years / w.share_3 end::double as fc_3,
    case when w.years_seen >= 5 then w.fc_5 else w.fc_whole_years / w.share_5 end::double as fc_5,
    case when w.years_seen >= 7 then w.fc_7 else w.fc_whole_years / w.share_7 end::double as fc_7,
    case when w.years_seen >= 5 then w.fcx_5 end::double as fcx_5,
    case when w.years_seen >= 5 then w.fc_5_others end::double as fc_5_others,
    f.forward_citation_count::double as fc_reported,
    case when f.has_patent_citations then coalesce(b.bc, 0) end::double as bc,
    f.npl_citation_count::double as npl,
    f.office_count::double as fs,
    f.family_size::double as fs_reported,
    case when r.has_triadic and f.office_count is not null then f.is_triadic end::double as tri,
    case when r.has_pct and f.office_count is not null then f.is_pct end::double as pct,
    f.claim_count::double as cl,
    null::double as icl, -- no source tells which claims are independent
    s.sc,
    s.mg,
    f.inventor_count::double as inv,
    -- Joint ownership within a group is none, nor is an inventor beside his employer.
    a.groups::double as app,
    1 - f.days::double / nullif(z.days, 0) as gl,
    null::double as ren, -- no source has fees
    g.gen,
    o.ori,
    o.rad,
    t.tct,
    case when q.has_nov and s.sc is not null then coalesce(n.nov, 0) end::double as nov,
    d.cd_5,
    p.pr,
    s.conv,
    s.xsec,
    -- What has been seen so far.
    w.fc_3::double as fc_3_so_far,
    w.fc_5::double as fc_5_so_far,
    w.fc_7::double as fc_7_so_far,
    w.years_seen >= 3 as fc_3_window_closed,
    w.years_seen >= 5 as fc_5_window_closed,
    w.years_seen >= 7 as fc_7_window_closed
from dated as f
inner join forward as w on f.family = w.family
left join cited_families as b on f.family = b.family
left join intermediate.int_scope as s on f.family = s.family
left join intermediate.int_co_application as a on f.family = a.family
left join slowest as z on f.priority_year = z.priority_year
left join intermediate.int_generality as g on f.family = g.family
left join intermediate.int_originality as o on f.family = o.family
left join intermediate.int_cycle_time as t on f.family = t.family
left join intermediate.int_novelty as n on f.family = n.family
left join intermediate.int_disruption as d on f.family = d.family
left join intermediate.int_pagerank as p on f.family = p.family
cross join recorded as r
cross join asked as q
order by f.family
