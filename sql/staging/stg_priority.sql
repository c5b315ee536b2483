-- Priorities of publications. One row = one publication x priority.
-- The best-ranked source that tells any is taken whole: two spellings of one priority would be two.
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
    t.publication_number,
    t.priority_number,
    t.priority_office,
    t.priority_date
from told as t
left join mixed as m on t.publication_number = m.publication_number
where m.best_rank is null or t.source_rank = m.best_rank
