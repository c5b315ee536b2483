-- Strategic emerging industries that symbols of families are of, by industry_mode of the topic.
-- One row = one family x symbol x industry.
with spoken as (
    select distinct family.family, word.rule
    from intermediate.int_family as family
    inner join staging.stg_document as document
        on family.representative_publication = document.publication_number
    cross join topic.topic
    inner join reference.industry_word as word
        on topic.industry_mode = 'ipc_and_keyword'
            and contains(coalesce(document.title, '') || coalesce(document.abstract, ''), word.word)
)

select distinct symbol.family, symbol.symbol, industry_symbol.industry::varchar as industry
from intermediate.int_family_symbol as symbol
inner join intermediate.int_industry_symbol as industry_symbol on symbol.symbol = industry_symbol.symbol
cross join topic.topic
left join spoken on symbol.family = spoken.family and industry_symbol.rule = spoken.rule
where topic.industry_mode = 'ipc_only' or industry_symbol.condition = 'none'
    or (topic.industry_mode = 'ipc_and_keyword' and spoken.rule is not null)
