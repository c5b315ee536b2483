-- A view: texts are long, and read once, when terms are sought in them.
-- Texts of families that an include rule lets in: only there do exclusions and sub-fields matter.
-- One row = one publication.
with included as (
    select distinct f.family
    from intermediate.int_topic_include_hit as h
    inner join staging.stg_family as f on h.publication_number = f.publication_number
)

select d.publication_number, d.title, d.abstract
from included as i
inner join staging.stg_family as f on i.family = f.family
inner join staging.stg_document as d on f.publication_number = d.publication_number
