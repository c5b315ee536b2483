-- Subclasses of the topic's families, by the rule of staging.stg_invention_code.
-- One row = one family x subclass.
select
    family.family,
    subclass.subclass,
    subclass.position
from intermediate.int_family as family
inner join staging.stg_invention_subclass as subclass on family.family = subclass.family
