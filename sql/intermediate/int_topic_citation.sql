-- Citations between families of the topic that lead forward in time.
-- One row = one cited family x citing family of a later priority date.
-- Key: cited_family, citing_family.
-- Links against time, or within a day, are left out, so that no path comes back to where it began.
select
    citation.cited_family,
    citation.citing_family
from staging.stg_family_citation as citation
inner join intermediate.int_family as cited on citation.cited_family = cited.family
inner join intermediate.int_family as citing on citation.citing_family = citing.family
where cited.priority_date < citing.priority_date
