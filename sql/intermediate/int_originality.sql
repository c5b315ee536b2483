-- Originality and radicalness of the topic's families, if the topic asks for one.
-- One row = one family that cites a family with a class.
-- ori: as generality, of the cited families. rad: the share of the cited families' subclasses that
-- the family is not in itself, each cited family weighing the same (Shane 2001).
with asked as (
    select family.family
    from intermediate.int_family as family
    inner join topic.topic_indicator as indicator on indicator.indicator in ('ori', 'rad')
),

cited as (
    select family.family, citation.cited_family
    from intermediate.int_family as family
    inner join staging.stg_family_citation as citation on family.family = citation.citing_family
    -- Where no family is asked for, this keeps DuckDB from reading the citations.
    where family.family in (select family from asked)
),

spread as (
    select
        cited.family,
        subclass.subclass,
        sum((1::double / subclass.subclass_count)::decimal(38, 15))::double as families,
        sum((1::double / (subclass.subclass_count * subclass.subclass_count))::decimal(38, 15)) as own
    from cited
    inner join staging.stg_invention_subclass as subclass on cited.cited_family = subclass.family
    group by cited.family, subclass.subclass
),

own_subclass as (
    select family, subclass
    from intermediate.int_family_code
    where family in (select family from asked)
),

summed as (
    select
        spread.family,
        round(sum(spread.families::decimal(38, 15)))::double as families,
        sum((spread.families * spread.families)::decimal(38, 15))::double as squares,
        sum(spread.own)::double as own_squares,
        sum(
            (case when own_subclass.subclass is null then spread.families else 0 end)::decimal(38, 15)
        )::double
            as elsewhere
    from spread
    left join own_subclass
        on spread.family = own_subclass.family and spread.subclass = own_subclass.subclass
    group by spread.family
),

classified as (
    select distinct family from own_subclass
)

select
    summed.family,
    case
        when summed.families >= 2
            then 1 - (summed.squares - summed.own_squares) / (summed.families * (summed.families - 1))
    end as ori,
    case when classified.family is not null then summed.elsewhere / summed.families end as rad
from summed
left join classified on summed.family = classified.family
