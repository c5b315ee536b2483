-- How many classes the topic's families have, and how spread. One row = one family that has any.
-- conv: 1 - sum of squared shares of its main groups by subclass (Blau 1977); a subclass of which
-- none is named counts as one.
with subclasses as (
    select
        family,
        subclass,
        count(main_group) as main_groups,
        greatest(count(main_group), 1) as codes
    from intermediate.int_family_group
    group by family, subclass
),

sections as (
    select
        family,
        substring(subclass, 1, 1) as section,
        count(*) as subclasses,
        sum(main_groups)::bigint as main_groups,
        sum(codes)::bigint as codes,
        sum(codes * codes)::bigint as squares
    from subclasses
    group by family, substring(subclass, 1, 1)
)

select
    family,
    sum(subclasses)::double as sc,
    nullif(sum(main_groups), 0)::double as mg,
    1 - sum(squares)::double / (sum(codes)::double * sum(codes)::double) as conv,
    (count(*) - 1)::double as xsec
from sections
group by family
