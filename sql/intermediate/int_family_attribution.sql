-- Shares of families by each way to attribute them. One row = one family x country with any share.
-- By each, a family's shares sum to 1 exactly, in any order: they are whole multiples of 2^-50,
-- which a DOUBLE adds up without rounding. What division leaves over, less than 1e-12, is the
-- country's that has most.
with counted as (
    select
        basis,
        family,
        country,
        sum(parts) as parts,
        max(total) as total,
        max(step) as step
    from intermediate.int_family_place
    group by basis, family, country
),

divided as (
    select *, parts::bigint * 1125899906842624 // total as units
    from counted
    where parts < total
),

rounded as (
    select basis, family, country, step, 1125899906842624 as units
    from counted
    where parts = total
    union all
    select
        basis,
        family,
        country,
        step,
        units
        + case
            when
                row_number() over (partition by basis, family order by parts desc, country) = 1
                then 1125899906842624 - sum(units) over (partition by basis, family)
            else 0
        end as units
    from divided
)

select
    family,
    country,
    coalesce(max(case when basis = 'applicant' then units end), 0)::double / 1125899906842624
        as share_by_applicant,
    coalesce(max(case when basis = 'inventor' then units end), 0)::double / 1125899906842624
        as share_by_inventor,
    coalesce(max(case when basis = 'first_filing' then units end), 0)::double / 1125899906842624
        as share_by_first_filing,
    max(case when basis = 'applicant' then step end) as applicant_step,
    max(case when basis = 'inventor' then step end) as inventor_step,
    max(case when basis = 'first_filing' then step end) as first_filing_step
from rounded
group by family, country
