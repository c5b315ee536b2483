-- Technologies that have not met yet and are likely to in the years that follow: of each network
-- the 100 likeliest pairs, by a model of what made pairs meet in the latest period that has new
-- ones. fct_link_prediction measures how good such a model was the last time.
-- One row = one network x pair. Key: topic, network, source, target.
-- Refers to: dim_technology (source), dim_technology (target).
-- Never null: rank, chance, common_neighbours, adamic_adar, resource_allocation,
-- preferential_attachment, katz, rooted_pagerank.
select
    topic.topic, -- Topic of the release
    link.network, -- WORLD, or the country whose families (by share) make the network
    link.learnt_period, -- Period from whose new pairs was learnt: the latest in which any emerged
    link.source, -- IPC subclass, before target in the alphabet
    link.target, -- IPC subclass
    link.rank, -- 1 is the likeliest
    link.chance, -- Chance to meet in two families or more, were the next period like the last
    link.common_neighbours, -- Technologies that both meet
    link.adamic_adar, -- These, each by 1 / log of the technologies it meets
    link.resource_allocation, -- These, each by 1 / the technologies it meets
    link.preferential_attachment, -- Product of the technologies that each of the two meets
    link.katz, -- Ways between the two, the shorter the more they count
    link.rooted_pagerank, -- Chance of a walk that returns to one of them to be at the other
    substring(link.source, 1, 1) <> substring(link.target, 1, 1)
        as is_cross_section -- Whether it would join two IPC sections
from intermediate.int_emerging_link as link
cross join topic.topic
