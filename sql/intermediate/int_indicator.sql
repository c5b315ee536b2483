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
        int_forward.*,
        case int_forward.years_seen
            when 2 then int_forward.fc_2 when 3 then int_forward.fc_3 when 4 then int_forward.fc_4 when
                5
                then int_forward.fc_5
            when 6 then int_forward.fc_6
        end as fc_whole_years,
        profile_3.share as share_3,
        profile_5.share as share_5,
        profile_7.share as share_7
    from intermediate.int_forward
    left join intermediate.int_citation_profile as profile_3
        on profile_3.window_years = 3 and int_forward.years_seen = profile_3.age
    left join intermediate.int_citation_profile as profile_5
        on profile_5.window_years = 5 and int_forward.years_seen = profile_5.age
    left join intermediate.int_citation_profile as profile_7
        on profile_7.window_years = 7 and int_forward.years_seen = profile_7.age
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
    dated.family,
    case
        when forward.years_seen >= 3 then forward.fc_3 else forward.fc_whole_years / forward.share_3
    end::double as fc_3,
    case
        when forward.years_seen >= 5 then forward.fc_5 else forward.fc_whole_years / forward.share_5
    end::double as fc_5,
    case
        when forward.years_seen >= 7 then forward.fc_7 else forward.fc_whole_years / forward.share_7
    end::double as fc_7,
    case when forward.years_seen >= 5 then forward.fcx_5 end::double as fcx_5,
    case when forward.years_seen >= 5 then forward.fc_5_others end::double as fc_5_others,
    dated.forward_citation_count::double as fc_reported,
    case when dated.has_patent_citations then coalesce(cited_families.bc, 0) end::double as bc,
    dated.npl_citation_count::double as npl,
    dated.office_count::double as fs,
    dated.family_size::double as fs_reported,
    case when recorded.has_triadic and dated.office_count is not null then dated.is_triadic end::double
        as tri,
    case when recorded.has_pct and dated.office_count is not null then dated.is_pct end::double as pct,
    dated.claim_count::double as cl,
    null::double as icl, -- no source records which claims are independent
    scope.sc,
    scope.mg,
    dated.inventor_count::double as inv,
    -- Joint ownership within a group is none, nor is an inventor beside his employer.
    application.groups::double as app,
    1 - dated.days::double / nullif(slowest.days, 0) as gl,
    null::double as ren, -- no source has fees
    generality.gen,
    originality.ori,
    originality.rad,
    time.tct,
    case when asked.has_nov and scope.sc is not null then coalesce(novelty.nov, 0) end::double as nov,
    disruption.cd_5,
    pagerank.pr,
    scope.conv,
    scope.xsec,
    -- What has been seen so far.
    forward.fc_3::double as fc_3_so_far,
    forward.fc_5::double as fc_5_so_far,
    forward.fc_7::double as fc_7_so_far,
    forward.years_seen >= 3 as fc_3_window_closed,
    forward.years_seen >= 5 as fc_5_window_closed,
    forward.years_seen >= 7 as fc_7_window_closed
from dated
inner join forward on dated.family = forward.family
left join cited_families on dated.family = cited_families.family
left join intermediate.int_scope as scope on dated.family = scope.family
left join intermediate.int_co_application as application on dated.family = application.family
left join slowest on dated.priority_year = slowest.priority_year
left join intermediate.int_generality as generality on dated.family = generality.family
left join intermediate.int_originality as originality on dated.family = originality.family
left join intermediate.int_cycle_time as time on dated.family = time.family
left join intermediate.int_novelty as novelty on dated.family = novelty.family
left join intermediate.int_disruption as disruption on dated.family = disruption.family
left join intermediate.int_pagerank as pagerank on dated.family = pagerank.family
cross join recorded
cross join asked
order by dated.family
