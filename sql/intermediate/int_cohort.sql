-- What a family is compared within: year, field and office of its first filing. One row = one
-- family. The field is WIPO's of its first subclass. A subclass that WIPO divides or leaves out is
-- a field of its own, and so are the families without any. Where the source gives subclasses in no
-- order, the first by the alphabet counts.
with coded as (
    select
        family,
        subclass,
        row_number() over (partition by family order by position, subclass) as place
    from intermediate.int_family_code
)

select
    family.family,
    year(family.priority_date)::bigint as year,
    coalesce(field.field, coded.subclass, 'unclassified') as field,
    coalesce(family.first_filing_office, 'unknown') as office
from intermediate.int_family as family
left join coded on family.family = coded.family and coded.place = 1
left join reference.wipo_field as field on coded.subclass = field.ipc
