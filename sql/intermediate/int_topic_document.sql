-- Documents of the topic: an include rule holds and no exclude rule. One row = one publication.
with hit as (
    select rule.rule_id, rule.purpose, rule.label, rule_hit.publication_number
    from intermediate.int_topic_rule_hit as rule_hit
    inner join topic.topic_rule as rule using (rule_id)
),

exempt as (
    select distinct unless.rule_id, hit.publication_number
    from topic.topic_unless as unless
    inner join hit on unless.unless_label = hit.label
    where hit.purpose <> 'subfield'
),

excluded as (
    select distinct hit.publication_number
    from hit
    left join exempt
        on hit.rule_id = exempt.rule_id and hit.publication_number = exempt.publication_number
    where hit.purpose = 'exclude' and exempt.publication_number is null
)

select
    hit.publication_number,
    min_by(hit.label, hit.rule_id) as selected_by
from hit
left join excluded on hit.publication_number = excluded.publication_number
where hit.purpose = 'include' and excluded.publication_number is null
group by hit.publication_number
