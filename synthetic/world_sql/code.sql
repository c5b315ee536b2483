-- Classes of the families at hand. One row = one family x IPC symbol, position from 1.
with families as (
    select
        family.family,
        family.industry,
        family.is_core,
        getvariable('first_year') + family.quarter / 4.0 - country.lag as moment,
        country.crossing,
        country.narrow,
        country.is_free,
        country.fixed_partners,
        country.draw,
        industry.partners,
        industry.opposite,
        industry.beside,
        greatest(1, least(7, round(tail(u(60, family.family), 1.8, 2.4))))
        + family.is_core::int as codes
    from family
    inner join country on family.country = country.position
    inner join industry on family.industry = industry.position
    where
        family.family between getvariable('from_family') and getvariable('to_family')
        and family.type <> 'design'
),

slots as (
    select
        *,
        unnest(range(codes::bigint)) as slot,
        family * 16 + slot as id
    from families
),

industries as (
    select
        *,
        case
            when industry = getvariable('background') then industry
            when is_free and (slot > 0 or getvariable('nothing_planted'))
                then one_of(draw, u(61, id))
            when slot = 0 or u(62, id) >= crossing then industry
            when fixed_partners
                then case when slot % 4 = 0 then industry else partners[slot % 4] end
            -- The other section in turn with its own, none twice while there are others.
            when slot % 2 = 1
                then opposite[
                    1 + (slot // 2 + floor(u(63, family) * 5040)::int) % array_length(opposite)
                ]
            else beside[1 + (slot // 2 + floor(u(61, family) * 5040)::int) % array_length(beside)]
        end::int as drawn_industry
    from slots
),

-- How far the wave has come, in symbols.
surfed as (
    select
        industries.*,
        shelf.symbols,
        shelf.symbols / (getvariable('wave_last') - getvariable('wave_first')) as a_year,
        (industries.moment - getvariable('wave_first')) * a_year as front
    from industries
    inner join shelf on industries.drawn_industry = shelf.industry
),

-- Of a planted technology, on the wave of new technologies, or by Zipf's law among those that are there.
ranked as (
    select
        surfed.*,
        least(greatest(
            case
                when planted.industry is not null and slot = 0 and is_core
                    and u(71, family) < getvariable('technology_share')
                    then planted.positions[1 + least(greatest(floor(
                        (front + (u(65, id) + u(66, id) - 1) * getvariable('wave_width') * a_year)
                        / symbols * array_length(planted.positions)
                    ), 0), array_length(planted.positions) - 1)::int]
                when u(64, id) < getvariable('wave_share')
                    then floor(
                        front + (u(65, id) + u(66, id) - 1) * getvariable('wave_width') * a_year
                    )
                else
                    (zipf(u(67, id), symbols) * 7919 + 31) % symbols
                    % (1 + greatest(floor(front), 0))
            end,
            0
        ), symbols - 1)::int as rank
    from surfed
    left join planted on surfed.drawn_industry = planted.industry
),

first_codes as (
    select
        ranked.family,
        symbol.subclass_first,
        -- As far as the wave has come, or the first code ahead of it.
        least(
            symbol.subclass_symbols,
            greatest(ranked.front, ranked.rank) - symbol.subclass_first + 1
        ) as subclass_symbols
    from ranked
    inner join symbol
        on ranked.drawn_industry = symbol.industry and ranked.rank = symbol.position
    where ranked.slot = 0
),

narrowed as (
    select
        ranked.family,
        ranked.slot,
        ranked.drawn_industry,
        case
            when
                ranked.slot > 0 and ranked.drawn_industry = ranked.industry
                and ranked.industry < getvariable('background')
                and u(68, ranked.id) < ranked.narrow
                then first_codes.subclass_first
                + floor(u(69, ranked.id) * greatest(first_codes.subclass_symbols, 1))::int
            else ranked.rank
        end as rank
    from ranked
    inner join first_codes on ranked.family = first_codes.family
),

distinct_codes as (
    select
        narrowed.family,
        symbol.symbol,
        min(narrowed.slot) as slot
    from narrowed
    inner join symbol
        on narrowed.drawn_industry = symbol.industry and narrowed.rank = symbol.position
    group by all
)

select
    family,
    symbol,
    (1 + slot)::tinyint as position,
    slot = 0 or u(70, family * 16 + slot) < 0.85 as is_inventive
from distinct_codes
