-- The path of each country to its key core technologies: in which industries, across or within
-- technology categories, and with whom.
-- One row = one compared country with 30 key core families.
-- Key: topic, country.
-- Refers to: dim_country (country).
-- Never null: families, fractional_families, industry_path, industry_support, technology_path,
-- technology_support, collaboration_path, collaboration_support, sentence.
with core as (
    select
        c.country,
        count(*) as families,
        sum(c.share::decimal(38, 15))::double as fractional_families
    from intermediate.int_family_country as c
    inner join intermediate.int_score_rank as r on c.family = r.family
    where r.is_core
    group by c.country
),

paths as (
    select
        country,
        max(case when dimension = 'industry' then label end) as industry_path,
        max(case when dimension = 'industry' then support end) as industry_support,
        max(case when dimension = 'industry' then next_label end) as industry_next,
        max(case when dimension = 'industry' then statement end) as industry_statement,
        max(case when dimension = 'technology' then label end) as technology_path,
        max(case when dimension = 'technology' then support end) as technology_support,
        max(case when dimension = 'technology' then next_label end) as technology_next,
        max(case when dimension = 'technology' then statement end) as technology_statement,
        max(case when dimension = 'collaboration' then label end) as collaboration_path,
        max(case when dimension = 'collaboration' then support end) as collaboration_support,
        max(case when dimension = 'collaboration' then next_label end) as collaboration_next,
        max(case when dimension = 'collaboration' then statement end) as collaboration_statement
    from intermediate.int_pathway
    group by country
),

told as (
    select
        p.*,
        c.families,
        c.fractional_families,
        n.name || ', by ' || c.families::varchar || ' key core families. Industries: '
        || p.industry_statement || '. Technologies: ' || p.technology_statement
        || '. Collaboration: ' || p.collaboration_statement
        || '. Patents tell of classes and co-applicants, not of demand, supply or intent.'
            as sentence
    from paths as p
    inner join core as c on p.country = c.country
    inner join reference.country as n on p.country = n.country
)

select
    t.topic, -- Topic of the release
    p.country, -- Applicant country (ISO alpha-2)
    p.families, -- Its key core families, each counted whole
    p.fractional_families, -- The same, fractional
    p.industry_path, -- I1, I2, I3, I4, or indeterminate where fewer than 0.8 of the samples agree
    p.industry_support, -- Share of samples with the same label, 0 to 1
    p.industry_next, -- The label most frequent among the other samples
    p.technology_path, -- T1, T2, T3 or indeterminate
    p.technology_support, -- Share of samples with the same label
    p.technology_next, -- The label most frequent among the other samples
    p.collaboration_path, -- C1, C2, C3, C4 or indeterminate
    p.collaboration_support, -- Share of samples with the same label
    p.collaboration_next, -- The label most frequent among the other samples
    p.sentence -- What the figures say, in words
from told as p
cross join topic.topic as t
