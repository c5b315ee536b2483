-- Sub-fields of families: every part of the topic that a family is in; they may overlap.
-- One row = one family x sub-field. Key: topic, family_id, subfield.
-- Refers to: fct_patent (topic, family_id).
-- Never null: is_primary, subfield_title.
with fitting as (
    select distinct family.family, subfield.subfield, subfield.position
    from intermediate.int_family as family
    inner join intermediate.int_topic_rule_hit as hit
        on family.representative_publication = hit.publication_number
    inner join topic.topic_rule as rule on hit.rule_id = rule.rule_id
    inner join topic.topic_subfield as subfield on rule.label = subfield.subfield
    where rule.purpose = 'subfield'
),

main as (
    select family, min(position) as position
    from fitting
    group by family
)

select
    t.topic, -- Topic of the release
    i.family_id, -- Family, as in fct_patent
    f.subfield, -- Sub-field of the topic that fits the family's earliest invention document
    s.title as subfield_title, -- Its title in the topic file
    f.position = m.position as is_primary -- Whether it is the first that fits: fct_patent.subfield
from fitting as f
inner join main as m on f.family = m.family
inner join intermediate.int_family as i on f.family = i.family
inner join topic.topic_subfield as s on f.subfield = s.subfield
cross join topic.topic as t
