-- Subclasses of the topic's families, by the rule of staging.stg_invention_code.
-- One row = one family x subclass.
select
    f.family,
    c.subclass,
    c.position
from intermediate.int_family as f
inner join staging.stg_invention_subclass as c on f.family = c.family
