-- Priorities of publications. One row = one publication x priority.
-- The best-ranked source that has any is taken whole: two spellings of one priority would be two.
-- Depends by publication_number on: sources.stg_priority.
-- Key: publication_number, priority_office, priority_number.
-- May be null: priority_office.
with told as (
    select
        publication_number,
        priority_number,
        priority_office,
        source_rank,
        min(priority_date) as priority_date
    from sources.stg_priority
    where priority_number is not null
    group by publication_number, priority_number, priority_office, source_rank
),

mixed as (
    select publication_number, min(source_rank) as best_rank
    from told
    group by publication_number
    having min(source_rank) < max(source_rank)
)

select
    told.publication_number,
    told.priority_number,
    told.priority_office,
    told.priority_date
from told
left join mixed on told.publication_number = mixed.publication_number
where mixed.best_rank is null or told.source_rank = mixed.best_rank
