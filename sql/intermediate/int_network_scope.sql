-- Which networks there are. One row = one level x population x way to split the families.
-- Not every level for every split: sub-fields at the level of subclasses, and main groups, of which
-- there are thousands, undivided only.
with levels (level, split) as (
    values
    ('section', 'undivided'), ('section', 'period'),
    ('class', 'undivided'), ('class', 'period'),
    ('subclass', 'undivided'), ('subclass', 'period'), ('subclass', 'subfield'),
    ('main_group', 'undivided')
),

populations (population) as (
    values ('all'), ('core')
)

select l.level, p.population, l.split
from levels as l
cross join populations as p
