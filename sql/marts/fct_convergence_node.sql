-- The place of each technology in each convergence network.
-- One row = one network x IPC subclass. Key: topic, network, technology.
select
    t.topic, -- Topic of the release
    n.network, -- WORLD, or the country whose families (by share) make the network
    n.technology, -- IPC subclass
    i.title, -- Its title
    n.occurrences, -- Families with it (times the country's share)
    n.degree, -- Technologies it meets
    n.strength, -- Sum of its full counts
    n.betweenness, -- Share of shortest paths that pass through it, unweighted
    n.closeness, -- Harmonic closeness, 0 to 1, unweighted
    n.pagerank, -- PageRank, weighted by full counts; sums to 1 over a network
    n.constraint_unweighted, -- Burt's constraint, unweighted; null for isolates
    n.constraint_weighted, -- Burt's constraint, weighted by full counts; null for isolates
    n.effective_size, -- Burt's effective size, unweighted; null for isolates
    n.clustering -- Share of pairs of its neighbours that meet
from intermediate.int_convergence_node as n
left join reference.ipc_title as i on n.technology = i.technology
cross join topic.topic as t
