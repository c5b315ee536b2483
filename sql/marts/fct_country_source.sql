-- How countries are known, and how much of each is imputed, by each way to attribute families.
-- One row = one basis x country x step of its cascade. Key: topic, basis, country, step.
-- Refers to: dim_country (country).
-- Never null: is_primary, country_source, is_imputed, families, share.
with placed as (
    select
        basis,
        country,
        step,
        sum((parts::double / total)::decimal(38, 15)) as families
    from intermediate.int_family_place
    group by basis, country, step
)

select
    topic.topic, -- Topic of the release
    placed.basis, -- applicant, inventor or first_filing
    placed.basis = topic.attribution as is_primary, -- Whether the topic attributes families by it
    placed.country, -- Country (ISO 3166 alpha-2; ZZ unknown)
    placed.step::bigint as step, -- Step of the basis's cascade, 1 is the best
    source.country_source, -- Its name, as in fct_patent_country
    source.is_imputed, -- Whether the country was put in for one that no record of the family names
    placed.families::double as families, -- Families placed there by this step, fractional
    placed.families::double / (sum(placed.families) over (partition by placed.basis, placed.country))::double
        as share -- Their share of the country's families by this basis; steps sum to 1
from placed
inner join reference.country_source as source on placed.basis = source.basis and placed.step = source.step
cross join topic.topic
