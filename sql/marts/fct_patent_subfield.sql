-- Sub-fields of families: every part of the topic that a family is in; they may overlap.
-- One row = one family x sub-field. Key: topic, family_id, subfield.
-- Refers to: fct_patent (topic, family_id).
-- Never null: is_primary, subfield_title.
with main as (
    select family, min(position) as position
    from intermediate.int_family_subfield
    group by family
)

select
    topic.topic, -- Topic of the release
    family.family_id, -- Family, as in fct_patent
    subfield.subfield, -- Sub-field of the topic that fits the family's earliest invention document
    topic_subfield.title as subfield_title, -- Its title in the topic file
    subfield.position = main.position as is_primary -- Whether it is the first that fits: fct_patent.subfield
from intermediate.int_family_subfield as subfield
inner join main on subfield.family = main.family
inner join intermediate.int_family as family on subfield.family = family.family
inner join topic.topic_subfield on subfield.subfield = topic_subfield.subfield
cross join topic.topic
