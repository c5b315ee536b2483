-- IPC subclasses of families. One row = one family x subclass.
-- Those of the earliest publication only: the union over members would favour countries whose
-- offices classify more.
select
    f.family_id,
    c.subclass,
    min(c.position) as position
from intermediate.int_family as f
inner join staging.stg_classification as c
    on f.representative_publication = c.publication_number
where c.scheme = 'IPC'
group by f.family_id, c.subclass
