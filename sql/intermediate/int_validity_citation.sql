-- When families that are old enough were first cited by each family. One row = one cited family x
-- citing family. A family cites on the day of the document that has the reference, not on the day
-- of its first one: a later continuation's references were not known before.
select
    old.family,
    source.family as citing_family,
    min(document.publication_date) as cited_on,
    bool_or(own.citing_family is not null) as is_own
from intermediate.int_validity_family as old
inner join staging.stg_family as target on old.family = target.family
inner join staging.stg_citation as citation
    on target.publication_number = citation.cited_publication
inner join staging.stg_family as source
    on citation.citing_publication = source.publication_number
inner join staging.stg_document as document
    on citation.citing_publication = document.publication_number
left join intermediate.int_own_citation as own
    on old.family = own.cited_family and source.family = own.citing_family
where source.family <> old.family and document.publication_date is not null
group by old.family, source.family
