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

select levels.level, populations.population, levels.split
from levels
cross join populations
