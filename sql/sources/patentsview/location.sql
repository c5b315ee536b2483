-- Countries of PatentsView's places and addresses. One row = one place or address.
-- Addresses before 2002 have codes such as JPX and GB2.
with place as (
    select
        location_id,
        min(nullif(regexp_extract(upper(trim(disambig_country)), '^([A-Z]{2})[X0-9]?$', 1), ''))
            as country
    from raw.patentsview_location_disambiguated
    group by location_id
),

address as (
    select
        rawlocation_id,
        min(location_id) as location_id,
        min(nullif(regexp_extract(upper(trim(raw_country)), '^([A-Z]{2})[X0-9]?$', 1), ''))
            as country
    from raw.patentsview_location_not_disambiguated
    group by rawlocation_id
)

select false as is_address, location_id as location, country
from place
union all
select
    true as is_address,
    address.rawlocation_id as location,
    coalesce(place.country, address.country) as country
from address
left join place on address.location_id = place.location_id
