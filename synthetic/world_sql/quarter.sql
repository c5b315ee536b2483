-- How many families each quarter has. One row = one quarter of priority.
with quarters as (
    select
        range::int as quarter,
        getvariable('first_year') + range / 4.0 as moment
    from range(getvariable('quarters'))
)

select
    quarter,
    moment,
    exp(getvariable('growth') * (moment - getvariable('first_year')))
    * case when moment >= getvariable('surge_year') then getvariable('surge_factor') else 1 end
        as volume
from quarters
order by quarter
