-- A view: texts are long, and read once, when terms are sought in them.
-- Texts that may let a document in: an include rule asks for terms, and its class holds or it asks
-- for none. One row = one publication.
with asked as (
    select distinct h.publication_number
    from intermediate.int_topic_class_hit as h
    inner join topic.topic_rule as r on h.rule_id = r.rule_id
    where r.purpose = 'include' and r.term_id is not null
),

of_any_class as (
    select count(*) as rules
    from topic.topic_rule
    where purpose = 'include' and not has_class
)

select d.publication_number, d.title, d.abstract
from staging.stg_document as d
cross join of_any_class as o
left join asked as a on d.publication_number = a.publication_number
where o.rules > 0 or a.publication_number is not null
