-- How far scores and core stay as they are under each source of variation.
-- One row = one source of variation. Key: topic, kind, variation.
-- Never null: draws, core_overlap, core_overlap_low, rank_biased_overlap,
-- rank_biased_overlap_low.
select
    topic.topic, -- Topic of the release
    stability.kind, -- sampling, method (of the grid), choice (one at a time) or weights (shaken)
    stability.variation, -- What varies; the methods; the choice and its option; or dirichlet
    stability.draws, -- Times that it was tried
    stability.kendall_tau, -- Kendall's tau of its scores and the release's, -1 to 1; median of the draws
    stability.kendall_tau_low, -- 5 % quantile of the same
    stability.core_overlap, -- Families in both cores over those in either, 0 to 1; median of draws
    stability.core_overlap_low, -- 5 % quantile of the same
    stability.rank_biased_overlap, -- Overlap of the best, first places most, 0 to 1; median of the draws
    stability.rank_biased_overlap_low -- 5 % quantile of the same
from intermediate.int_stability as stability
cross join topic.topic
