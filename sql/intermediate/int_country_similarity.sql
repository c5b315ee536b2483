-- How much alike compared countries are in where their key core families are and in their paths.
-- One row = one country x another with 30 key core families, both ways. Our proposal.
with profiles as (
    select
        a.country,
        b.country as other,
        sum(least(a.share, b.share)::decimal(38, 15))::double as industry_similarity
    from intermediate.int_industry_profile as a
    inner join intermediate.int_industry_profile as b
        on a.population = b.population and a.scheme = b.scheme and a.industry = b.industry
            and a.country <> b.country
    where a.population = 'core' and a.scheme = 'SEI'
    group by a.country, b.country
),

-- Only what is determined for both can be alike.
paths as (
    select
        a.country,
        b.country as other,
        avg(case when a.label = b.label then 1 else 0 end) as path_similarity
    from intermediate.int_pathway as a
    inner join intermediate.int_pathway as b
        on a.dimension = b.dimension and a.country <> b.country
            and a.label <> 'indeterminate' and b.label <> 'indeterminate'
    group by a.country, b.country
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
    f.country,
    f.other,
    f.industry_similarity,
    p.path_similarity,
    coalesce((f.industry_similarity + p.path_similarity) / 2, f.industry_similarity) as similarity,
    l.path as other_path
from profiles as f
inner join topic.topic_country as c on f.country = c.country
inner join topic.topic_country as o on f.other = o.country
left join paths as p on f.country = p.country and f.other = p.other
-- A country without any label has no path to follow.
inner join labels as l on f.other = l.country
