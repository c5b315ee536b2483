-- Each convergence network as a whole. Density, clustering and path length depend on size: do not
-- compare them between countries of different size. One row = one network. Key: topic, network.
select
    t.topic, -- Topic of the release
    m.network, -- WORLD, or the country whose families (by share) make the network
    m.families, -- Families in it, fractional; those without IPC or with over 20 subclasses left out
    m.nodes, -- Technologies in it
    m.edges, -- Pairs that meet
    m.isolates, -- Technologies that meet no other
    m.density, -- Share of possible pairs that meet
    m.mean_degree, -- Technologies that one meets on average
    m.mean_strength, -- Full count of one on average
    m.clustering, -- Mean clustering coefficient, unweighted
    m.clustering_onnela, -- The same weighted, after Onnela et al. 2005
    m.transitivity, -- Share of connected triples that close
    m.giant_share, -- Share of technologies in the largest component
    m.average_path_length, -- Steps between two technologies of the largest component, on average
    m.diameter, -- The longest of these
    m.cross_section_share, -- X: share of full counts that join two IPC sections
    m.external_internal_index, -- 2X - 1: -1 all within, 1 all across
    m.expected_cross_section_share, -- X0: expected of sections of these strengths (configuration)
    m.cross_section_share / nullif(m.expected_cross_section_share, 0)
        as cross_section_lift, -- X / X0: above 1 converges across sections more than expected
    m.section_modularity -- Modularity of the division into sections
from intermediate.int_network_metric as m
cross join topic.topic as t
