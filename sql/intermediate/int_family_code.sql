-- Subclasses of families: IPC, or CPC where no IPC is known. One row = one family x subclass.
-- Those of the earliest publication only: the union over members would favour countries whose
-- offices classify more. Old symbols count where the reforms of the IPC have put them, so that a
-- series does not break. Of CPC, subclasses that the IPC does not have are left out: they tag.
with coded as (
    select
        f.family_id,
        c.scheme,
        c.subclass,
        c.position,
        max(c.scheme) over (partition by f.family_id) as best_scheme -- IPC comes after CPC
    from intermediate.int_family as f
    inner join staging.stg_classification as c
        on f.representative_publication = c.publication_number
    left join reference.ipc_title as t on c.subclass = t.technology and t.level = 'subclass'
    where c.subclass is not null and (c.scheme = 'IPC' or t.technology is not null)
)

select
    family_id,
    subclass,
    min(position) as position
from coded
where scheme = best_scheme
group by family_id, subclass
