-- Technologies of families, at each level. One row = one level x family x technology.
-- Families with more than 20 technologies at a level are left out of its networks: they would
-- swamp them.
with coded as (
    select distinct 'section' as level, family, substring(subclass, 1, 1) as technology
    from intermediate.int_family_code
    union all
    select distinct 'class' as level, family, substring(subclass, 1, 3) as technology
    from intermediate.int_family_code
    union all
    select 'subclass' as level, family, subclass as technology
    from intermediate.int_family_code
    union all
    select 'main_group' as level, family, main_group as technology
    from intermediate.int_family_group
    where main_group is not null
),

sized as (
    select *, count(*) over (partition by level, family) as codes
    from coded
)

select level, family, technology, codes
from sized
where codes <= 20
