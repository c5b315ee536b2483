-- A view: texts are long, and read once, when terms are sought in them.
-- Texts of families that an include rule lets in: only there do exclusions and sub-fields matter.
-- One row = one publication.
with included as (
    select distinct family.family
    from intermediate.int_topic_include_hit as hit
    inner join staging.stg_family as family on hit.publication_number = family.publication_number
)

select document.publication_number, document.title, document.abstract
from included
inner join staging.stg_family as family on included.family = family.family
inner join staging.stg_document as document on family.publication_number = document.publication_number
