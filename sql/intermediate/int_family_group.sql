-- Main groups of the topic's families, by the rule of staging.stg_invention_code.
-- One row = one family x subclass x main group; a bare subclass has no main group.
select
    f.family,
    c.main_group,
    c.subclass,
    c.position
from intermediate.int_family as f
inner join staging.stg_invention_code as c on f.family = c.family
