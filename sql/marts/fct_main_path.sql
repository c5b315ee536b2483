-- Main paths of citations: the links between families that most ways through the citations of a
-- field pass, which carried it on.
-- One row = one network x sub-field x link of a main path.
-- Key: topic, network, subfield, cited_family_id, citing_family_id.
-- Refers to: fct_patent (topic, cited_family_id), fct_patent (topic, citing_family_id).
-- Never null: spc_share, is_key_route, is_global, network_links, cited_priority_year,
-- citing_priority_year.
select
    topic.topic, -- Topic of the release
    link.network, -- WORLD, or the country: both families are attributed to it, at least in part
    link.subfield, -- all, or the sub-field that both families are in
    cited.family_id as cited_family_id, -- Family that is cited, as in fct_patent
    citing.family_id as citing_family_id, -- Family that cites it, of a later priority date
    year(cited.priority_date) as cited_priority_year, -- Priority year of the cited family
    year(citing.priority_date) as citing_priority_year, -- Priority year of the citing family
    link.spc_share, -- Search path count: share of the network's search paths that pass the link
    link.key_route, -- Best rank of a key-route, 1 to 10, whose main path passes; null if none does
    link.is_key_route, -- Whether it is a key-route: one of the ten links of greatest spc_share
    link.is_global, -- Whether the global main path passes, that of the greatest sum of spc_share
    link.network_links -- Citations between the network's families that lead forward in time
from intermediate.int_main_path as link
inner join intermediate.int_family as cited on link.cited_family = cited.family
inner join intermediate.int_family as citing on link.citing_family = citing.family
cross join topic.topic
