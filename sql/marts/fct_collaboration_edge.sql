-- Corporate groups that apply together: the co-applicant network, of the world and each country.
-- One row = one network x pair of groups, source before target in the alphabet.
-- Key: topic, network, source, target.
-- Never null: families, core_families, source_kind, target_kind.
select
    topic.topic, -- Topic of the release
    pair.network, -- WORLD, or an applicant country (ISO alpha-2), whose families count by its share
    pair.source, -- Corporate group, as in dim_organisation
    pair.target, -- The group it applies with
    pair.source_kind, -- F firm, U university, P institute, agency or hospital, X unknown
    pair.target_kind, -- The same of the other
    pair.families, -- Families they apply for together, fractional
    pair.core_families -- Of these, key core ones
from intermediate.int_collaboration_pair as pair
cross join topic.topic
