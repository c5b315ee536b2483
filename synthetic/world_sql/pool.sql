-- The pools from which applicants are drawn. One row = one country x kind of pool: companies of one
-- industry (by its position), of all (20), universities (21), institutes (22), hospitals (23),
-- persons (24), companies with hardly more than one family (25). `first` is the number of the
-- pool's first applicant.
with sizes as (
    select
        country.position as country,
        kind.kind,
        case when kind.kind = 25 then 1 else country.skew end as skew,
        (select sum(cell.families) from cell where cell.country = country.position)
        * kind.share
        * case
            when kind.kind < 20
                then country.loyal * country.shares[1 + kind.kind]
            when kind.kind = 20 then greatest(1 - country.loyal, 0.05)
            else 1
        end
        / case
            when kind.kind = 25 then 1.2
            when kind.kind = 24 then 2
            when kind.kind > 20 then 15
            else country.group_size
        end
            as size
    from country
    cross join (
        select
            position as kind,
            0.82 * (1 - getvariable('small_company')) as share
        from industry
        union all
        values
            (20, 0.82 * (1 - getvariable('small_company'))),
            (21, 0.08),
            (22, 0.05),
            (23, 0.01),
            (24, 0.04),
            (25, 0.82 * getvariable('small_company'))
    ) as kind
)

select
    country,
    kind,
    skew,
    8 + ceil(coalesce(size, 0))::bigint as size,
    (sum(8 + ceil(coalesce(size, 0))::bigint) over (order by country, kind)
        - (8 + ceil(coalesce(size, 0))::bigint))::bigint as first
from sizes
order by country, kind
