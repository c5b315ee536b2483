-- The path of each country to its key core technologies: in which industries, across or within
-- technology categories, and with whom.
-- One row = one compared country with 30 key core families.
-- Key: topic, country.
-- Refers to: dim_country (country).
-- Never null: families, fractional_families, industry_path, industry_support, technology_path,
-- technology_support, collaboration_path, collaboration_support, sentence.
with core as (
    select
        country.country,
        count(*) as families,
        sum(country.share::decimal(38, 15))::double as fractional_families
    from intermediate.int_family_country as country
    inner join intermediate.int_score_rank as score_rank on country.family = score_rank.family
    where score_rank.is_core
    group by country.country
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

described as (
    select
        paths.*,
        core.families,
        core.fractional_families,
        country.name || ', by ' || core.families::varchar || ' key core families. Industries: '
        || paths.industry_statement || '. Technologies: ' || paths.technology_statement
        || '. Collaboration: ' || paths.collaboration_statement
        || '. Patents record classes and co-applicants, not demand, supply or intent.'
            as sentence
    from paths
    inner join core on paths.country = core.country
    inner join reference.country on paths.country = country.country
)

select
    topic.topic, -- Topic of the release
    described.country, -- Applicant country (ISO alpha-2)
    described.families, -- Its key core families, each counted whole
    described.fractional_families, -- The same, fractional
    described.industry_path, -- I1, I2, I3, I4, or indeterminate where fewer than 0.8 of the samples agree
    described.industry_support, -- Share of samples with the same label, 0 to 1
    described.industry_next, -- The label most frequent among the other samples
    described.technology_path, -- T1, T2, T3 or indeterminate
    described.technology_support, -- Share of samples with the same label
    described.technology_next, -- The label most frequent among the other samples
    described.collaboration_path, -- C1, C2, C3, C4 or indeterminate
    described.collaboration_support, -- Share of samples with the same label
    described.collaboration_next, -- The label most frequent among the other samples
    described.sentence -- The figures in words
from described
cross join topic.topic
