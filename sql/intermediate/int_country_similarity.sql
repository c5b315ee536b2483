-- How much alike compared countries are in where their key core families are and in their paths.
-- One row = one country x another with 30 key core families, both ways. Our proposal.
with profiles as (
    select
        profile.country,
        other_profile.country as other,
        sum(least(profile.share, other_profile.share)::decimal(38, 15))::double as industry_similarity
    from intermediate.int_industry_profile as profile
    inner join intermediate.int_industry_profile as other_profile
        on
            profile.population = other_profile.population
            and profile.scheme = other_profile.scheme
            and profile.industry = other_profile.industry
            and profile.country <> other_profile.country
    where profile.population = 'core' and profile.scheme = 'SEI'
    group by profile.country, other_profile.country
),

-- Only what is determined for both can be alike.
paths as (
    select
        pathway.country,
        other_pathway.country as other,
        avg(case when pathway.label = other_pathway.label then 1 else 0 end) as path_similarity
    from intermediate.int_pathway as pathway
    inner join intermediate.int_pathway as other_pathway
        on pathway.dimension = other_pathway.dimension and pathway.country <> other_pathway.country
            and pathway.label <> 'indeterminate' and other_pathway.label <> 'indeterminate'
    group by pathway.country, other_pathway.country
),

labels as (
    select
        country,
        concat_ws(
            ', ',
            max(case when dimension = 'industry' then label end),
            max(case when dimension = 'technology' then label end),
            max(case when dimension = 'collaboration' then label end)
        ) as path
    from intermediate.int_pathway
    where label <> 'indeterminate'
    group by country
)

select
    profiles.country,
    profiles.other,
    profiles.industry_similarity,
    paths.path_similarity,
    coalesce((profiles.industry_similarity + paths.path_similarity) / 2, profiles.industry_similarity)
        as similarity,
    labels.path as other_path
from profiles
inner join topic.topic_country as country on profiles.country = country.country
inner join topic.topic_country as other_country on profiles.other = other_country.country
left join paths on profiles.country = paths.country and profiles.other = paths.other
-- A country without any label has no path to follow.
inner join labels on profiles.other = labels.country
