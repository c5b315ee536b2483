-- Convergence of technologies: how often two of them meet in one family, and more than by chance.
-- One row = one network x pair of technologies that meet.
-- Key: topic, network, population, period, subfield, level, source, target.
-- Refers to: dim_technology (source), dim_technology (target).
-- Never null: full_count, fractional_count, pair_fraction, association_strength, vos_strength,
-- cosine, jaccard, expected, disparity_alpha, is_cross_section, noise_score,
-- is_disparity_backbone, is_noise_backbone.
select
    t.topic, -- Topic of the release
    e.network, -- WORLD, or the country whose families (by share) make the network
    e.population, -- all families, or core: the key core families alone
    e.period, -- all, or the period of priority years (dim_period)
    e.subfield, -- all, or the sub-field of the topic, each family being in its main one
    e.level, -- section, class, subclass or main_group of the IPC
    e.source, -- Technology of that level, before target in the alphabet
    e.target, -- Technology of that level
    e.full_count, -- Families with both, each pair counting 1 (times the country's share)
    e.fractional_count, -- The same, each pair counting 1/(k-1) in a family of k technologies
    e.pair_fraction, -- The same, each pair counting 2/(k(k-1)), so that a family counts 1
    e.association_strength, -- N c / (n_i n_j): 1 where they meet as often as by chance
    e.vos_strength, -- 2m c / (s_i s_j), as VOSviewer computes it
    e.cosine, -- c / sqrt(n_i n_j)
    e.jaccard, -- c / (n_i + n_j - c)
    e.expected, -- n_i n_j / N: families expected by chance
    e.z, -- (c - expected) / standard deviation; null where that is 0
    e.hypergeometric_p, -- Chance of c or more by chance; null where counts are fractions
    e.dealt_expected, -- Families expected if technologies were dealt to families of equal breadth
    e.dealt_q, -- Chance of c or more so dealt, after Benjamini-Hochberg over all pairs; the test
    e.disparity_alpha, -- Significance in the disparity filter, the better of both ends
    e.disparity_alpha < 0.05::double
        as is_disparity_backbone, -- Whether the disparity filter keeps it
    e.noise_score, -- (k c - 1) / (k c + 1), k = 2m / (s_i s_j): 0 as the strengths lead to expect
    e.noise_deviation, -- Standard deviation of that score; null where it has none
    coalesce(e.noise_score > 1.64::double * e.noise_deviation, false)
        as is_noise_backbone, -- Whether the noise-corrected backbone keeps it
    substring(e.source, 1, 1) <> substring(e.target, 1, 1)
        as is_cross_section -- Whether it joins two IPC sections
from intermediate.int_convergence_edge as e
cross join topic.topic as t
