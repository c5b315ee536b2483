-- Countries and territories of ISO 3166-1, XK for Kosovo, states that are gone, and ZZ for families
-- whose country nobody knows.
-- One row = one country. Key: country.
-- Never null: name, is_compared, is_historic.
with countries as (
    select country, alpha3, name, is_historic from reference.country
    union all
    select 'ZZ' as country, null as alpha3, 'Unknown' as name, false as is_historic
)

select
    countries.country, -- ISO 3166-1 alpha-2 code; TW, HK and MO are separate from CN
    countries.alpha3, -- ISO 3166-1 alpha-3 code
    countries.name, -- Name in English
    countries.is_historic, -- Whether the state is gone; its families keep its own code
    count_as.counted_as, -- Country that its families count for, if the topic says so; null otherwise
    country.country is not null as is_compared -- Whether this release compares it and draws its network
from countries
left join topic.topic_country as country on countries.country = country.country
left join topic.topic_count_as as count_as on countries.country = count_as.country
