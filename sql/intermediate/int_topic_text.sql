-- A view: texts are long, and read once, when terms are sought in them.
-- Texts of families that an include rule lets in: only there do exclusions and sub-fields matter.
-- One row = one publication.
with family as (
    select distinct f.family_id
    from intermediate.int_topic_include_hit as h
    inner join staging.stg_family as f on h.publication_number = f.publication_number
)

select d.publication_number, d.title, d.abstract
from family as i
inner join staging.stg_family as f on i.family_id = f.family_id
inner join staging.stg_document as d on f.publication_number = d.publication_number
