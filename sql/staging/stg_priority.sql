-- Priorities of publications. One row = one publication x priority.
-- The best-ranked source that tells any is taken whole: two spellings of one priority would be two.
with ranked as (
    select
        *,
        min(source_rank) over (partition by publication_number) as best_rank
    from sources.stg_priority
    where priority_number is not null
)

select
    publication_number,
    priority_number,
    priority_office,
    min(priority_date) as priority_date
from ranked
where source_rank = best_rank
group by publication_number, priority_number, priority_office
