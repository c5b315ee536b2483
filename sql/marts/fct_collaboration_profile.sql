-- Collaboration of each country's organisations, in all families and in the key core ones.
-- One row = one population x country, or WORLD, with a family of an organisation. Countries are
-- those of applicants, groups are consolidated, and inventors who apply for themselves left out.
-- Key: topic, population, country.
-- Never null: families, groups, co_application_rate, hhi.
select
    t.topic, -- Topic of the release
    p.population, -- all families of the topic, or core: the key core ones
    p.country, -- Applicant country (ISO alpha-2); WORLD for all
    p.families, -- Families of organisations, fractional
    p.groups, -- Corporate groups that apply, foreign partners included
    p.co_application_rate, -- Share of families with two groups or more, 0 to 1
    p.base_rate, -- The same of its families outside the topic; null where fewer than 30 are loaded
    p.rate_ratio, -- co_application_rate / base_rate: above 1 it collaborates more than elsewhere
    p.firm_firm, -- Share of co-applications between firms only
    p.firm_university, -- Between firms and universities only
    p.firm_institute, -- Between firms and institutes, agencies or hospitals only
    p.university_institute, -- Between universities and institutes only
    p.firm_university_institute, -- Of all three kinds
    p.industry_research, -- Industry-university-research: firms with universities or institutes
    p.leader_involvement, -- Share of co-applications with one of the country's five largest groups
    p.chain, -- Share of firms' co-applications between firms of different main industries
    p.cr4, -- Share of the four largest groups in its families, 0 to 1
    p.cr10, -- Share of the ten largest
    p.hhi, -- Herfindahl-Hirschman index of groups, 0 to 1
    p.normalised_hhi, -- (hhi - 1/n) / (1 - 1/n), 0 to 1
    p.gini, -- Inequality of groups by families, 0 to 1
    p.isolates_share, -- Share of groups that never apply with another
    p.giant_share, -- Share of groups in the largest connected part
    p.degree_centralisation, -- 0 where all groups have as many partners, 1 for a star
    p.co_application_rate_low, -- Lower end of its 90 % bootstrap interval; null but for the core
    p.co_application_rate_high, -- Upper end
    p.rate_ratio_low, -- Lower end of its 90 % bootstrap interval; null but for the core
    p.rate_ratio_high, -- Upper end
    p.industry_research_low, -- Lower end of its 90 % bootstrap interval; null but for the core
    p.industry_research_high, -- Upper end
    p.firm_firm_low, -- Lower end of its 90 % bootstrap interval; null but for the core
    p.firm_firm_high, -- Upper end
    p.leader_involvement_low, -- Lower end of its 90 % bootstrap interval; null but for the core
    p.leader_involvement_high, -- Upper end
    p.chain_low, -- Lower end of its 90 % bootstrap interval; null but for the core
    p.chain_high -- Upper end
from intermediate.int_collaboration_profile as p
cross join topic.topic as t
