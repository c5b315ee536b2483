-- Families by score. One row = one family.
-- Ties share a rank (the middle of the places they fill); the core is the best share of the topic,
-- with every tie at the cut.
with placed as (
    select
        family_id,
        score,
        row_number() over (order by score desc, family_id) as position,
        rank() over (order by score desc) as first_place,
        count(*) over (partition by score) as tied,
        count(*) over () as families
    from intermediate.int_score
),

cut as (
    select min(p.score) as score
    from placed as p
    cross join topic.topic as t
    -- Rounded, for 0.07 of 100 families is a little over 7 in binary.
    where p.position <= ceil(round(t.core_share * p.families, 6))
)

select
    p.family_id,
    p.score,
    p.position,
    p.first_place + (p.tied - 1) / 2.0::double as rank,
    p.score >= c.score as is_core,
    p.score = c.score and p.tied > 1 as is_tied_at_cut
from placed as p
cross join cut as c
