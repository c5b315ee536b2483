-- IPC subclasses of families in each network. One row = one network x family x subclass.
-- WORLD holds every family whole; a country holds its share of each. Families with more than 20
-- subclasses are left out of networks: they would swamp them.
with sized as (
    select
        family_id,
        subclass,
        count(*) over (partition by family_id) as codes
    from intermediate.int_family_code
),

networks as (
    select 'WORLD' as network, family_id, 1.0::double as share
    from intermediate.int_family
    union all
    select c.country as network, c.family_id, c.share
    from intermediate.int_family_country as c
    inner join topic.topic_country as t on c.country = t.country
)

select n.network, s.family_id, s.subclass, s.codes, n.share
from networks as n
inner join sized as s on n.family_id = s.family_id
where s.codes <= 20
