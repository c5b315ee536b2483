-- Subclasses of families, by the rule of staging.stg_invention_code.
-- One row = one family x subclass.
select
    family_id,
    subclass,
    min(position) as position
from intermediate.int_family_group
group by family_id, subclass
