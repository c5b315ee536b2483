-- Sub-fields of families: every one that fits the representative document of the family.
-- One row = one family x sub-field; position is the sub-field's place in the topic file.
select distinct family.family, subfield.subfield, subfield.position
from intermediate.int_family as family
inner join intermediate.int_topic_rule_hit as hit
    on family.representative_publication = hit.publication_number
inner join topic.topic_rule as rule on hit.rule_id = rule.rule_id
inner join topic.topic_subfield as subfield on rule.label = subfield.subfield
where rule.purpose = 'subfield'
