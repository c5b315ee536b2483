-- Main groups of families: IPC, or CPC where no IPC is known. One row = one family x main group.
-- Those of the earliest publication only, as in int_family_code. A bare subclass has no main group.
-- Of CPC, what the IPC does not have and indexing groups, from 2000 on, are left out: they tag.
with coded as (
    select
        f.family_id,
        c.scheme,
        c.main_group,
        c.subclass,
        c.position,
        max(c.scheme) over (partition by f.family_id) as best_scheme -- IPC comes after CPC
    from intermediate.int_family as f
    inner join staging.stg_classification as c
        on f.representative_publication = c.publication_number
    left join reference.ipc_title as t on c.subclass = t.technology and t.level = 'subclass'
    where
        c.subclass is not null
        and (
            c.scheme = 'IPC'
            or (t.technology is not null and length(coalesce(c.main_group, '')) < 8)
        )
)

select
    family_id,
    main_group,
    subclass,
    min(position) as position
from coded
where scheme = best_scheme and main_group is not null
group by family_id, main_group, subclass
