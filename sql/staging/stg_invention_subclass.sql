-- Subclasses of inventions, by the rule of staging.stg_invention_code.
-- One row = one family x subclass.
with once as (
    select
        family_id,
        subclass,
        min(position) as position
    from staging.stg_invention_code
    group by family_id, subclass
),

counted as (
    select
        family_id,
        count(*) as subclass_count
    from once
    group by family_id
)

select
    o.family_id,
    o.subclass,
    o.position,
    c.subclass_count
from once as o
inner join counted as c on o.family_id = c.family_id
