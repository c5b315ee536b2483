-- The families of each quarter, and where the numbering of a year begins. One row = one quarter.
with counted as (
    select
        quarter.quarter,
        coalesce(sum(cell.families), 0)::bigint as families
    from quarter
    left join cell on quarter.quarter = cell.quarter
    group by all
),

started as (
    select
        quarter,
        families,
        (sum(families) over (order by quarter) - families)::bigint as first
    from counted
)

select
    started.quarter,
    started.families,
    started.first,
    published.first as first_published_that_year,
    filed.first as first_filed_that_year,
    refiled.first as first_refiled_that_year
from started
inner join started as filed
    on started.quarter // 4 * 4 = filed.quarter
inner join started as published
    on greatest((started.quarter + 6) // 4 * 4 - 6, 0) = published.quarter
inner join started as refiled
    on greatest((started.quarter + 4) // 4 * 4 - 4, 0) = refiled.quarter
order by started.quarter
