-- Originality and radicalness of the topic's families, if the topic asks for one.
-- One row = one family that cites a family with a class.
-- ori: as generality, of the cited families. rad: the share of the cited families' subclasses that
-- the family is not in itself, each cited family weighing the same (Shane 2001).
with asked as (
    select f.family
    from intermediate.int_family as f
    inner join topic.topic_indicator as n on n.indicator in ('ori', 'rad')
),

cited as (
    select f.family, c.cited_family
    from intermediate.int_family as f
    inner join staging.stg_family_citation as c on f.family = c.citing_family
    -- Where no family is asked for, this keeps DuckDB from reading the citations.
    where f.family in (select family from asked)
),

spread as (
    select
        c.family,
        s.subclass,
        sum((1::double / s.subclass_count)::decimal(38, 15))::double as families,
        sum((1::double / (s.subclass_count * s.subclass_count))::decimal(38, 15)) as own
    from cited as c
    inner join staging.stg_invention_subclass as s on c.cited_family = s.family
    group by c.family, s.subclass
),

own_subclass as (
    select family, subclass
    from intermediate.int_family_code
    where family in (select family from asked)
),

summed as (
    select
        s.family,
        round(sum(s.families::decimal(38, 15)))::double as families,
        sum((s.families * s.families)::decimal(38, 15))::double as squares,
        sum(s.own)::double as own_squares,
        sum((case when o.subclass is null then s.families else 0 end)::decimal(38, 15))::double
            as elsewhere
    from spread as s
    left join own_subclass as o
        on s.family = o.family and s.subclass = o.subclass
    group by s.family
),

classified as (
    select distinct family from own_subclass
)

select
    s.family,
    case
        when s.families >= 2
            then 1 - (s.squares - s.own_squares) / (s.families * (s.families - 1))
    end as ori,
    case when c.family is not null then s.elsewhere / s.families end as rad
from summed as s
left join classified as c on s.family = c.family
