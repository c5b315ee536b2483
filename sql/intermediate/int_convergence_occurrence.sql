-- How often each technology occurs in each network. One row = one network x technology.
with family as (
    select distinct network, family_id, share
    from intermediate.int_convergence_code
),

size as (
    select network, sum(share) as families
    from family
    group by network
)

select
    c.network,
    c.subclass as technology,
    sum(c.share) as occurrences,
    min(s.families) as families
from intermediate.int_convergence_code as c
inner join size as s on c.network = s.network
group by c.network, c.subclass
