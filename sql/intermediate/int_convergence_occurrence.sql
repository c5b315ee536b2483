-- How often each technology occurs in each network. One row = one network x technology.
with size as (
    select network, sum(share / codes) as families
    from intermediate.int_convergence_code
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
