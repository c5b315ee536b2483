-- Collaboration of each country's organisations, in all families and in the key core ones.
-- One row = one population x country, or WORLD, with a family of an organisation. Countries are
-- those of applicants, groups are consolidated, and inventors who apply for themselves left out.
-- Key: topic, population, country.
-- Never null: families, groups, co_application_rate, hhi.
select
    topic.topic, -- Topic of the release
    profile.population, -- all families of the topic, or core: the key core ones
    profile.country, -- Applicant country (ISO alpha-2); WORLD for all
    profile.families, -- Families of organisations, fractional
    profile.groups, -- Corporate groups that apply, foreign partners included
    profile.co_application_rate, -- Share of families with two groups or more, 0 to 1
    profile.base_rate, -- The same of its families outside the topic; null where fewer than 30 are loaded
    profile.rate_ratio, -- co_application_rate / base_rate: above 1 it collaborates more than elsewhere
    profile.firm_firm, -- Share of co-applications between firms only
    profile.firm_university, -- Between firms and universities only
    profile.firm_institute, -- Between firms and institutes, agencies or hospitals only
    profile.university_institute, -- Between universities and institutes only
    profile.firm_university_institute, -- Of all three kinds
    profile.industry_research, -- Industry-university-research: firms with universities or institutes
    profile.leader_involvement, -- Share of co-applications with one of the country's five largest groups
    profile.chain, -- Share of firms' co-applications between firms of different main industries
    profile.cr4, -- Share of the four largest groups in its families, 0 to 1
    profile.cr10, -- Share of the ten largest
    profile.hhi, -- Herfindahl-Hirschman index of groups, 0 to 1
    profile.normalised_hhi, -- (hhi - 1/n) / (1 - 1/n), 0 to 1
    profile.gini, -- Inequality of groups by families, 0 to 1
    profile.isolates_share, -- Share of groups that never apply with another
    profile.giant_share, -- Share of groups in the largest connected part
    profile.degree_centralisation, -- 0 where all groups have as many partners, 1 for a star
    profile.co_application_rate_low, -- Lower end of its 90 % interval (Jeffreys); null but for the core
    profile.co_application_rate_high, -- Upper end
    profile.rate_ratio_low, -- Lower end of its 90 % interval (Jeffreys); null but for the core
    profile.rate_ratio_high, -- Upper end
    profile.industry_research_low, -- Lower end of its 90 % interval (Jeffreys); null but for the core
    profile.industry_research_high, -- Upper end
    profile.firm_firm_low, -- Lower end of its 90 % interval (Jeffreys); null but for the core
    profile.firm_firm_high, -- Upper end
    profile.leader_involvement_low, -- Lower end of its 90 % interval (Jeffreys); null but for the core
    profile.leader_involvement_high, -- Upper end
    profile.chain_low, -- Lower end of its 90 % interval (Jeffreys); null but for the core
    profile.chain_high -- Upper end
from intermediate.int_collaboration_profile as profile
cross join topic.topic
