-- The place of each technology in each convergence network.
-- Of main groups, of which there are thousands, only what can be counted is told.
-- One row = one network x technology.
-- Key: topic, network, population, period, subfield, level, technology.
-- Refers to: dim_technology (technology).
-- Never null: occurrences, convergence_degree, degree, strength.
select
    t.topic, -- Topic of the release
    o.network, -- WORLD, or the country whose families (by share) make the network
    o.population, -- all families, or core: the key core families alone
    o.period, -- all, or the period of priority years (dim_period)
    o.subfield, -- all, or the sub-field of the topic, each family being in its main one
    o.level, -- section, class, subclass or main_group of the IPC
    o.technology, -- Technology of that level
    i.title, -- Its title
    o.occurrences, -- Families with it (times the country's share)
    o.convergent_occurrences / o.occurrences
        as convergence_degree, -- Share of these that have another technology too
    n.degree, -- Technologies it meets
    n.strength, -- Sum of its full counts
    n.betweenness, -- Share of shortest paths that pass through it, unweighted
    n.betweenness_weighted, -- The same with 1 / association strength as the length of an edge
    n.closeness, -- Harmonic closeness, 0 to 1, unweighted
    n.eigenvector, -- Eigenvector centrality, weighted, within the largest component; else null
    n.pagerank, -- PageRank, weighted by full counts; sums to 1 over a network
    n.constraint_unweighted, -- Burt's constraint, unweighted; null for isolates
    n.constraint_weighted, -- Burt's constraint, weighted by full counts; null for isolates
    n.effective_size, -- Burt's effective size, unweighted; null for isolates
    n.clustering, -- Share of pairs of its neighbours that meet
    n.community, -- Number of its community, by consensus of many runs of Leiden
    n.within_community_z, -- Degree within that, in deviations from its mean; null if all are alike
    n.participation, -- 1 - sum of squared shares of its edges by community; null for isolates
    n.coordinator, -- Pairs of its own section that it joins and that do not meet
    n.consultant, -- Such pairs of one other section
    n.gatekeeper, -- Such pairs of its own section and another
    n.liaison -- Such pairs of two other sections
from intermediate.int_convergence_occurrence as o
inner join intermediate.int_convergence_node as n
    on
        o.network = n.network and o.population = n.population and o.period = n.period
        and o.subfield = n.subfield and o.level = n.level and o.technology = n.technology
left join reference.ipc_title as i on o.technology = i.technology
cross join topic.topic as t
