-- Corporate groups that apply together: the co-applicant network, of the world and each country.
-- One row = one network x pair of groups, source before target in the alphabet.
-- Key: topic, network, source, target.
-- Never null: families, core_families, source_kind, target_kind.
select
    t.topic, -- Topic of the release
    c.network, -- WORLD, or an applicant country (ISO alpha-2), whose families count by its share
    c.source, -- Corporate group, as in dim_organisation
    c.target, -- The group it applies with
    c.source_kind, -- F firm, U university, P institute, agency or hospital, X unknown
    c.target_kind, -- The same of the other
    c.families, -- Families they apply for together, fractional
    c.core_families -- Of these, key core ones
from intermediate.int_collaboration_pair as c
cross join topic.topic as t
