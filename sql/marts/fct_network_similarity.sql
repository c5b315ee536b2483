-- How alike the convergence networks of two countries are, over the technologies that either has.
-- By fractional counts; portraits at equal size. One row = one pair of countries x population x
-- level. Key: topic, country_a, country_b, population, level.
-- Refers to: dim_country (country_a), dim_country (country_b).
-- Never null: technologies.
select
    t.topic, -- Topic of the release
    s.country_a, -- ISO 3166 code of a compared country
    s.country_b, -- ISO 3166 code of another, behind it in the topic
    s.population, -- all families, or core: the key core families alone
    s.level, -- section, class or subclass of the IPC
    s.technologies, -- Technologies that meet another in either country
    s.pearson, -- Correlation of the counts of all pairs of technologies; null without ties
    s.pearson_p, -- Chance of as much if technologies had other names (QAP)
    s.pearson_lower, -- Lower end of its 90 % interval, from families drawn anew
    s.pearson_upper, -- Upper end of that interval
    s.spearman, -- Correlation of the ranks of these counts; null without ties
    s.spearman_p, -- Chance of as much if technologies had other names (QAP)
    s.spearman_lower, -- Lower end of its 90 % interval, from families drawn anew
    s.spearman_upper, -- Upper end of that interval
    s.weighted_jaccard, -- Sum of the lesser over sum of the greater shares of all pairs, 0 to 1
    s.weighted_jaccard_lower, -- Lower end of its 90 % interval, from families drawn anew
    s.weighted_jaccard_upper, -- Upper end of that interval
    s.partial as partial_pearson, -- Pearson given the rest of the world; null where that tells all
    s.partial_p as partial_pearson_p, -- Chance of as much if technologies had other names (MRQAP)
    r.mean as portrait_divergence, -- How differently they are built, 0 to 1, at equal size
    r.lower as portrait_divergence_lower, -- 2.5 % quantile of the samples of equal size
    r.upper as portrait_divergence_upper, -- 97.5 % quantile of the samples of equal size
    r.families as sampled_families -- Families in each of these samples; null but for subclasses
from intermediate.int_network_similarity as s
left join intermediate.int_network_rarefied as r
    on
        (
            (s.country_a = r.network and s.country_b = r.other)
            or (s.country_a = r.other and s.country_b = r.network)
        )
        and s.population = r.population
        and s.level = 'subclass'
cross join topic.topic as t
