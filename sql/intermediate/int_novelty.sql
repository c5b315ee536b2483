-- Pairs of subclasses that no earlier family of the loaded data has, in the topic or not, if the
-- topic asks for them. One row = one family of the topic that has such a pair; families of one
-- priority date are first together.
with asked as (
    select invention.family, invention.priority_date
    from staging.stg_invention as invention
    inner join topic.topic_indicator as indicator on indicator.indicator = 'nov'
),

first_seen as (
    select
        subclass.subclass,
        other_subclass.subclass as other_subclass,
        min(invention.priority_date) as priority_date
    from asked as invention
    inner join staging.stg_invention_subclass as subclass on invention.family = subclass.family
    inner join staging.stg_invention_subclass as other_subclass
        on invention.family = other_subclass.family and subclass.subclass < other_subclass.subclass
    -- Where no family is asked for, this keeps DuckDB from reading the subclasses.
    where subclass.family in (select family from asked)
    group by subclass.subclass, other_subclass.subclass
)

select
    family.family,
    count(*) as nov
from first_seen
inner join intermediate.int_family_code as code on first_seen.subclass = code.subclass
inner join intermediate.int_family_code as other_code
    on code.family = other_code.family and first_seen.other_subclass = other_code.subclass
inner join intermediate.int_family as family
    on code.family = family.family and first_seen.priority_date = family.priority_date
group by family.family
