-- Countries and territories of ISO 3166-1, XK for Kosovo, and ZZ for families whose country nobody
-- knows.
-- One row = one country. Key: country.
with countries as (
    select country, alpha3, name from reference.country
    union all
    select 'ZZ' as country, null as alpha3, 'Unknown' as name
)

select
    c.country, -- ISO 3166-1 alpha-2 code; TW, HK and MO stand apart from CN
    c.alpha3, -- ISO 3166-1 alpha-3 code
    c.name, -- Name in English
    t.country is not null as is_compared -- Whether this release compares it and draws its network
from countries as c
left join topic.topic_country as t on c.country = t.country
