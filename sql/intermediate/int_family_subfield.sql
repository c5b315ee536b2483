-- Sub-fields of families: every one that fits the document that stands for the family.
-- One row = one family x sub-field; position is the sub-field's place in the topic file.
select distinct f.family, s.subfield, s.position
from intermediate.int_family as f
inner join intermediate.int_topic_rule_hit as h
    on f.representative_publication = h.publication_number
inner join topic.topic_rule as r on h.rule_id = r.rule_id
inner join topic.topic_subfield as s on r.label = s.subfield
where r.purpose = 'subfield'
