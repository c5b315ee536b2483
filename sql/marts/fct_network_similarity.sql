-- How alike the convergence networks of two countries are, over the technologies that either has.
-- By fractional counts; portraits at equal size. One row = one pair of countries x population x
-- level. Key: topic, country_a, country_b, population, level.
-- Refers to: dim_country (country_a), dim_country (country_b).
-- Never null: technologies.
select
    topic.topic, -- Topic of the release
    similarity.country_a, -- ISO 3166 code of a compared country
    similarity.country_b, -- ISO 3166 code of another, behind it in the topic
    similarity.population, -- all families, or core: the key core families alone
    similarity.level, -- section, class or subclass of the IPC
    similarity.technologies, -- Technologies that meet another in either country
    similarity.pearson, -- Correlation of the counts of all pairs of technologies; null without ties
    similarity.pearson_p, -- Chance of as much if technologies had other names (QAP)
    similarity.pearson_lower, -- Lower end of its 90 % interval, for networks of as many families
    similarity.pearson_upper, -- Upper end of it; null where either has under 30 families with a tie
    similarity.spearman, -- Correlation of the ranks of these counts; null without ties
    similarity.spearman_p, -- Chance of as much if technologies had other names (QAP)
    similarity.spearman_lower, -- Lower end of its 90 % interval, for networks of as many families
    similarity.spearman_upper, -- Upper end of that interval
    similarity.weighted_jaccard, -- Sum of the lesser over sum of the greater shares of all pairs, 0 to 1
    similarity.weighted_jaccard_lower, -- Lower end of its 90 % interval, for networks of as many families
    similarity.weighted_jaccard_upper, -- Upper end of that interval
    similarity.partial as partial_pearson, -- Pearson given the rest of the world; null if that explains all
    similarity.partial_p as partial_pearson_p, -- Chance of as much if technologies had other names (MRQAP)
    rarefied.mean as portrait_divergence, -- How differently they are built, 0 to 1, at equal size
    rarefied.lower as portrait_divergence_lower, -- 2.5 % quantile of the samples of equal size
    rarefied.upper as portrait_divergence_upper, -- 97.5 % quantile of the samples of equal size
    rarefied.families as sampled_families -- Families in each of these samples; null but for subclasses
from intermediate.int_network_similarity as similarity
left join intermediate.int_network_rarefied as rarefied
    on
        (
            (similarity.country_a = rarefied.network and similarity.country_b = rarefied.other)
            or (similarity.country_a = rarefied.other and similarity.country_b = rarefied.network)
        )
        and similarity.population = rarefied.population
        and similarity.level = 'subclass'
cross join topic.topic
