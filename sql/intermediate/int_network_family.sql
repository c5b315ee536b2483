-- Families of each network, and what divides them. One row = one network x family.
-- WORLD holds every family whole; a country holds its share of each.
with networks as (
    select 'WORLD' as network, family, 1.0::double as share
    from intermediate.int_family
    union all
    select c.country as network, c.family, c.share
    from intermediate.int_family_country as c
    inner join topic.topic_country as t on c.country = t.country
)

select
    n.network,
    n.family,
    n.share,
    coalesce(r.is_core, false) as is_core, -- Families that have no score are not core
    year(f.priority_date) as year,
    p.period,
    f.subfield
from networks as n
inner join intermediate.int_family as f on n.family = f.family
inner join reference.period as p
    on year(f.priority_date) between p.first_year and p.last_year
left join intermediate.int_score_rank as r on n.family = r.family
