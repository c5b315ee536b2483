-- Strategic emerging industries that symbols of families are of, by industry_mode of the topic.
-- One row = one family x symbol x industry.
with spoken as (
    select distinct f.family, w.rule
    from intermediate.int_family as f
    inner join staging.stg_document as d on f.representative_publication = d.publication_number
    cross join topic.topic as t
    inner join reference.industry_word as w
        on t.industry_mode = 'ipc_and_keyword'
            and contains(coalesce(d.title, '') || coalesce(d.abstract, ''), w.word)
)

select distinct s.family, s.symbol, i.industry::varchar as industry
from intermediate.int_family_symbol as s
inner join intermediate.int_industry_symbol as i on s.symbol = i.symbol
cross join topic.topic as t
left join spoken as w on s.family = w.family and i.rule = w.rule
where t.industry_mode = 'ipc_only' or i.condition = 'none'
    or (t.industry_mode = 'ipc_and_keyword' and w.rule is not null)
