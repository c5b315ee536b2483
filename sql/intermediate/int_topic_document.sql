-- Documents of the topic: an include rule holds and no exclude rule. One row = one publication.
with hit as (
    select r.rule_id, r.purpose, r.label, h.publication_number
    from intermediate.int_topic_rule_hit as h
    inner join topic.topic_rule as r using (rule_id)
),

spared as (
    select distinct u.rule_id, h.publication_number
    from topic.topic_unless as u
    inner join hit as h on u.unless_label = h.label
    where h.purpose <> 'subfield'
),

excluded as (
    select distinct h.publication_number
    from hit as h
    left join spared as s
        on h.rule_id = s.rule_id and h.publication_number = s.publication_number
    where h.purpose = 'exclude' and s.publication_number is null
)

select
    h.publication_number,
    min_by(h.label, h.rule_id) as selected_by
from hit as h
left join excluded as e on h.publication_number = e.publication_number
where h.purpose = 'include' and e.publication_number is null
group by h.publication_number
