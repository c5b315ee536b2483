-- Main groups of families: IPC, or CPC where no IPC is known. One row = one family x main group.
-- Those of the earliest publication, in the places the reforms of the IPC gave them, as the
-- subclasses of int_family_code. A bare subclass has no main group.
with coded as (
    select
        f.family_id,
        c.scheme,
        c.subclass,
        c.main_group,
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
    main_group,
    subclass,
    min(position) as position
from coded
where scheme = best_scheme and main_group is not null
group by family_id, main_group, subclass
