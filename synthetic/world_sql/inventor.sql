-- Inventors of the families at hand. One row = one family x inventor, position from 1.
with families as (
    select
        family.family,
        family.country,
        greatest(1, least(15, round(tail(u(50, family.family), 2.6, 3.3))))::int as inventors
    from family
    where family.family between getvariable('from_family') and getvariable('to_family')
),

slots as (
    select
        *,
        unnest(range(inventors)) as slot
    from families
),

-- Each place of a team has inventors of its own, so that nobody is there twice.
drawn as (
    select
        slots.family,
        slots.country,
        slots.slot + 1 as position,
        team.first
        + rank_of(u(51, slots.family * 16 + slots.slot), team.size // 16, 2) * 16 + slots.slot
            as inventor
    from slots
    inner join team on slots.country = team.country
)

select
    drawn.family,
    drawn.inventor,
    drawn.position::tinyint as position,
    inventor_country(drawn.inventor, country.country, country.missing) as country,
    one_of(name.surnames, u(54, drawn.inventor)) as surname,
    one_of(name.given, u(55, drawn.inventor)) as given
from drawn
inner join country on drawn.country = country.position
inner join name on country.country = name.country
