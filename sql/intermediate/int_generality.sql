-- Generality of the topic's families, if the topic asks for it: the chance that two of the families
-- which cite one within five years, each in one of its subclasses at random, are in different ones.
-- Where each has one subclass, that is 1 - sum of squared shares, times Hall's N / (N - 1).
-- One row = one family that two families with a class cite.
with asked as (
    select family.family
    from intermediate.int_family as family
    inner join topic.topic_indicator as indicator on indicator.indicator = 'gen'
),

citing as (
    select family.family, citation.citing_family
    from intermediate.int_family as family
    inner join staging.stg_family_citation as citation on family.family = citation.cited_family
    -- Where no family is asked for, this keeps DuckDB from reading the citations.
    where family.family in (select family from asked)
        and citation.citing_publication_date > family.publication_date
        and citation.citing_publication_date <= family.publication_date + interval 5 year
),

spread as (
    select
        citing.family,
        subclass.subclass,
        sum((1::double / subclass.subclass_count)::decimal(38, 15))::double as families,
        sum((1::double / (subclass.subclass_count * subclass.subclass_count))::decimal(38, 15)) as own
    from citing
    inner join staging.stg_invention_subclass as subclass on citing.citing_family = subclass.family
    group by citing.family, subclass.subclass
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
