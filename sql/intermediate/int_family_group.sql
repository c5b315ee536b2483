-- Main groups of the topic's families, by the rule of staging.stg_invention_code.
-- One row = one family x subclass x main group; a bare subclass has no main group.
select
    family.family,
    code.main_group,
    code.subclass,
    code.position
from intermediate.int_family as family
inner join staging.stg_invention_code as code on family.family = code.family
