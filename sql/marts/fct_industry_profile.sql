-- Industries of each country's families, and where the country is at an advantage.
-- One row = one population x scheme x industry x country with a family of the population.
-- Key: topic, population, scheme, industry, country.
-- Refers to: dim_industry (scheme, industry), dim_country (country).
-- Never null: families, share, is_small, is_advantage.
select
    topic.topic, -- Topic of the release
    profile.population, -- all families of the topic, or core: the key core ones
    profile.scheme, -- SEI: China's strategic emerging industries; WIPO: its 35 technology fields
    profile.industry, -- Code, as in dim_industry; none where no rule applies
    profile.country, -- Applicant country (ISO alpha-2; ZZ unknown)
    profile.families, -- Families, fractional over countries and industries
    profile.share, -- Share of the country's families of the population, 0 to 1
    profile.rta, -- Revealed technological advantage: its share over that of the population's families
    profile.rsca, -- (rta - 1) / (rta + 1), -1 to 1; 0 is the population's average
    profile.rsca_low, -- Lower end of its 90 % bootstrap interval
    profile.rsca_high, -- Upper end
    profile.families < topic.minimum_cell as is_small, -- Whether too few families to read rta and rsca
    coalesce(
        profile.industry <> 'none' and profile.families >= topic.minimum_cell and profile.rsca_low > 0, false
    )
        as is_advantage -- Whether surely above average: not small, and all of the interval above 0
from intermediate.int_industry_profile as profile
cross join topic.topic
