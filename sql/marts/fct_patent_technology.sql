-- Technologies of each family, by IPC subclass and by IPC main group.
-- One row = one family x level x technology. Key: topic, family_id, level, technology.
-- Refers to: fct_patent (topic, family_id), dim_technology (technology).
-- Never null: share, is_core_technology.
select
    t.topic, -- Topic of the release
    i.family_id, -- Family, as in fct_patent
    f.level, -- subclass or main_group
    f.technology, -- IPC symbol, as in dim_technology
    f.position, -- Place of its first symbol in the earliest publication, 1 is first
    f.share, -- 1 / symbols of the family at the level; the shares of a family sum to 1 there
    c.is_core_technology -- Whether it is a key core technology of the topic
from intermediate.int_family_technology as f
inner join intermediate.int_family as i on f.family = i.family
inner join intermediate.int_core_technology as c
    on f.level = c.level and f.technology = c.technology
cross join topic.topic as t
