-- Subclasses of inventions, by the rule of staging.stg_invention_code.
-- One row = one family x subclass.
-- Key: family, subclass.
with once as (
    select
        family,
        subclass,
        min(position) as position
    from staging.stg_invention_code
    group by family, subclass
),

counted as (
    select
        family,
        count(*) as subclass_count
    from once
    group by family
)

select
    o.family,
    o.subclass,
    o.position,
    c.subclass_count
from once as o
inner join counted as c on o.family = c.family
