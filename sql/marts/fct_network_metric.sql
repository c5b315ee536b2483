-- Each convergence network as a whole. Density, clustering and path length depend on size: do not
-- compare them between countries of different size. There is none of main groups.
-- One row = one network. Key: topic, network, population, period, subfield, level.
-- Never null: families, nodes, edges, isolates.
select
    t.topic, -- Topic of the release
    m.network, -- WORLD, or the country whose families (by share) make the network
    m.population, -- all families, or core: the key core families alone
    m.period, -- all, or the period of priority years (dim_period)
    m.subfield, -- all, or the sub-field of the topic, each family being in its main one
    m.level, -- section, class, subclass or main_group of the IPC
    m.families, -- Families in it, fractional; without those of over 20 technologies
    m.convergent_share, -- Share of these that have two technologies or more
    m.nodes, -- Technologies in it
    m.edges, -- Pairs that meet
    m.isolates, -- Technologies that meet no other
    m.density, -- Share of possible pairs that meet
    m.mean_degree, -- Technologies that one meets on average
    m.mean_strength, -- Full count of one on average
    m.clustering, -- Mean clustering coefficient, unweighted
    m.clustering_onnela, -- The same weighted, after Onnela et al. 2005
    m.clustering_barrat, -- The same weighted, after Barrat et al. 2004
    m.transitivity, -- Share of connected triples that close
    m.giant_share, -- Share of technologies in the largest component
    m.average_path_length, -- Steps between two technologies of the largest component, on average
    m.diameter, -- The longest of these
    m.average_distance, -- The average with 1 / association strength as the length of an edge
    m.longest_distance, -- The longest of these
    m.efficiency, -- Mean of 1 / steps over all pairs, 0 where there is no way
    m.degree_centralisation, -- 0 where all have as many neighbours, 1 of a star
    m.betweenness_centralisation, -- The same of betweenness
    m.core_periphery, -- Correlation with a core of ties and a periphery without (Borgatti-Everett)
    m.communities, -- Communities with ties, by consensus of many runs of Leiden
    m.modularity, -- Modularity of these, weighted
    m.community_agreement, -- Mean normalised mutual information of a run and the consensus
    m.cross_section_share, -- X: share of full counts that join two IPC sections
    m.external_internal_index, -- 2X - 1: -1 all within, 1 all across
    m.expected_cross_section_share, -- X0: expected of sections of these strengths (configuration)
    m.cross_section_share / nullif(m.expected_cross_section_share, 0)
        as cross_section_lift, -- X / X0: above 1 converges across sections more than expected
    m.section_modularity, -- Modularity of the division into sections
    u.null_share
        as null_cross_section_share, -- Mean X where chance deals families their technologies
    u.null_lower as null_cross_section_lower, -- 2.5 % quantile of that
    u.null_upper as null_cross_section_upper, -- 97.5 % quantile of that
    m.cross_section_share / nullif(u.null_share, 0)
        as null_lift, -- X over that mean: above 1 converges across sections more than by chance
    m.cross_section_share / nullif(u.null_upper, 0) as null_lift_lower, -- X over the upper quantile
    m.cross_section_share / nullif(u.null_lower, 0) as null_lift_upper, -- X over the lower quantile
    (m.cross_section_share - u.null_share) / nullif(u.null_deviation, 0)
        as null_z, -- X less that mean, in standard deviations of the draws
    w.small_world_sigma, -- (C / C of random) / (L / L of random): above 1 in a small world
    w.small_world_omega, -- L of random / L - C / C of a lattice: near 0 in a small world
    w.core_periphery_p, -- Chance of as clear a core in a random network of the same degrees
    d.families as rarefied_families, -- Families in each sample of equal size, for what follows
    d.mean as rarefied_density, -- Density at equal size
    d.lower as rarefied_density_lower, -- 2.5 % quantile of the samples
    d.upper as rarefied_density_upper, -- 97.5 % quantile of the samples
    c.mean as rarefied_clustering, -- Mean clustering at equal size
    c.lower as rarefied_clustering_lower, -- 2.5 % quantile of the samples
    c.upper as rarefied_clustering_upper, -- 97.5 % quantile of the samples
    l.mean as rarefied_path_length, -- Average steps between technologies at equal size
    l.lower as rarefied_path_length_lower, -- 2.5 % quantile of the samples
    l.upper as rarefied_path_length_upper, -- 97.5 % quantile of the samples
    a.mean as rarefied_association_within, -- Mean association strength within sections, equal size
    a.lower as rarefied_association_within_lower, -- 2.5 % quantile of the samples
    a.upper as rarefied_association_within_upper -- 97.5 % quantile of the samples
from intermediate.int_network_metric as m
left join intermediate.int_network_null as u
    on
        m.network = u.network and m.population = u.population and m.period = u.period
        and m.subfield = 'all' and m.level = u.level
left join intermediate.int_small_world as w
    on
        m.network = w.network and m.population = w.population and m.period = w.period
        and m.subfield = w.subfield and m.level = w.level
left join intermediate.int_network_rarefied as d
    on
        m.network = d.network and m.population = d.population and d.measure = 'density'
        and m.period = 'all' and m.subfield = 'all' and m.level = 'subclass'
left join intermediate.int_network_rarefied as c
    on
        m.network = c.network and m.population = c.population and c.measure = 'clustering'
        and m.period = 'all' and m.subfield = 'all' and m.level = 'subclass'
left join intermediate.int_network_rarefied as l
    on
        m.network = l.network and m.population = l.population and l.measure = 'path_length'
        and m.period = 'all' and m.subfield = 'all' and m.level = 'subclass'
left join intermediate.int_network_rarefied as a
    on
        m.network = a.network and m.population = a.population and a.measure = 'association_within'
        and m.period = 'all' and m.subfield = 'all' and m.level = 'subclass'
cross join topic.topic as t
