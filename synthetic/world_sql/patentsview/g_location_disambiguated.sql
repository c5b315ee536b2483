-- One row = one place.
select
    location_id(country.country, place) as location_id,
    'City ' || place as disambig_city,
    case when country.country = 'US' then ['CA', 'TX', 'NY', 'MA', 'WA'][1 + place] end
        as disambig_state,
    country.country as disambig_country,
    round(20 + u(110, country.position * 8 + place) * 40, 4) as latitude,
    round(u(111, country.position * 8 + place) * 360 - 180, 4) as longitude,
    null as county,
    null as state_fips,
    null as county_fips
from country
cross join (select range as place from range(5)) as places
order by country.country, place
