-- The place of each technology in each convergence network.
-- Of main groups, of which there are thousands, only what can be counted is given.
-- One row = one network x technology.
-- Key: topic, network, population, period, subfield, level, technology.
-- Refers to: dim_technology (technology).
-- Never null: occurrences, convergence_degree, degree, strength.
select
    topic.topic, -- Topic of the release
    occurrence.network, -- WORLD, or the country whose families (by share) make the network
    occurrence.population, -- all families, or core: the key core families alone
    occurrence.period, -- all, or the period of priority years (dim_period)
    occurrence.subfield, -- all, or the sub-field of the topic, each family being in its main one
    occurrence.level, -- section, class, subclass or main_group of the IPC
    occurrence.technology, -- Technology of that level
    title.title, -- Its title
    occurrence.occurrences, -- Families with it (times the country's share)
    occurrence.convergent_occurrences / occurrence.occurrences
        as convergence_degree, -- Share of these that have another technology too
    node.degree, -- Technologies it meets
    node.strength, -- Sum of its full counts
    node.betweenness, -- Share of shortest paths that pass through it, unweighted
    node.betweenness_weighted, -- The same with 1 / association strength as the length of an edge
    node.closeness, -- Harmonic closeness, 0 to 1, unweighted
    node.eigenvector, -- Eigenvector centrality, weighted, within the largest component; else null
    node.pagerank, -- PageRank, weighted by full counts; sums to 1 over a network
    node.constraint_unweighted, -- Burt's constraint, unweighted; null for isolates
    node.constraint_weighted, -- Burt's constraint, weighted by full counts; null for isolates
    node.effective_size, -- Burt's effective size, unweighted; null for isolates
    node.clustering, -- Share of pairs of its neighbours that meet
    node.community, -- Number of its community, by consensus of many runs of Leiden
    node.within_community_z, -- Degree within that, in deviations from its mean; null if all are alike
    node.participation, -- 1 - sum of squared shares of its edges by community; null for isolates
    node.coordinator, -- Pairs of its own section that it joins and that do not meet
    node.consultant, -- Such pairs of one other section
    node.gatekeeper, -- Such pairs of its own section and another
    node.liaison -- Such pairs of two other sections
from intermediate.int_convergence_occurrence as occurrence
inner join intermediate.int_convergence_node as node
    on
        occurrence.network = node.network
        and occurrence.population = node.population
        and occurrence.period = node.period
        and occurrence.subfield = node.subfield
        and occurrence.level = node.level
        and occurrence.technology = node.technology
left join reference.ipc_title as title on occurrence.technology = title.technology
cross join topic.topic
