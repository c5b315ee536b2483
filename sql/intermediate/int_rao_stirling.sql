-- How far apart the subclasses of each family are: Rao-Stirling diversity (Rao 1982; Stirling 2007,
-- J. R. Soc. Interface 4:707-719). One row = one family that has any.
-- D = sum of d_ab / k^2 over ordered pairs of its k subclasses. The distance d is 1 less a third
-- for each of section, class and subclass that a and b share (this project's own): so D is 1 less
-- a third of the chances that two draws share each, which takes squares of counts and no pairs.
with classes as (
    select
        family,
        substring(subclass, 1, 3) as class,
        count(*) as subclasses
    from intermediate.int_family_code
    group by family, substring(subclass, 1, 3)
),

sections as (
    select
        family,
        sum(subclasses)::bigint as subclasses,
        sum(subclasses * subclasses)::bigint as squares
    from classes
    group by family, substring(class, 1, 1)
)

select
    family,
    1
    - sum(subclasses * subclasses + squares + subclasses)::double
    / (3 * sum(subclasses) * sum(subclasses))::double as rao_stirling
from sections
group by family
