-- Key core families over time, by country, sub-field and first main group.
-- One row = one sub-field (all of them as 'all') x main group x country x month, counted from the
-- year 0. The 18 months before the data end are left out: most of their families are not published.
with first_group as (
    select family, min_by(main_group, position) as main_group
    from intermediate.int_family_group
    where main_group is not null
    group by family
),

complete as (
    select data_end - interval 18 month as last_day from intermediate.int_data_end
),

core as (
    select
        f.family,
        f.subfield,
        coalesce(g.main_group, 'none') as main_group,
        (year(f.priority_date) * 12 + month(f.priority_date) - 1)::bigint as month
    from intermediate.int_family as f
    inner join intermediate.int_score_rank as r on f.family = r.family
    left join first_group as g on f.family = g.family
    cross join complete as c
    where r.is_core and f.priority_date <= c.last_day
),

labelled as (
    select family, 'all' as subfield, main_group, month from core
    union all
    select family, subfield, main_group, month from core where subfield is not null
)

select
    l.subfield,
    l.main_group,
    c.country,
    l.month,
    sum(c.share::decimal(38, 15))::double as families
from labelled as l
inner join intermediate.int_family_country as c on l.family = c.family
inner join topic.topic_country as t on c.country = t.country
group by l.subfield, l.main_group, c.country, l.month
