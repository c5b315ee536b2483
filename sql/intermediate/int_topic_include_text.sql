-- A view: texts are long, and read once, when terms are sought in them.
-- Texts that may let a document in: an include rule asks for terms, and its class holds or it asks
-- for none. One row = one publication.
with asked as (
    select distinct hit.publication_number
    from intermediate.int_topic_class_hit as hit
    inner join topic.topic_rule as rule on hit.rule_id = rule.rule_id
    where rule.purpose = 'include' and rule.term_id is not null
),

of_any_class as (
    select count(*) as rules
    from topic.topic_rule
    where purpose = 'include' and not has_class
)

select document.publication_number, document.title, document.abstract
from staging.stg_document as document
cross join of_any_class
left join asked on document.publication_number = asked.publication_number
where of_any_class.rules > 0 or asked.publication_number is not null
