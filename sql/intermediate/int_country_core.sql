-- Families and core families of countries at each threshold.
-- One row = one rule x threshold x country.
with band as (
    -- Each family is in one band of scores, between a cut and the next; so it is added up once.
    select
        cut_score,
        lead(cut_score) over (order by cut_score) as next_cut
    from intermediate.int_threshold
    group by cut_score
),

-- Below the least cut a family is in no band, but of its country.
banded as (
    select
        c.country,
        b.cut_score,
        sum(c.share::decimal(38, 15)) as families
    from intermediate.int_score as s
    inner join intermediate.int_family_country as c on s.family = c.family
    left join band as b
        on s.score >= b.cut_score and (s.score < b.next_cut or b.next_cut is null)
    where c.country <> 'ZZ'
    group by c.country, b.cut_score
),

total as (
    select country, sum(families)::double as families
    from banded
    group by country
)

select
    h.rule,
    h.threshold,
    t.country,
    t.families,
    coalesce(sum(b.families), 0)::double as core_families
from intermediate.int_threshold as h
cross join total as t
left join banded as b on t.country = b.country and h.cut_score <= b.cut_score
group by h.rule, h.threshold, t.country, t.families
