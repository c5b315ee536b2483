-- Generality of the topic's families, if the topic asks for it: the chance that two of the families
-- which cite one within five years, each in one of its subclasses at random, are in different ones.
-- Where each has one subclass, that is 1 - sum of squared shares, times Hall's N / (N - 1).
-- One row = one family that two families with a class cite.
with asked as (
    select f.family
    from intermediate.int_family as f
    inner join topic.topic_indicator as n on n.indicator = 'gen'
),

citing as (
    select f.family, c.citing_family
    from intermediate.int_family as f
    inner join staging.stg_family_citation as c on f.family = c.cited_family
    -- Where no family is asked for, this keeps DuckDB from reading the citations.
    where f.family in (select family from asked)
        and c.citing_publication_date > f.publication_date
        and c.citing_publication_date <= f.publication_date + interval 5 year
),

spread as (
    select
        c.family,
        s.subclass,
        sum((1::double / s.subclass_count)::decimal(38, 15))::double as families,
        sum((1::double / (s.subclass_count * s.subclass_count))::decimal(38, 15)) as own
    from citing as c
    inner join staging.stg_invention_subclass as s on c.citing_family = s.family
    group by c.family, s.subclass
),

summed as (
    select
        family,
        round(sum(families::decimal(38, 15)))::double as families,
        sum((families * families)::decimal(38, 15))::double as squares,
        sum(own)::double as own_squares
    from spread
    group by family
)

select
    family,
    1 - (squares - own_squares) / (families * (families - 1)) as gen
from summed
where families >= 2
