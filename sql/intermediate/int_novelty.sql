-- Pairs of subclasses that no earlier family of the loaded data has, in the topic or not, if the
-- topic asks for them. One row = one family of the topic that has such a pair; families of one
-- priority date are first together.
with asked as (
    select i.family, i.priority_date
    from staging.stg_invention as i
    inner join topic.topic_indicator as n on n.indicator = 'nov'
),

first_seen as (
    select
        a.subclass,
        b.subclass as other_subclass,
        min(i.priority_date) as priority_date
    from asked as i
    inner join staging.stg_invention_subclass as a on i.family = a.family
    inner join staging.stg_invention_subclass as b
        on i.family = b.family and a.subclass < b.subclass
    -- Where no family is asked for, this keeps DuckDB from reading the subclasses.
    where a.family in (select family from asked)
    group by a.subclass, b.subclass
)

select
    f.family,
    count(*) as nov
from first_seen as s
inner join intermediate.int_family_code as a on s.subclass = a.subclass
inner join intermediate.int_family_code as b
    on a.family = b.family and s.other_subclass = b.subclass
inner join intermediate.int_family as f
    on a.family = f.family and s.priority_date = f.priority_date
group by f.family
