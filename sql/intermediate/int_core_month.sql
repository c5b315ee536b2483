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
        family.family,
        family.subfield,
        coalesce(first_group.main_group, 'none') as main_group,
        (year(family.priority_date) * 12 + month(family.priority_date) - 1)::bigint as month
    from intermediate.int_family as family
    inner join intermediate.int_score_rank as score_rank on family.family = score_rank.family
    left join first_group on family.family = first_group.family
    cross join complete
    where score_rank.is_core and family.priority_date <= complete.last_day
),

labelled as (
    select family, 'all' as subfield, main_group, month from core
    union all
    select family, subfield, main_group, month from core where subfield is not null
)

select
    labelled.subfield,
    labelled.main_group,
    country.country,
    labelled.month,
    sum(country.share::decimal(38, 15))::double as families
from labelled
inner join intermediate.int_family_country as country on labelled.family = country.family
inner join topic.topic_country on country.country = topic_country.country
group by labelled.subfield, labelled.main_group, country.country, labelled.month
