-- Families and core families of countries at each threshold. One row = one threshold x country.
with cut as (
    select h.threshold, min(s.score) as score
    from intermediate.int_score_rank as s
    cross join intermediate.int_threshold as h
    -- Rounded as in int_score_rank, so that the default threshold is its cut.
    where s.position
        <= ceil(round(h.threshold * (select count(*) from intermediate.int_score_rank), 6))
    group by h.threshold
)

select
    k.threshold,
    c.country,
    sum(c.share::decimal(38, 15))::double as families,
    sum((case when s.score >= k.score then c.share else 0 end)::decimal(38, 15))::double
        as core_families
from intermediate.int_family_country as c
inner join intermediate.int_score_rank as s on c.family_id = s.family_id
cross join cut as k
where c.country <> 'ZZ'
group by k.threshold, c.country
