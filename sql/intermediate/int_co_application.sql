-- What kinds of organisations apply for families, alone or together. One row = one family that an
-- organisation applies for.
select
    family,
    count(distinct corporate_group) as groups,
    bool_or(kind = 'F') as has_firm,
    bool_or(kind = 'U') as has_university,
    bool_or(kind = 'P') as has_institute,
    bool_or(kind = 'X') as has_unknown
from intermediate.int_family_organisation
group by family
