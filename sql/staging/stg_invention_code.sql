-- Classes of inventions: IPC, or CPC where no IPC is known.
-- One row = one family x subclass x main group; a bare subclass has no main group.
-- Those of the earliest publication only: the union over members would favour countries whose
-- offices classify more. Old symbols count where the reforms of the IPC have put them, so that a
-- series does not break. Of CPC, subclasses that the IPC does not have and indexing codes are left
-- out: they tag.
-- Depends by family on: staging.stg_invention, staging.stg_classification.publication_number >
-- staging.stg_invention(representative_publication > family).
-- Key: family, subclass, main_group.
-- May be null: main_group.
-- Refers to: stg_invention (family).
with coded as (
    select
        invention.family,
        classification.scheme,
        classification.subclass,
        classification.main_group,
        min(classification.position) as position
    from staging.stg_classification as classification
    inner join staging.stg_invention as invention
        on classification.publication_number = invention.representative_publication
    left join reference.ipc_title as title
        on classification.subclass = title.technology and title.level = 'subclass'
    where
        classification.subclass is not null and not classification.is_indexing
        and (classification.scheme = 'IPC' or title.technology is not null)
    group by invention.family, classification.scheme, classification.subclass, classification.main_group
),

with_ipc as (
    select distinct family from coded where scheme = 'IPC'
)

select
    coded.family,
    coded.subclass,
    coded.main_group,
    coded.position
from coded
left join with_ipc on coded.family = with_ipc.family
where coded.scheme = 'IPC' or with_ipc.family is null
