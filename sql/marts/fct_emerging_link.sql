-- Technologies that have not met yet and are likely to in the years that follow: of each network
-- the 100 likeliest pairs, by a model of what made pairs meet in the latest period that has new
-- ones. How good such a model was the last time, fct_link_prediction tells.
-- One row = one network x pair. Key: topic, network, source, target.
-- Refers to: dim_technology (source), dim_technology (target).
-- Never null: rank, chance, common_neighbours, adamic_adar, resource_allocation,
-- preferential_attachment, katz, rooted_pagerank.
select
    t.topic, -- Topic of the release
    e.network, -- WORLD, or the country whose families (by share) make the network
    e.learnt_period, -- Period from whose new pairs was learnt: the latest in which any emerged
    e.source, -- IPC subclass, before target in the alphabet
    e.target, -- IPC subclass
    e.rank, -- 1 is the likeliest
    e.chance, -- Chance to meet in two families or more, were the next period like the last
    e.common_neighbours, -- Technologies that both meet
    e.adamic_adar, -- These, each by 1 / log of the technologies it meets
    e.resource_allocation, -- These, each by 1 / the technologies it meets
    e.preferential_attachment, -- Product of the technologies that each of the two meets
    e.katz, -- Ways between the two, the shorter the more they count
    e.rooted_pagerank, -- Chance of a walk that returns to one of them to be at the other
    substring(e.source, 1, 1) <> substring(e.target, 1, 1)
        as is_cross_section -- Whether it would join two IPC sections
from intermediate.int_emerging_link as e
cross join topic.topic as t
