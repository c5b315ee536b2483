-- Where a family is drawn from when families are drawn again: those of its priority year.
-- One row = one family.
select
    s.family_id,
    year(f.priority_date)::bigint as stratum,
    f.first_filing_office
from intermediate.int_score as s
inner join intermediate.int_family as f on s.family_id = f.family_id
