-- Families of the topic. One row = one family that has an invention document in the topic.
-- All its invention documents count (staging.stg_invention); the earliest published one stands for
-- it.
with topic_family as (
    select f.family, min_by(t.selected_by, t.publication_number) as selected_by
    from intermediate.int_topic_document as t
    inner join staging.stg_document as d on t.publication_number = d.publication_number
    inner join staging.stg_family as f on t.publication_number = f.publication_number
    where d.is_invention
    group by f.family
),

subfield as (
    select
        h.publication_number,
        min_by(s.subfield, s.position) as subfield
    from intermediate.int_topic_rule_hit as h
    inner join topic.topic_rule as r on h.rule_id = r.rule_id and r.purpose = 'subfield'
    inner join topic.topic_subfield as s on r.label = s.subfield
    group by h.publication_number
)

select
    i.*,
    t.selected_by,
    d.title,
    d.source,
    s.subfield
from topic_family as t
inner join staging.stg_invention as i on t.family = i.family
inner join staging.stg_document as d on i.representative_publication = d.publication_number
left join subfield as s on i.representative_publication = s.publication_number
