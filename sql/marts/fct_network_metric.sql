-- Each convergence network as a whole. Density, clustering and path length depend on size: do not
-- compare them between countries of different size. There is none of main groups.
-- One row = one network. Key: topic, network, population, period, subfield, level.
-- Never null: families, nodes, edges, isolates.
select
    topic.topic, -- Topic of the release
    metric.network, -- WORLD, or the country whose families (by share) make the network
    metric.population, -- all families, or core: the key core families alone
    metric.period, -- all, or the period of priority years (dim_period)
    metric.subfield, -- all, or the sub-field of the topic, each family being in its main one
    metric.level, -- section, class, subclass or main_group of the IPC
    metric.families, -- Families in it, fractional; without those of over 20 technologies
    metric.convergent_share, -- Share of these that have two technologies or more
    metric.nodes, -- Technologies in it
    metric.edges, -- Pairs that meet
    metric.isolates, -- Technologies that meet no other
    metric.density, -- Share of possible pairs that meet
    metric.mean_degree, -- Technologies that one meets on average
    metric.mean_strength, -- Full count of one on average
    metric.clustering, -- Mean clustering coefficient, unweighted
    metric.clustering_onnela, -- The same weighted, after Onnela et al. 2005
    metric.clustering_barrat, -- The same weighted, after Barrat et al. 2004
    metric.transitivity, -- Share of connected triples that close
    metric.giant_share, -- Share of technologies in the largest component
    metric.average_path_length, -- Steps between two technologies of the largest component, on average
    metric.diameter, -- The longest of these
    metric.average_distance, -- The average with 1 / association strength as the length of an edge
    metric.longest_distance, -- The longest of these
    metric.efficiency, -- Mean of 1 / steps over all pairs, 0 where there is no way
    metric.degree_centralisation, -- 0 where all have as many neighbours, 1 of a star
    metric.betweenness_centralisation, -- The same of betweenness
    metric.core_periphery, -- Correlation with a core of ties and a periphery without (Borgatti-Everett)
    metric.communities, -- Communities with ties, by consensus of many runs of Leiden
    metric.modularity, -- Modularity of these, weighted
    metric.community_agreement, -- Mean normalised mutual information of a run and the consensus
    metric.cross_section_share, -- X: share of full counts that join two IPC sections
    metric.external_internal_index, -- 2X - 1: -1 all within, 1 all across
    metric.expected_cross_section_share, -- X0: expected of sections of these strengths (configuration)
    metric.cross_section_share / nullif(metric.expected_cross_section_share, 0)
        as cross_section_lift, -- X / X0: above 1 converges across sections more than expected
    metric.section_modularity, -- Modularity of the division into sections
    random.null_share
        as null_cross_section_share, -- Mean X where chance deals families their technologies
    random.null_lower as null_cross_section_lower, -- 2.5 % quantile of that
    random.null_upper as null_cross_section_upper, -- 97.5 % quantile of that
    metric.cross_section_share / nullif(random.null_share, 0)
        as null_lift, -- X over that mean: above 1 converges across sections more than by chance
    metric.cross_section_share / nullif(random.null_upper, 0) as null_lift_lower, -- X over the upper quantile
    metric.cross_section_share / nullif(random.null_lower, 0) as null_lift_upper, -- X over the lower quantile
    (metric.cross_section_share - random.null_share) / nullif(random.null_deviation, 0)
        as null_z, -- X less that mean, in standard deviations of the draws
    random.null_draws, -- Draws that these rest on
    random.null_error
        as null_cross_section_error, -- Monte Carlo standard error of the quantiles
    world.small_world_sigma, -- (C / C of random) / (L / L of random): above 1 in a small world
    world.small_world_omega, -- L of random / L - C / C of a lattice: near 0 in a small world
    world.core_periphery_p, -- Chance of as clear a core in a random network of the same degrees
    rarefied_density.families as rarefied_families, -- Families in each sample of equal size, for what follows
    rarefied_density.mean as rarefied_density, -- Density at equal size
    rarefied_density.lower as rarefied_density_lower, -- 2.5 % quantile of the samples
    rarefied_density.upper as rarefied_density_upper, -- 97.5 % quantile of the samples
    rarefied_clustering.mean as rarefied_clustering, -- Mean clustering at equal size
    rarefied_clustering.lower as rarefied_clustering_lower, -- 2.5 % quantile of the samples
    rarefied_clustering.upper as rarefied_clustering_upper, -- 97.5 % quantile of the samples
    rarefied_path.mean as rarefied_path_length, -- Average steps between technologies at equal size
    rarefied_path.lower as rarefied_path_length_lower, -- 2.5 % quantile of the samples
    rarefied_path.upper as rarefied_path_length_upper, -- 97.5 % quantile of the samples
    rarefied_association.mean
        as rarefied_association_within, -- Mean association strength within sections, equal size
    rarefied_association.lower as rarefied_association_within_lower, -- 2.5 % quantile of the samples
    rarefied_association.upper as rarefied_association_within_upper -- 97.5 % quantile of the samples
from intermediate.int_network_metric as metric
left join intermediate.int_network_null as random
    on
        metric.network = random.network and metric.population = random.population
        and metric.period = random.period and metric.subfield = 'all' and metric.level = random.level
left join intermediate.int_small_world as world
    on
        metric.network = world.network and metric.population = world.population
        and metric.period = world.period
        and metric.subfield = world.subfield and metric.level = world.level
left join intermediate.int_network_rarefied as rarefied_density
    on
        metric.network = rarefied_density.network and metric.population = rarefied_density.population
        and rarefied_density.measure = 'density'
        and metric.period = 'all' and metric.subfield = 'all' and metric.level = 'subclass'
left join intermediate.int_network_rarefied as rarefied_clustering
    on
        metric.network = rarefied_clustering.network and metric.population = rarefied_clustering.population
        and rarefied_clustering.measure = 'clustering'
        and metric.period = 'all' and metric.subfield = 'all' and metric.level = 'subclass'
left join intermediate.int_network_rarefied as rarefied_path
    on
        metric.network = rarefied_path.network and metric.population = rarefied_path.population
        and rarefied_path.measure = 'path_length'
        and metric.period = 'all' and metric.subfield = 'all' and metric.level = 'subclass'
left join intermediate.int_network_rarefied as rarefied_association
    on
        metric.network = rarefied_association.network and metric.population = rarefied_association.population
        and rarefied_association.measure = 'association_within'
        and metric.period = 'all' and metric.subfield = 'all' and metric.level = 'subclass'
cross join topic.topic
