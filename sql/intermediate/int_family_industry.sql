-- Industries and technology fields of families. One row = one family x scheme x industry.
-- SEI: strategic emerging industries, by industry_mode of the topic. WIPO: the 35 technology
-- fields. A family is shared equally between its industries; one that has none is of 'none'.
-- symbols is how many of its symbols are of the industry.
with spoken as (
    select distinct f.family_id, w.rule
    from intermediate.int_family as f
    inner join staging.stg_document as d on f.representative_publication = d.publication_number
    cross join topic.topic as t
    inner join reference.industry_word as w
        on t.industry_mode = 'ipc_and_keyword'
            and contains(coalesce(d.title, '') || coalesce(d.abstract, ''), w.word)
),

emerging as (
    select
        s.family_id,
        'SEI' as scheme,
        i.industry::varchar as industry,
        count(distinct s.symbol) as symbols
    from intermediate.int_family_symbol as s
    inner join intermediate.int_industry_symbol as i on s.symbol = i.symbol
    cross join topic.topic as t
    left join spoken as w on s.family_id = w.family_id and i.rule = w.rule
    where t.industry_mode = 'ipc_only' or i.condition = 'none'
        or (t.industry_mode = 'ipc_and_keyword' and w.rule is not null)
    group by s.family_id, i.industry
),

fields as (
    select
        s.family_id,
        'WIPO' as scheme,
        coalesce(own.field_number, parent.field_number)::varchar as industry,
        count(*) as symbols
    from intermediate.int_family_symbol as s
    left join reference.wipo_field as own on s.main_group = own.ipc
    left join reference.wipo_field as parent on s.subclass = parent.ipc
    where coalesce(own.field_number, parent.field_number) is not null
    group by s.family_id, coalesce(own.field_number, parent.field_number)
),

known as (
    select family_id, scheme, industry, symbols from emerging
    union all
    select family_id, scheme, industry, symbols from fields
),

schemes as (
    select unnest(['SEI', 'WIPO']) as scheme
)

select
    f.family_id,
    s.scheme,
    coalesce(k.industry, 'none') as industry,
    coalesce(k.symbols, 0) as symbols,
    1.0::double / count(*) over (partition by f.family_id, s.scheme) as share
from intermediate.int_family as f
cross join schemes as s
left join known as k on f.family_id = k.family_id and s.scheme = k.scheme
