-- How many families of a country have each indicator. One row = one country x indicator.
-- WORLD holds them all; countries hold their shares.
with places as (
    select 'WORLD' as country, family_id, 1.0::double as share
    from intermediate.int_family
    union all
    select country, family_id, share
    from intermediate.int_family_country
),

totals as (
    select
        p.country,
        sum(p.share::decimal(38, 15))::double as families,
        sum((case when i.fc_5 is not null then p.share else 0 end)::decimal(38, 15))::double
            as fc_5,
        sum((case when i.bc is not null then p.share else 0 end)::decimal(38, 15))::double as bc,
        sum((case when i.npl is not null then p.share else 0 end)::decimal(38, 15))::double as npl,
        sum((case when i.fs is not null then p.share else 0 end)::decimal(38, 15))::double as fs,
        sum((case when i.cl is not null then p.share else 0 end)::decimal(38, 15))::double as cl,
        sum((case when i.sc is not null then p.share else 0 end)::decimal(38, 15))::double as sc,
        sum((case when i.inv is not null then p.share else 0 end)::decimal(38, 15))::double as inv
    from places as p
    inner join intermediate.int_indicator as i on p.family_id = i.family_id
    group by p.country
)

select
    t.country,
    n.indicator,
    t.families,
    case n.indicator
        when 'fc_5' then t.fc_5 when 'bc' then t.bc when 'npl' then t.npl when 'fs' then t.fs
        when 'cl' then t.cl when 'sc' then t.sc when 'inv' then t.inv
    end / t.families as coverage
from totals as t
cross join topic.topic_indicator as n
