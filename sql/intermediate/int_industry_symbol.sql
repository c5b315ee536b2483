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
    select symbols.symbol, reform.old as name
    from symbols
    inner join reference.ipc_reform as reform on symbols.main_group = reform.new
    where reform.since > 2021.01 and starts_with(symbols.symbol, symbols.main_group || '/')
),

named as (
    select distinct pattern from reference.industry_rule where not is_below
),

listed as (
    select names.symbol, names.name, max_by(named.pattern, length(named.pattern)) as pattern
    from names
    inner join named on starts_with(names.name, named.pattern)
    group by names.symbol, names.name
),

-- Whether a rule takes a name in, and whether it cuts it out, one by one or with all below.
met as (
    select
        rule.rule, rule.industry, rule.condition, listed.symbol, listed.name, rule.is_below, rule.is_included
    from listed
    inner join reference.industry_rule as rule on listed.pattern = rule.pattern
    where not rule.is_below
    union all
    select rule.rule, rule.industry, rule.condition, names.symbol, names.name, rule.is_below, rule.is_included
    from names
    inner join reference.industry_rule as rule on starts_with(names.name, rule.pattern)
    where rule.is_below
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
