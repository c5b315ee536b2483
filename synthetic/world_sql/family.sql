-- Every family, in short. One row = one family; `family` is its public number, `place` its place in
-- the cells, by which citations find it. `offices` is a bit mask.
with placed as (
    select
        quarter,
        industry,
        is_core,
        country,
        first + unnest(range(families)) as place
    from cell
),

-- Shuffled within the quarter, so that numbers do not tell what is core.
numbered as (
    select
        placed.*,
        calendar.first
        + ((placed.place - calendar.first) * 2147483647 + getvariable('salt') % 1000000007)
        % calendar.families as family,
        calendar.first_published_that_year,
        calendar.first_filed_that_year
    from placed
    inner join calendar using (quarter)
),

typed as (
    select
        numbered.*,
        case
            when numbered.is_core then 'invention'
            when country.first_office in ('CN', 'JP', 'KR')
                and u(1, family) < getvariable('utility_model') then 'utility model'
            when country.first_office in ('CN', 'JP', 'KR', 'US')
                and u(1, family) > 1 - getvariable('design') then 'design'
            else 'invention'
        end as type,
        country.first_office,
        -- Core families go abroad, and further.
        u(2, family) < country.stay_home * case when numbered.is_core then 0.2 else 1 end
            as stays,
        case when numbered.is_core then 1.4 else 1 end as reach
    from numbered
    inner join country on numbered.country = country.position
),

filed as (
    select
        *,
        list_sum(list_transform(
            getvariable('offices'),
            lambda office, i: case
                when office = first_office
                    or (
                        type = 'invention' and not stays
                        and u(10 + i, family) < getvariable('reach')[i] * reach
                    )
                    or (
                        office = 'WO' and type = 'invention'
                        and u(201, family) < getvariable('rare_flag')
                    )
                    then 1 << (i - 1)
                else 0
            end
        ))::utinyint as offices,
        (case when type = 'design' then 0 else 2 + floor(u(3, family) * 14) end)::utinyint as wait
    from typed
),

granted as (
    select
        *,
        offices & 1 = 1
        and (
            type = 'design'
            or u(4, family) < getvariable('abroad_grant')
            -- Before 2001 nothing else would show of an American family.
            or (offices = 1 and quarter < 4 * (2001 - getvariable('first_year')) - 6)
        )
        and day_of(publication_quarter(quarter) + wait, 89) <= getvariable('cut_off') as us_grant
    from filed
)

select
    family,
    place,
    quarter::utinyint as quarter,
    industry::utinyint as industry,
    is_core,
    country::utinyint as country,
    type::type_of_family as type,
    offices,
    case when us_grant then wait end as us_wait,
    floor(u(5, family) * 90)::utinyint as day,
    (family - first_published_that_year)::int as published_serial,
    (family - first_filed_that_year)::int as filed_serial,
    type = 'invention' and industry < getvariable('background')
    and u(6, family) < getvariable('ai_title') as is_ai_title
from granted
order by family
