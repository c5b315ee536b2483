-- Whom to learn from: the standing of each compared country in each key core subclass, what kind of
-- technology it is to the country, and the nearest country ahead whose path is a reference.
-- One row = one key core subclass x compared country. Key: topic, technology, country.
-- Refers to: dim_technology (technology), dim_country (country), dim_country (reference).
-- Never null: families, rank, leader, leader_families, gap, standing, subfield, is_foundational,
-- is_advantage, kind, reason.
with candidates as (
    select
        s.technology,
        s.country,
        o.country as reference,
        o.families as reference_families,
        m.industry_similarity,
        m.path_similarity,
        m.similarity,
        m.other_path as reference_path,
        r.asks,
        r.why,
        count(*) over (partition by s.technology, s.country) as candidates,
        row_number() over (
            partition by s.technology, s.country
            order by m.similarity desc, o.families desc, o.country
        ) as place
    from intermediate.int_technology_standing as s
    inner join reference.reference_path_rule as r on s.kind = r.kind
    inner join intermediate.int_technology_standing as o
        on s.technology = o.technology
            and (o.families - s.families) / nullif(sqrt(o.families + s.families), 0) > 2.33
            and (o.standing <> 'lagging' or not r.must_lead)
            and (o.is_advantage or not r.must_have_advantage)
    inner join intermediate.int_country_similarity as m
        on s.country = m.country and o.country = m.other
),

told as (
    select
        s.*,
        c.reference,
        c.reference_families,
        c.candidates,
        c.industry_similarity,
        c.path_similarity,
        c.similarity,
        c.reference_path,
        c.why,
        r.asks,
        n.name as country_name,
        d.name as leader_name,
        f.name as reference_name,
        l.lag,
        l.lag_low,
        l.lag_high,
        l.conclusion as lag_conclusion
    from intermediate.int_technology_standing as s
    left join reference.reference_path_rule as r on s.kind = r.kind
    left join candidates as c
        on s.technology = c.technology and s.country = c.country and c.place = 1
    inner join reference.country as n on s.country = n.country
    inner join reference.country as d on s.leader = d.country
    left join reference.country as f on c.reference = f.country
    left join intermediate.int_technology_lag as l
        on s.subfield = l.subfield and s.country = l.country and s.leader = l.reference
),

worded as (
    select
        p.*,
        p.country_name || ' is ' || p.standing || ' in ' || p.technology || ' with '
        || round(p.families, 1)::varchar || ' key core families'
        || case
            when p.country = p.leader then '.'
            else ' (' || p.leader_name || ': ' || round(p.leader_families, 1)::varchar
                || case
                    when p.lag is null or p.lag_conclusion = 'cannot tell' then ''
                    else '; lag ' || round(p.lag, 1)::varchar || ' years in ' || p.subfield
                end || ').'
        end
        || case p.kind
            when 'advantage' then ' It is an advantage of the country.'
            when 'foundational' then ' The technology is foundational: many others meet in it.'
            else ' It is neither foundational nor an advantage: no reference is proposed.'
        end
        || case
            when p.kind = 'neither' then ''
            when p.standing <> 'lagging' then ' No compared country is surely ahead.'
            when p.reference is null
                then ' No country with a known path is surely ahead and ' || p.asks || '.'
            else ' Reference: ' || p.reference_name || ' (path ' || p.reference_path
                || '), because ' || p.why || case
                    when p.candidates > 1
                        then ', and the most similar of ' || p.candidates::varchar || ' such'
                    else ''
                end || '; similarity ' || round(p.similarity, 2)::varchar || '.'
        end as reason
    from told as p
)

select
    t.topic, -- Topic of the release
    p.technology, -- IPC subclass, one of the key core technologies
    i.title, -- Its title
    p.country, -- Compared country (ISO alpha-2)
    p.families, -- Its key core families there, fractional over subclasses and countries
    p.rank::bigint as rank, -- Rank by them among the compared countries
    p.leader, -- Compared country with the most
    p.leader_families, -- That country's
    p.gap, -- (own - leader's) / sqrt of their sum; of the leader, against the second
    p.standing, -- leading (gap over 2.33), lagging (below -2.33), level (not told apart)
    p.subfield, -- Sub-field that half of its core families are of, or all
    p.lag, -- Years behind the leader in that sub-field, of fct_technology_lag; null if not told
    p.lag_low, -- Lower end of its 95 % interval
    p.lag_high, -- Upper end
    p.strength_rank, -- Share of the world network's subclasses that meet others less often
    p.betweenness_rank, -- Share of them that lie on fewer shortest paths
    p.generality, -- Mean generality of its core families; null if not known
    p.is_foundational, -- Both ranks in the upper third, and generality not below the core's mean
    p.rsca, -- Advantage of the country in it, among key core families, -1 to 1
    p.rsca_low, -- Lower end of the 90 % bootstrap interval
    p.rsca_high, -- Upper end
    p.is_advantage, -- Whether the lower end is above 0, of minimum_cell families or more
    p.kind, -- advantage, else foundational, else neither
    p.reference, -- Country whose path is the nearest reference; null if none is proposed
    p.reference_families, -- Its key core families there
    p.reference_path, -- Its labels that are determined, see fct_pathway
    p.candidates, -- Countries surely ahead that the rule admits
    p.industry_similarity, -- Common part of both countries' shares of industries, 0 to 1
    p.path_similarity, -- Share of same labels among those determined for both, 0 to 1
    p.similarity, -- Mean of the two; the candidate with the highest is the reference
    p.reason -- The choice and its figures, in words
from worded as p
left join reference.ipc_title as i on p.technology = i.technology
cross join topic.topic as t
