-- How far scores and core stay as they are under each source of variation.
-- One row = one source of variation. Key: topic, kind, variation.
-- Never null: draws, core_overlap, core_overlap_low, rank_biased_overlap,
-- rank_biased_overlap_low.
select
    t.topic, -- Topic of the release
    s.kind, -- sampling, method (of the grid), choice (one at a time) or weights (shaken)
    s.variation, -- What varies; the methods; the choice and its option; or dirichlet
    s.draws, -- Times that it was tried
    s.kendall_tau, -- Kendall's tau of its scores and the release's, -1 to 1; median of the draws
    s.kendall_tau_low, -- 5 % quantile of the same
    s.core_overlap, -- Families in both cores over those in either, 0 to 1; median of draws
    s.core_overlap_low, -- 5 % quantile of the same
    s.rank_biased_overlap, -- Overlap of the best, first places most, 0 to 1; median of the draws
    s.rank_biased_overlap_low -- 5 % quantile of the same
from intermediate.int_stability as s
cross join topic.topic as t
