-- The tests behind each country's path: what was measured, against what, and whether it holds.
-- One row = one compared country with 30 key core families x rule x clause x test.
-- Key: topic, country, label, clause, test.
-- Refers to: fct_pathway (topic, country).
-- Never null: dimension, position, metric, holds, support.
select
    t.topic, -- Topic of the release
    p.country, -- Applicant country (ISO alpha-2)
    p.dimension, -- industry, technology or collaboration
    p.label, -- The path that the rule is of, such as I1
    p.position, -- Place of the rule in its dimension: of those that hold, the first counts
    p.clause, -- A rule holds if each of its clauses has a test that holds
    p.test, -- The test, as in reference/pathway_rules.toml
    p.metric, -- What is measured, see docs/pathways.md
    p.value, -- The country's figure: the mean over samples of equal size
    p.low, -- Lower end of the 90 % interval over samples
    p.high, -- Upper end
    p.benchmark, -- Of samples of the same size: the median of countries, or the world if few
    p.holds, -- Whether the test holds; null figures hold nothing
    p.support -- Share of samples in which it holds, 0 to 1
from intermediate.int_path_test as p
cross join topic.topic as t
