-- How many inventors a country has. One row = one country; `first` is the number of its first one.
with sizes as (
    select
        country,
        16 * (2 + sum(families)::bigint // 16) as size
    from cell
    group by all
)

select
    country,
    size,
    (sum(size) over (order by country) - size)::bigint as first
from sizes
order by country
