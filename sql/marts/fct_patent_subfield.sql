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
    t.topic, -- Topic of the release
    i.family_id, -- Family, as in fct_patent
    f.subfield, -- Sub-field of the topic that fits the family's earliest invention document
    s.title as subfield_title, -- Its title in the topic file
    f.position = m.position as is_primary -- Whether it is the first that fits: fct_patent.subfield
from intermediate.int_family_subfield as f
inner join main as m on f.family = m.family
inner join intermediate.int_family as i on f.family = i.family
inner join topic.topic_subfield as s on f.subfield = s.subfield
cross join topic.topic as t
