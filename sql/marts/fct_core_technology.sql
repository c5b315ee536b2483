-- Technologies tested for holding more key core patents than chance would give them.
-- One row = one IPC subclass of the topic. Key: topic, technology.
with core_country as (
    select
        c.subclass as technology,
        p.country,
        sum(p.share::decimal(38, 15))::double as families,
        row_number() over (
            partition by c.subclass order by sum(p.share::decimal(38, 15)) desc, p.country
        ) as place
    from intermediate.int_family_code as c
    inner join intermediate.int_score_rank as r on c.family_id = r.family_id
    inner join intermediate.int_family_country as p on c.family_id = p.family_id
    where r.is_core and p.country <> 'ZZ'
    group by c.subclass, p.country
)

select
    t.topic, -- Topic of the release
    c.technology, -- IPC subclass
    n.title, -- Its title
    c.families, -- Families of the topic with it, n
    c.core_families, -- Key core families with it, k
    c.core_rate, -- k / n
    c.location_quotient, -- (k / K) / (n / N): 1 is the topic's average
    c.hypergeometric_p, -- Chance of k or more core families in n drawn at random
    c.q_value, -- That chance after Benjamini-Hochberg over all technologies
    c.shrunken_core_rate, -- Mean of the beta-binomial posterior of the core rate
    c.core_rate_lower, -- 5 % quantile of that posterior: technologies are ranked by it
    c.is_core_technology, -- Whether q < 0.05, location quotient > 1 and k >= 5
    row_number() over (
        order by c.is_core_technology desc, c.core_rate_lower desc,
            coalesce(b.betweenness, 0) desc, c.technology
    )::bigint as rank, -- Rank: key core technologies first, then by core_rate_lower, betweenness
    l.country as leading_country, -- Country with the most key core families in it; ZZ left out
    l.families as leading_families -- That country's key core families, fractional
from intermediate.int_core_technology as c
left join reference.ipc_title as n on c.technology = n.technology
left join intermediate.int_convergence_node as b
    on
        c.technology = b.technology and b.network = 'WORLD' and b.population = 'all'
        and b.period = 'all' and b.subfield = 'all' and b.level = 'subclass'
left join core_country as l on c.technology = l.technology and l.place = 1
cross join topic.topic as t
