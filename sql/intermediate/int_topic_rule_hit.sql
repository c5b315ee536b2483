-- Documents for which a rule of the topic holds. One row = one rule x publication.
-- Rules with terms, other than include rules, are known of families that an include rule lets in.
select rule_id, publication_number
from intermediate.int_topic_include_hit
union all
select r.rule_id, h.publication_number
from topic.topic_rule as r
inner join intermediate.int_topic_class_hit as h on r.rule_id = h.rule_id
left join intermediate.int_topic_term_hit as t
    on r.term_id = t.term_id and h.publication_number = t.publication_number
where r.purpose <> 'include' and (r.term_id is null or t.publication_number is not null)
union all
select r.rule_id, t.publication_number
from topic.topic_rule as r
inner join intermediate.int_topic_term_hit as t on r.term_id = t.term_id
where r.purpose <> 'include' and not r.has_class
