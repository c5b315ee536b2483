-- Documents for which an include rule of the topic holds. One row = one rule x publication.
select rule.rule_id, hit.publication_number
from topic.topic_rule as rule
inner join intermediate.int_topic_class_hit as hit on rule.rule_id = hit.rule_id
left join intermediate.int_topic_include_term_hit as term_hit
    on rule.term_id = term_hit.term_id and hit.publication_number = term_hit.publication_number
where rule.purpose = 'include' and (rule.term_id is null or term_hit.publication_number is not null)
union all
select rule.rule_id, hit.publication_number
from topic.topic_rule as rule
inner join intermediate.int_topic_include_term_hit as hit on rule.term_id = hit.term_id
where rule.purpose = 'include' and not rule.has_class
