-- Families of the topic. One row = one family that has an invention document in the topic.
-- All its invention documents count (staging.stg_invention); the earliest published one represents
-- it.
with topic_family as (
    select family.family, min_by(document.selected_by, document.publication_number) as selected_by
    from intermediate.int_topic_document as document
    inner join staging.stg_document on document.publication_number = stg_document.publication_number
    inner join staging.stg_family as family on document.publication_number = family.publication_number
    where stg_document.is_invention
    group by family.family
),

subfield as (
    select
        hit.publication_number,
        min_by(topic_subfield.subfield, topic_subfield.position) as subfield
    from intermediate.int_topic_rule_hit as hit
    inner join topic.topic_rule as rule on hit.rule_id = rule.rule_id and rule.purpose = 'subfield'
    inner join topic.topic_subfield on rule.label = topic_subfield.subfield
    group by hit.publication_number
)

select
    invention.*,
    topic_family.selected_by,
    document.title,
    document.source,
    subfield.subfield
from topic_family
inner join staging.stg_invention as invention on topic_family.family = invention.family
inner join staging.stg_document as document
    on invention.representative_publication = document.publication_number
left join subfield on invention.representative_publication = subfield.publication_number
