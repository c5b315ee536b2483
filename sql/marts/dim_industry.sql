-- Industries: strategic emerging industries of China as far as their IPC rules are known to us
-- (branches 1, 8 and 9 of nine), and WIPO's 35 technology fields.
-- One row = one industry of a scheme. Key: scheme, industry.
-- Never null: title.
with industries as (
    select 'SEI' as scheme, industry::varchar as industry, title, title_original, sector
    from reference.industry
    union all
    select distinct 'WIPO', field_number::varchar, field, null::varchar, sector
    from reference.wipo_field
    union all
    select unnest(['SEI', 'WIPO']), 'none', 'No industry known', null::varchar, null::varchar
)

select
    scheme, -- SEI: strategic emerging industries, classes of 2018; WIPO: technology fields
    industry, -- Code: 1.2 in SEI, 8 in WIPO; none where no rule applies
    title, -- Its name in English
    title_original, -- Its name in Chinese; null in WIPO
    sector -- The branch above it
from industries
