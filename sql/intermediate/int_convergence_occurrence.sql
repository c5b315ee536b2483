-- How often each technology occurs in each network. One row = one network x technology.
-- Shares are added up as decimals: the sum is the same in any order, on any number of threads.
with family as (
    select distinct network, family_id, share
    from intermediate.int_convergence_code
),

size as (
    select network, sum(share::decimal(38, 15))::double as families
    from family
    group by network
)

select
    c.network,
    c.subclass as technology,
    sum(c.share::decimal(38, 15))::double as occurrences,
    min(s.families) as families
from intermediate.int_convergence_code as c
inner join size as s on c.network = s.network
group by c.network, c.subclass
