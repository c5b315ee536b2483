-- Technologies of each family, by IPC subclass and by IPC main group.
-- One row = one family x level x technology. Key: topic, family_id, level, technology.
-- Refers to: fct_patent (topic, family_id), dim_technology (technology).
-- Never null: share, is_core_technology.
select
    topic.topic, -- Topic of the release
    family.family_id, -- Family, as in fct_patent
    technology.level, -- subclass or main_group
    technology.technology, -- IPC symbol, as in dim_technology
    technology.position, -- Place of its first symbol in the earliest publication, 1 is first
    technology.share, -- 1 / symbols of the family at the level; the shares of a family sum to 1 there
    core_technology.is_core_technology -- Whether it is a key core technology of the topic
from intermediate.int_family_technology as technology
inner join intermediate.int_family as family on technology.family = family.family
inner join intermediate.int_core_technology as core_technology
    on technology.level = core_technology.level and technology.technology = core_technology.technology
cross join topic.topic
