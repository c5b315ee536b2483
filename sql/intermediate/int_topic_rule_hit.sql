-- Documents for which a rule of the topic holds. One row = one rule x publication.
with class_hit as (
    select distinct s.rule_id, c.publication_number
    from staging.stg_classification as c
    inner join intermediate.int_topic_symbol as s
        on
            c.scheme = s.scheme
            and c.symbol = s.symbol
            and (not s.is_first_only or c.position = 1)
)

select r.rule_id, h.publication_number
from topic.topic_rule as r
inner join class_hit as h using (rule_id)
left join intermediate.int_topic_term_hit as t
    on r.term_id = t.term_id and h.publication_number = t.publication_number
where r.has_class and (r.term_id is null or t.publication_number is not null)
union all
select r.rule_id, t.publication_number
from topic.topic_rule as r
inner join intermediate.int_topic_term_hit as t using (term_id)
where not r.has_class
