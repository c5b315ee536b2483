-- Which rules of the strategic emerging industries a symbol meets. One row = one rule x symbol.
-- The concordance is of 2021: a symbol of a place opened later goes by the old places that moved
-- there. It names groups one by one (H01L21/82) or with all below (H01L21*). A symbol that it does
-- not name goes by the longest it names that it begins with, G06N3/045 by G06N3/04. Within a rule,
-- what is named one by one counts before what an asterisk takes in, and exclusions cut only the
-- latter.
with symbols as (
    select distinct symbol, main_group from intermediate.int_family_symbol
),

names as (
    select symbol, symbol as name
    from symbols
    union
    select s.symbol, r.old as name
    from symbols as s
    inner join reference.ipc_reform as r on s.main_group = r.new
    where r.since > 2021.01 and starts_with(s.symbol, s.main_group || '/')
),

named as (
    select distinct pattern from reference.industry_rule where not is_below
),

listed as (
    select n.symbol, n.name, max_by(p.pattern, length(p.pattern)) as pattern
    from names as n
    inner join named as p on starts_with(n.name, p.pattern)
    group by n.symbol, n.name
),

-- Whether a rule takes a name in, and whether it cuts it out, one by one or with all below.
met as (
    select r.rule, r.industry, r.condition, l.symbol, l.name, r.is_below, r.is_included
    from listed as l
    inner join reference.industry_rule as r on l.pattern = r.pattern
    where not r.is_below
    union all
    select r.rule, r.industry, r.condition, n.symbol, n.name, r.is_below, r.is_included
    from names as n
    inner join reference.industry_rule as r on starts_with(n.name, r.pattern)
    where r.is_below
),

met_condition as (
    select
        rule,
        industry,
        condition,
        symbol,
        bool_or(is_included and not is_below) or bool_and(is_included) as is_met
    from met
    group by rule, industry, condition, symbol, name
)

select distinct rule, industry, condition, symbol
from met_condition
where is_met
