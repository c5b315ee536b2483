-- Subclasses of inventions, by the rule of staging.stg_invention_code.
-- One row = one family x subclass.
-- Depends by family on: staging.stg_invention_code.
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
    once.family,
    once.subclass,
    once.position,
    counted.subclass_count
from once
inner join counted on once.family = counted.family
