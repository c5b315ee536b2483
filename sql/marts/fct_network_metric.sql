-- Each convergence network as a whole. Density, clustering and path length depend on size: do not
-- compare them between countries of different size. There is none of main groups.
-- One row = one network. Key: topic, network, population, period, subfield, level.
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
    m.section_modularity -- Modularity of the division into sections
from intermediate.int_network_metric as m
cross join topic.topic as t
