-- Families of each network, and what divides them. One row = one network x family.
-- WORLD counts every family as one; a country counts its share of each.
with networks as (
    select 'WORLD' as network, family, 1.0::double as share
    from intermediate.int_family
    union all
    select country.country as network, country.family, country.share
    from intermediate.int_family_country as country
    inner join topic.topic_country on country.country = topic_country.country
)

select
    networks.network,
    networks.family,
    networks.share,
    coalesce(score_rank.is_core, false) as is_core, -- Families that have no score are not core
    year(family.priority_date) as year,
    own_period.period,
    family.subfield
from networks
inner join intermediate.int_family as family on networks.family = family.family
inner join reference.period as own_period
    on year(family.priority_date) between own_period.first_year and own_period.last_year
left join intermediate.int_score_rank as score_rank on networks.family = score_rank.family
