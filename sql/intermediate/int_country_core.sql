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
        country.country,
        band.cut_score,
        sum(country.share::decimal(38, 15)) as families
    from intermediate.int_score as score
    inner join intermediate.int_family_country as country on score.family = country.family
    left join band
        on score.score >= band.cut_score and (score.score < band.next_cut or band.next_cut is null)
    where country.country <> 'ZZ'
    group by country.country, band.cut_score
),

total as (
    select country, sum(families)::double as families
    from banded
    group by country
)

select
    threshold.rule,
    threshold.threshold,
    total.country,
    total.families,
    coalesce(sum(banded.families), 0)::double as core_families
from intermediate.int_threshold as threshold
cross join total
left join banded on total.country = banded.country and threshold.cut_score <= banded.cut_score
group by threshold.rule, threshold.threshold, total.country, total.families
