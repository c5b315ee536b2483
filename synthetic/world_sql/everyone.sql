-- Inventors with a number in the range at hand. One row = one inventor.
select
    person.inventor,
    country.country as home,
    inventor_country(person.inventor, country.country, country.missing) as country,
    one_of(name.surnames, u(54, person.inventor)) as surname,
    one_of(name.given, u(55, person.inventor)) as given
from range(getvariable('from_inventor'), getvariable('to_inventor') + 1) as person (inventor)
inner join team on person.inventor >= team.first and person.inventor < team.first + team.size
inner join country on team.country = country.position
inner join name on country.country = name.country
