-- Convergence of technologies: how often two of them meet in one family, and more than by chance.
-- One row = one network x pair of IPC subclasses that meet. Key: topic, network, source, target.
select
    t.topic, -- Topic of the release
    e.network, -- WORLD, or the country whose families (by share) make the network
    e.source, -- IPC subclass, before target in the alphabet
    e.target, -- IPC subclass
    e.full_count, -- Families with both, each pair counting 1 (times the country's share)
    e.fractional_count, -- The same, each pair counting 1/(k-1) in a family of k subclasses
    e.pair_fraction, -- The same, each pair counting 2/(k(k-1)), so that a family counts 1
    e.association_strength, -- N c / (n_i n_j): 1 where they meet as often as by chance
    e.vos_strength, -- 2m c / (s_i s_j), as VOSviewer computes it
    e.cosine, -- c / sqrt(n_i n_j)
    e.jaccard, -- c / (n_i + n_j - c)
    e.expected, -- n_i n_j / N: families expected by chance
    e.z, -- (c - expected) / standard deviation; null where that is 0
    e.hypergeometric_p, -- Chance of c or more by chance; null where counts are fractions
    e.disparity_alpha, -- Significance in the disparity filter, the better of both ends
    substring(e.source, 1, 1) <> substring(e.target, 1, 1)
        as is_cross_section -- Whether it joins two IPC sections
from intermediate.int_convergence_edge as e
cross join topic.topic as t
