-- Where the core begins under every rule for core patents and at every threshold of it.
-- One row = one rule x threshold. Key: topic, rule, threshold.
-- Never null: cut_score, core_families, core_share, tied_families, is_default.
with topic_size as (
    select count(*)::double as families from intermediate.int_score
)

select
    topic.topic, -- Topic of the release
    threshold.rule, -- Rule for core patents: top_share, mean_sd, pareto, head_tail or price
    threshold.threshold, -- Its threshold: a share, deviations, a share, a break or an exponent
    threshold.cut_score, -- Score from which a family is core
    threshold.families::bigint as core_families, -- Families that reach it
    threshold.families / topic_size.families as core_share, -- Their share of the topic
    threshold.tied_families::bigint
        as tied_families, -- Those of them that tie at the very cut; 0 where none do
    threshold.is_default -- Whether the topic goes by it
from intermediate.int_threshold as threshold
cross join topic_size
cross join topic.topic
