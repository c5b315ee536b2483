-- Industries and technology fields of families. One row = one family x scheme x industry.
-- SEI: strategic emerging industries, by industry_mode of the topic. WIPO: the 35 technology
-- fields. A family is shared equally between its industries; one that has none is of 'none'.
with emerging as (
    select distinct family, 'SEI' as scheme, industry
    from intermediate.int_family_industry_symbol
),

fields as (
    select distinct
        symbol.family,
        'WIPO' as scheme,
        coalesce(own.field_number, parent.field_number)::varchar as industry
    from intermediate.int_family_symbol as symbol
    left join reference.wipo_field as own on symbol.main_group = own.ipc
    left join reference.wipo_field as parent on symbol.subclass = parent.ipc
    where coalesce(own.field_number, parent.field_number) is not null
),

known as (
    select family, scheme, industry from emerging
    union all
    select family, scheme, industry from fields
),

schemes as (
    select unnest(['SEI', 'WIPO']) as scheme
)

select
    family.family,
    schemes.scheme,
    coalesce(known.industry, 'none') as industry,
    1.0::double / count(*) over (partition by family.family, schemes.scheme) as share
from intermediate.int_family as family
cross join schemes
left join known on family.family = known.family and schemes.scheme = known.scheme
