-- How many families cite a family of those at hand. One row = one cited family.
select
    family.family,
    cited_place.citing
from cited_place
inner join family on cited_place.place = family.place
where family.family between getvariable('from_family') and getvariable('to_family')
