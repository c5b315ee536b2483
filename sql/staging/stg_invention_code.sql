-- Classes of inventions: IPC, or CPC where no IPC is known.
-- One row = one family x subclass x main group; a bare subclass has no main group.
-- Those of the earliest publication only: the union over members would favour countries whose
-- offices classify more. Old symbols count where the reforms of the IPC have put them, so that a
-- series does not break. Of CPC, subclasses that the IPC does not have and indexing codes are left
-- out: they tag.
-- Key: family, subclass, main_group.
-- May be null: main_group.
-- Refers to: stg_invention (family).
with coded as (
    select
        i.family,
        c.scheme,
        c.subclass,
        c.main_group,
        min(c.position) as position
    from staging.stg_classification as c
    inner join staging.stg_invention as i on c.publication_number = i.representative_publication
    left join reference.ipc_title as t on c.subclass = t.technology and t.level = 'subclass'
    where
        c.subclass is not null and not c.is_indexing
        and (c.scheme = 'IPC' or t.technology is not null)
    group by i.family, c.scheme, c.subclass, c.main_group
),

with_ipc as (
    select distinct family from coded where scheme = 'IPC'
)

select
    c.family,
    c.subclass,
    c.main_group,
    c.position
from coded as c
left join with_ipc as i on c.family = i.family
where c.scheme = 'IPC' or i.family is null
