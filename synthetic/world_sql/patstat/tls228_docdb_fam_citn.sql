-- One row = one family x family that it cites.
select distinct
    (20000000 + family)::int as docdb_family_id,
    (20000000 + cited_family)::int as cited_docdb_family_id
from reference
where cited_family is not null
order by all
