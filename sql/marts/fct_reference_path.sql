-- Whom to learn from: the standing of each compared country in each key core subclass, what kind of
-- technology it is to the country, and the nearest country ahead whose path is a reference.
-- One row = one key core subclass x compared country. Key: topic, technology, country.
-- Refers to: dim_technology (technology), dim_country (country), dim_country (reference).
-- Never null: families, rank, leader, leader_families, gap, standing, subfield, is_foundational,
-- is_advantage, kind, reason.
with candidates as (
    select
        standing.technology,
        standing.country,
        other_standing.country as reference,
        other_standing.families as reference_families,
        similarity.industry_similarity,
        similarity.path_similarity,
        similarity.similarity,
        similarity.other_path as reference_path,
        rule.asks,
        rule.why,
        count(*) over (partition by standing.technology, standing.country) as candidates,
        row_number() over (
            partition by standing.technology, standing.country
            order by similarity.similarity desc, other_standing.families desc, other_standing.country
        ) as place
    from intermediate.int_technology_standing as standing
    inner join reference.reference_path_rule as rule on standing.kind = rule.kind
    inner join intermediate.int_technology_standing as other_standing
        on standing.technology = other_standing.technology
            and (other_standing.families - standing.families)
            / nullif(sqrt(other_standing.families + standing.families), 0)
            > 2.33
            and (other_standing.standing <> 'lagging' or not rule.must_lead)
            and (other_standing.is_advantage or not rule.must_have_advantage)
    inner join intermediate.int_country_similarity as similarity
        on standing.country = similarity.country and other_standing.country = similarity.other
),

compared as (
    select
        standing.*,
        candidates.reference,
        candidates.reference_families,
        candidates.candidates,
        candidates.industry_similarity,
        candidates.path_similarity,
        candidates.similarity,
        candidates.reference_path,
        candidates.why,
        rule.asks,
        country.name as country_name,
        other_country.name as leader_name,
        third_country.name as reference_name,
        lag.lag,
        lag.lag_low,
        lag.lag_high,
        lag.conclusion as lag_conclusion
    from intermediate.int_technology_standing as standing
    left join reference.reference_path_rule as rule on standing.kind = rule.kind
    left join candidates
        on
            standing.technology = candidates.technology
            and standing.country = candidates.country
            and candidates.place = 1
    inner join reference.country on standing.country = country.country
    inner join reference.country as other_country on standing.leader = other_country.country
    left join reference.country as third_country on candidates.reference = third_country.country
    left join intermediate.int_technology_lag as lag
        on
            standing.subfield = lag.subfield
            and standing.country = lag.country
            and standing.leader = lag.reference
),

worded as (
    select
        compared.*,
        compared.country_name || ' is ' || compared.standing || ' in ' || compared.technology || ' with '
        || round(compared.families, 1)::varchar || ' key core families'
        || case
            when compared.country = compared.leader then '.'
            else ' (' || compared.leader_name || ': ' || round(compared.leader_families, 1)::varchar
                || case
                    when compared.lag is null or compared.lag_conclusion = 'cannot tell' then ''
                    else '; lag ' || round(compared.lag, 1)::varchar || ' years in ' || compared.subfield
                end || ').'
        end
        || case compared.kind
            when 'advantage' then ' It is an advantage of the country.'
            when 'foundational' then ' The technology is foundational: many others meet in it.'
            else ' It is neither foundational nor an advantage: no reference is proposed.'
        end
        || case
            when compared.kind = 'neither' then ''
            when compared.standing <> 'lagging' then ' No compared country is surely ahead.'
            when compared.reference is null
                then ' No country with a known path is surely ahead and ' || compared.asks || '.'
            else ' Reference: ' || compared.reference_name || ' (path ' || compared.reference_path
                || '), because ' || compared.why || case
                    when compared.candidates > 1
                        then ', and the most similar of ' || compared.candidates::varchar || ' such'
                    else ''
                end || '; similarity ' || round(compared.similarity, 2)::varchar || '.'
        end as reason
    from compared
)

select
    topic.topic, -- Topic of the release
    worded.technology, -- IPC subclass, one of the key core technologies
    title.title, -- Its title
    worded.country, -- Compared country (ISO alpha-2)
    worded.families, -- Its key core families there, fractional over subclasses and countries
    worded.rank::bigint as rank, -- Rank by them among the compared countries
    worded.leader, -- Compared country with the most
    worded.leader_families, -- That country's
    worded.gap, -- (own - leader's) / sqrt of their sum; of the leader, against the second
    worded.standing, -- leading (gap over 2.33), lagging (below -2.33), level (no significant difference)
    worded.subfield, -- Sub-field that half of its core families are of, or all
    worded.lag, -- Years behind the leader in that sub-field, of fct_technology_lag; null if unknown
    worded.lag_low, -- Lower end of its 95 % interval
    worded.lag_high, -- Upper end
    worded.strength_rank, -- Share of the world network's subclasses that meet others less often
    worded.betweenness_rank, -- Share of them that lie on fewer shortest paths
    worded.generality, -- Mean generality of its core families; null if not known
    worded.is_foundational, -- Both ranks in the upper third, and generality not below the core's mean
    worded.rsca, -- Advantage of the country in it, among key core families, -1 to 1
    worded.rsca_low, -- Lower end of the 90 % bootstrap interval
    worded.rsca_high, -- Upper end
    worded.is_advantage, -- Whether the lower end is above 0, of minimum_cell families or more
    worded.kind, -- advantage, else foundational, else neither
    worded.reference, -- Country whose path is the nearest reference; null if none is proposed
    worded.reference_families, -- Its key core families there
    worded.reference_path, -- Its labels that are determined, see fct_pathway
    worded.candidates, -- Countries surely ahead that the rule admits
    worded.industry_similarity, -- Common part of both countries' shares of industries, 0 to 1
    worded.path_similarity, -- Share of same labels among those determined for both, 0 to 1
    worded.similarity, -- Mean of the two; the candidate with the highest is the reference
    worded.reason -- The choice and its figures, in words
from worded
left join reference.ipc_title as title on worded.technology = title.technology
cross join topic.topic
