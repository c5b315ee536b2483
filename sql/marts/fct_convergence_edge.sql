-- Convergence of technologies: how often two of them meet in one family, and more than by chance.
-- One row = one network x pair of technologies that meet.
-- Key: topic, network, population, period, subfield, level, source, target.
-- Refers to: dim_technology (source), dim_technology (target).
-- Never null: full_count, fractional_count, pair_fraction, association_strength, vos_strength,
-- cosine, jaccard, expected, disparity_alpha, is_cross_section, noise_score,
-- is_disparity_backbone, is_noise_backbone.
select
    topic.topic, -- Topic of the release
    edge.network, -- WORLD, or the country whose families (by share) make the network
    edge.population, -- all families, or core: the key core families alone
    edge.period, -- all, or the period of priority years (dim_period)
    edge.subfield, -- all, or the sub-field of the topic, each family being in its main one
    edge.level, -- section, class, subclass or main_group of the IPC
    edge.source, -- Technology of that level, before target in the alphabet
    edge.target, -- Technology of that level
    edge.full_count, -- Families with both, each pair counting 1 (times the country's share)
    edge.fractional_count, -- The same, each pair counting 1/(k-1) in a family of k technologies
    edge.pair_fraction, -- The same, each pair counting 2/(k(k-1)), so that a family counts 1
    edge.association_strength, -- N c / (n_i n_j): 1 where they meet as often as by chance
    edge.vos_strength, -- 2m c / (s_i s_j), as VOSviewer computes it
    edge.cosine, -- c / sqrt(n_i n_j)
    edge.jaccard, -- c / (n_i + n_j - c)
    edge.expected, -- n_i n_j / N: families expected by chance
    edge.z, -- (c - expected) / standard deviation; null where that is 0
    edge.hypergeometric_p, -- Chance of c or more by chance; null where counts are fractions
    edge.dealt_expected, -- Families expected if technologies were dealt to families of equal breadth
    edge.dealt_q, -- Chance of c or more so dealt, after Benjamini-Hochberg over all pairs; the test
    edge.disparity_alpha, -- Significance in the disparity filter, the better of both ends
    edge.disparity_alpha < 0.05::double
        as is_disparity_backbone, -- Whether the disparity filter keeps it
    edge.noise_score, -- (k c - 1) / (k c + 1), k = 2m / (s_i s_j): 0 as the strengths lead to expect
    edge.noise_deviation, -- Standard deviation of that score; null where it has none
    coalesce(edge.noise_score > 1.64::double * edge.noise_deviation, false)
        as is_noise_backbone, -- Whether the noise-corrected backbone keeps it; it does a tenth of chance ties
    substring(edge.source, 1, 1) <> substring(edge.target, 1, 1)
        as is_cross_section -- Whether it joins two IPC sections
from intermediate.int_convergence_edge as edge
cross join topic.topic
