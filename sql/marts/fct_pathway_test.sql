-- The tests behind each country's path: what was measured, against what, and whether it holds.
-- One row = one compared country with 30 key core families x rule x clause x test.
-- Key: topic, country, label, clause, test.
-- Refers to: fct_pathway (topic, country).
-- Never null: dimension, position, metric, holds, support.
select
    topic.topic, -- Topic of the release
    test.country, -- Applicant country (ISO alpha-2)
    test.dimension, -- industry, technology or collaboration
    test.label, -- The path that the rule is of, such as I1
    test.position, -- Place of the rule in its dimension: of those that hold, the first counts
    test.clause, -- A rule holds if each of its clauses has a test that holds
    test.test, -- The test, as in reference/pathway_rules.toml
    test.metric, -- What is measured, see docs/pathways.md
    test.value, -- The country's figure: the mean over samples of equal size
    test.low, -- Lower end of the 90 % interval over samples
    test.high, -- Upper end
    test.benchmark, -- Of samples of the same size: the median of countries, or the world if few
    test.holds, -- Whether the test holds; null figures hold nothing
    test.support -- Share of samples in which it holds, 0 to 1
from intermediate.int_path_test as test
cross join topic.topic
