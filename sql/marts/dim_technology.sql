-- Technologies: the International Patent Classification from section to main group, with WIPO's 35
-- technology fields. One row = one IPC symbol. Key: technology.
-- Never null: level, section.
with titled as (
    select technology, level, title from reference.ipc_title
),

-- Symbols of the data that the scheme of the look-up table does not have yet, or no longer.
untitled as (
    select codes.technology, codes.level, null as title
    from (
        select technology, level from intermediate.int_family_technology
        union
        select substring(technology, 1, 3), 'class' from intermediate.int_family_technology
    ) as codes
    left join titled on codes.technology = titled.technology
    where titled.technology is null
),

technologies as (
    select * from titled
    union all
    select * from untitled
)

select
    technologies.technology, -- IPC symbol: G, G06, G06N or G06N3 (the main group G06N3/00)
    technologies.level, -- section, class, subclass or main_group
    technologies.title, -- Title in the scheme of 2023.01, or of 2025.01 and 2026.01 where that has none
    case
        when technologies.title is null
            then
                'No title: '
                || technologies.technology
                || ' is in no IPC scheme since 2023.01, so that it is '
                || 'CPC alone, or was closed before'
                || coalesce('; of ' || substring(technologies.technology, 1, 4) || ': ' || above.title, '')
    end as title_note, -- Why it has no title, with that of its subclass; null where it has one
    substring(technologies.technology, 1, 1) as section, -- Section, A to H
    case when length(technologies.technology) >= 3 then substring(technologies.technology, 1, 3) end
        as class, -- Class it belongs to, such as G06
    case when length(technologies.technology) >= 4 then substring(technologies.technology, 1, 4) end
        as subclass, -- Subclass it belongs to, such as G06N
    coalesce(own.field_number, parent.field_number)::bigint
        as field_number, -- WIPO technology field, 1 to 35; null where WIPO divides or omits it
    coalesce(own.field, parent.field) as field, -- Name of the WIPO technology field
    coalesce(own.sector, parent.sector) as sector -- Sector of the WIPO technology field
from technologies
left join reference.wipo_field as own on technologies.technology = own.ipc
left join reference.wipo_field as parent
    on substring(technologies.technology, 1, 4) = parent.ipc and technologies.level = 'main_group'
left join titled as above
    on substring(technologies.technology, 1, 4) = above.technology and technologies.level = 'main_group'
