-- Families by score. One row = one family.
-- Ties share a rank (the middle of the places they fill); the core is what reaches the cut of the
-- topic's rule, with every tie at the cut.
with placed as (
    select
        family,
        score,
        row_number() over (order by score desc, family) as position,
        rank() over (order by score desc) as first_place,
        count(*) over (partition by score) as tied
    from intermediate.int_score
)

select
    placed.family,
    placed.score,
    placed.position,
    placed.first_place + (placed.tied - 1) / 2.0::double as rank,
    placed.score >= threshold.cut_score as is_core,
    placed.score = threshold.cut_score and placed.tied > 1 as is_tied_at_cut
from placed
inner join intermediate.int_threshold as threshold on threshold.is_default
