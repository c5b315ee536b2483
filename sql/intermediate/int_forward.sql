-- How many families cite a family of the topic within whole years of its publication, all windows
-- in one scan of the citations. One row = one family of the topic.
-- All counts are null where no citation is loaded; those by examiners where no origin is recorded.
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
        windows.family,
        count(case when citation.citing_publication_date <= windows.year_2 then 1 end) as fc_2,
        count(case when citation.citing_publication_date <= windows.year_3 then 1 end) as fc_3,
        count(case when citation.citing_publication_date <= windows.year_4 then 1 end) as fc_4,
        count(case when citation.citing_publication_date <= windows.year_5 then 1 end) as fc_5,
        count(case when citation.citing_publication_date <= windows.year_6 then 1 end) as fc_6,
        count(*) as fc_7,
        count(
            case when citation.citing_publication_date <= windows.year_5 and citation.is_examiner then 1 end
        )
            as fcx_5,
        count(
            case
                when
                    citation.citing_publication_date <= windows.year_5 and own_citation.citing_family is null
                    then 1
            end
        ) as fc_5_others,
        count(
            case
                when
                    citation.citing_publication_date <= windows.year_5 and citation.is_examiner is null
                    then 1
            end
        )
            as untold_5
    from windows
    inner join staging.stg_family_citation as citation on windows.family = citation.cited_family
    left join intermediate.int_own_citation as own_citation
        on
            citation.cited_family = own_citation.cited_family
            and citation.citing_family = own_citation.citing_family
    where
        citation.citing_publication_date > windows.publication_date
        and citation.citing_publication_date <= windows.year_7
    group by windows.family
),

known as (
    select count(*) > 0 as has_citations, count(is_examiner) > 0 as has_origins
    from staging.stg_family_citation
),

cut_off as (
    select max(publication_date) as last_day from staging.stg_document
)

select
    windows.family,
    -- Whole years, up to 7, between its publication and the last day of the data.
    case
        when windows.year_7 <= cut_off.last_day then 7 when windows.year_6 <= cut_off.last_day then 6
        when windows.year_5 <= cut_off.last_day then 5 when windows.year_4 <= cut_off.last_day then 4
        when windows.year_3 <= cut_off.last_day then 3 when windows.year_2 <= cut_off.last_day then 2
        when windows.year_1 <= cut_off.last_day then 1 else 0
    end as years_seen,
    case when known.has_citations then coalesce(counted.fc_2, 0) end as fc_2,
    case when known.has_citations then coalesce(counted.fc_3, 0) end as fc_3,
    case when known.has_citations then coalesce(counted.fc_4, 0) end as fc_4,
    case when known.has_citations then coalesce(counted.fc_5, 0) end as fc_5,
    case when known.has_citations then coalesce(counted.fc_6, 0) end as fc_6,
    case when known.has_citations then coalesce(counted.fc_7, 0) end as fc_7,
    case when known.has_origins and coalesce(counted.untold_5, 0) = 0 then coalesce(counted.fcx_5, 0) end
        as fcx_5,
    case when known.has_citations then coalesce(counted.fc_5_others, 0) end as fc_5_others
from windows
left join counted on windows.family = counted.family
cross join known
cross join cut_off
