-- Classes of publications. One row = one publication x scheme x symbol.
-- For each scheme the best-ranked source with a readable symbol of the publication is taken whole.
-- symbol is the symbol as recorded, in one spelling for all that sources use: H01L21/02 for
-- "H01L  21/02", H01L0021020000, "h01l 021/02 (2006.01)". subclass and main_group are those of the
-- newest scheme, by reference.ipc_reform: H10P of H01L21/66. A bare subclass has no main group.
-- is_indexing: a code of CPC's 2000 series (H05K2201/10), which tags what the other symbols
-- classify, wherever a reform took it; topics may select by it, and nothing counts it as a
-- technology.
-- What is no symbol of the scheme stays as recorded, with no subclass: nothing counts it, and a
-- warning of the validation counts them.
-- Depends by publication_number on: sources.stg_classification.
-- Key: publication_number, scheme, symbol.
-- Refers to: stg_document (publication_number).
with spelt as (
    select distinct scheme, symbol as spelling
    from sources.stg_classification
    where symbol is not null
),

-- IPC's indexing codes once had a colon for the slash.
cut as (
    select
        scheme,
        spelling,
        regexp_replace(
            split_part(replace(upper(spelling), ':', '/'), '/', 1), '[^0-9A-Z]', '', 'g'
        ) as head,
        trim(split_part(replace(upper(spelling), ':', '/'), '/', 2)) as tail
    from spelt
),

joined as (
    select
        scheme,
        spelling,
        case
            -- WIPO's ST.8: four digits of main group, six of subgroup, filled up with zeros.
            when tail = '' and regexp_matches(head, '^[A-Z0-9]{4}[0-9]{10}') then
                substring(head, 1, 4) || regexp_replace(substring(head, 5, 4), '^0+', '')
                || '/' || substring(head, 9, 2)
                || regexp_replace(substring(head, 11, 4), '0+$', '')
            when tail = '' then head
            -- What follows the subgroup (version, date, office) is not wanted.
            else
                substring(head, 1, 4) || regexp_replace(substring(head, 5), '^0+', '')
                || '/' || regexp_replace(tail, '[^0-9].*$', '')
        end as symbol
    from cut
),

readable as (
    select scheme, spelling, symbol
    from joined
    where
        regexp_matches(symbol, '^[A-HY][0-9]{2}[A-Z]([1-9][0-9]{0,3}/[0-9]{2,6})?$')
        and not (scheme = 'IPC' and starts_with(symbol, 'Y'))
),

-- The longest old place that a symbol lies in determines where it went.
moved as (
    select
        readable.scheme,
        readable.spelling,
        max_by(reform.new, length(reform.old)) as main_group
    from readable
    inner join reference.ipc_reform as reform
        on
            split_part(readable.symbol, '/', 1) = split_part(reform.old, '/', 1)
            and starts_with(readable.symbol, reform.old)
    where reform.is_main
    group by readable.scheme, readable.spelling
),

harmonised as (
    select
        readable.scheme,
        readable.spelling,
        readable.symbol,
        coalesce(moved.main_group, split_part(readable.symbol, '/', 1)) as place
    from readable
    left join moved on readable.scheme = moved.scheme and readable.spelling = moved.spelling
),

parsed as (
    select
        classification.publication_number,
        classification.scheme,
        coalesce(harmonised.symbol, trim(classification.symbol)) as symbol,
        harmonised.place,
        classification.position,
        classification.is_inventive,
        classification.source_rank,
        -- A source without a readable symbol comes behind all others; ranks are below 1000.
        classification.source_rank + case when harmonised.symbol is null then 1000 else 0 end as standing
    from sources.stg_classification as classification
    left join harmonised
        on classification.scheme = harmonised.scheme and classification.symbol = harmonised.spelling
    where trim(classification.symbol) <> ''
),

-- A symbol that is spelt in several ways, or that several sources hold, is one row.
merged as (
    select
        publication_number,
        scheme,
        symbol,
        source_rank,
        max(place) as place,
        min(position) as position,
        bool_or(is_inventive) as is_inventive,
        min(standing) as standing
    from parsed
    group by publication_number, scheme, symbol, source_rank
),

mixed as (
    select publication_number, scheme, min(standing) as best
    from merged
    group by publication_number, scheme
    having min(source_rank) < max(source_rank)
)

select
    merged.publication_number,
    merged.scheme,
    merged.symbol,
    substring(merged.place, 1, 4) as subclass,
    case when length(merged.place) > 4 then merged.place end as main_group,
    merged.position,
    merged.is_inventive,
    coalesce(regexp_matches(merged.symbol, '^[A-Z0-9]{4}2[0-9]{3}/[0-9]+$'), false) as is_indexing
from merged
left join mixed on merged.publication_number = mixed.publication_number and merged.scheme = mixed.scheme
where mixed.best is null or mixed.best in (merged.source_rank, merged.source_rank + 1000)
