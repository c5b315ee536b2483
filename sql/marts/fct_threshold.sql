-- Where the core begins under every rule for core patents and at every threshold of it.
-- One row = one rule x threshold. Key: topic, rule, threshold.
-- Never null: cut_score, core_families, core_share, tied_families, is_default.
with topic_size as (
    select count(*)::double as families from intermediate.int_score
)

select
    t.topic, -- Topic of the release
    h.rule, -- Rule for core patents: top_share, mean_sd, pareto, head_tail or price
    h.threshold, -- Its threshold: a share, deviations, a share, a break or an exponent
    h.cut_score, -- Score from which a family is core
    h.families::bigint as core_families, -- Families that reach it
    h.families / f.families as core_share, -- Their share of the topic
    h.tied_families::bigint
        as tied_families, -- Those of them that tie at the very cut; 0 where none do
    h.is_default -- Whether the topic goes by it
from intermediate.int_threshold as h
cross join topic_size as f
cross join topic.topic as t
