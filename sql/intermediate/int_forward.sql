-- How many families cite a family of the topic within whole years of its publication, all windows
-- in one scan of the citations. One row = one family of the topic.
-- All counts are null where no citation is loaded; those by examiners where no origin is told.
with windows as (
    select
        family,
        publication_date,
        (publication_date + interval 1 year)::date as year_1,
        (publication_date + interval 2 year)::date as year_2,
        (publication_date + interval 3 year)::date as year_3,
        (publication_date + interval 4 year)::date as year_4,
        (publication_date + interval 5 year)::date as year_5,
        (publication_date + interval 6 year)::date as year_6,
        (publication_date + interval 7 year)::date as year_7
    from intermediate.int_family
),

counted as (
    select
        w.family,
        count(case when c.citing_publication_date <= w.year_2 then 1 end) as fc_2,
        count(case when c.citing_publication_date <= w.year_3 then 1 end) as fc_3,
        count(case when c.citing_publication_date <= w.year_4 then 1 end) as fc_4,
        count(case when c.citing_publication_date <= w.year_5 then 1 end) as fc_5,
        count(case when c.citing_publication_date <= w.year_6 then 1 end) as fc_6,
        count(*) as fc_7,
        count(case when c.citing_publication_date <= w.year_5 and c.is_examiner then 1 end)
            as fcx_5,
        count(
            case when c.citing_publication_date <= w.year_5 and o.citing_family is null then 1 end
        ) as fc_5_others,
        count(case when c.citing_publication_date <= w.year_5 and c.is_examiner is null then 1 end)
            as untold_5
    from windows as w
    inner join staging.stg_family_citation as c on w.family = c.cited_family
    left join intermediate.int_own_citation as o
        on c.cited_family = o.cited_family and c.citing_family = o.citing_family
    where c.citing_publication_date > w.publication_date and c.citing_publication_date <= w.year_7
    group by w.family
),

known as (
    select count(*) > 0 as has_citations, count(is_examiner) > 0 as has_origins
    from staging.stg_family_citation
),

cut_off as (
    select max(publication_date) as last_day from staging.stg_document
)

select
    w.family,
    -- Whole years, up to 7, between its publication and the last day of the data.
    case
        when w.year_7 <= k.last_day then 7 when w.year_6 <= k.last_day then 6
        when w.year_5 <= k.last_day then 5 when w.year_4 <= k.last_day then 4
        when w.year_3 <= k.last_day then 3 when w.year_2 <= k.last_day then 2
        when w.year_1 <= k.last_day then 1 else 0
    end as years_seen,
    case when n.has_citations then coalesce(c.fc_2, 0) end as fc_2,
    case when n.has_citations then coalesce(c.fc_3, 0) end as fc_3,
    case when n.has_citations then coalesce(c.fc_4, 0) end as fc_4,
    case when n.has_citations then coalesce(c.fc_5, 0) end as fc_5,
    case when n.has_citations then coalesce(c.fc_6, 0) end as fc_6,
    case when n.has_citations then coalesce(c.fc_7, 0) end as fc_7,
    case when n.has_origins and coalesce(c.untold_5, 0) = 0 then coalesce(c.fcx_5, 0) end as fcx_5,
    case when n.has_citations then coalesce(c.fc_5_others, 0) end as fc_5_others
from windows as w
left join counted as c on w.family = c.family
cross join known as n
cross join cut_off as k
