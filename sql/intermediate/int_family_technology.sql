-- Technologies of families at two levels. One row = one family x level x IPC symbol.
-- At each level a family spreads one over its symbols: share.
with leveled as (
    select family, 'subclass' as level, subclass as technology, position
    from intermediate.int_family_code
    union all
    select family, 'main_group' as level, main_group as technology, position
    from intermediate.int_family_group
    where main_group is not null -- a bare subclass has none
)

select
    *,
    1.0::double / count(*) over (partition by family, level) as share
from leveled
