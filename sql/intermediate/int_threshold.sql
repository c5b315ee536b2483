-- The shares of a topic that can be called its core. One row = one threshold.
with shares as (
    select unnest([0.01, 0.03, 0.05, 0.10, 0.20]) as threshold
)

select threshold::double as threshold from shares
union
select core_share as threshold from topic.topic
