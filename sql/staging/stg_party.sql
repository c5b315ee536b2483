-- Applicants and inventors of publications. One row = one publication x role x position.
-- For each role one source's list is taken whole: of those that name all their parties the
-- best-ranked, else of those that name some, else the best-ranked. Where it lacks a country or
-- sector, the others fill it: for a party of the same name in whatever case, punctuation and order
-- of words; else at the same position of a list as long, if the name begins alike or is missing;
-- else, a country that all of the other's parties share. PATSTAT's sectors come before all.
with told as (
    select
        p.publication_number,
        p.role,
        p.position,
        p.name,
        -- A code that is no country (N/A, historical or mistyped) is no knowledge.
        c.country,
        p.sector,
        p.source,
        p.source_rank
    from sources.stg_party as p
    left join reference.country as c on p.country = c.country
),

lists as (
    select
        publication_number,
        role,
        source_rank,
        count(*) as parties,
        -- 1 all are named, 2 some, 3 none
        case count(name) when count(*) then 1 when 0 then 3 else 2 end as naming,
        case
            when count(country) = count(*) and min(country) = max(country) then min(country)
        end as country,
        count(country) < count(*) as lacks_country,
        count(sector) < count(*) as lacks_sector,
        count(country) > 0 as has_country,
        count(sector) > 0 as has_sector,
        bool_or(source = 'patstat' and sector is not null) as has_patstats_sector
    from told
    group by publication_number, role, source_rank
),

chosen as (
    select
        publication_number,
        role,
        min_by(source_rank, naming * 1000000 + source_rank) as source_rank,
        min_by(country, source_rank) filter (where country is not null) as shared_country,
        count(*) > 1
        and (
            (min_by(lacks_country, naming * 1000000 + source_rank) and bool_or(has_country))
            or (min_by(lacks_sector, naming * 1000000 + source_rank) and bool_or(has_sector))
            or bool_or(has_patstats_sector)
        ) as can_be_filled
    from lists
    group by publication_number, role
),

kept as (
    select t.*, c.shared_country
    from told as t
    inner join chosen as c
        on
            t.publication_number = c.publication_number
            and t.role = c.role
            and t.source_rank = c.source_rank
),

-- From here to `filled`: only where one source lacks what another has.
spelt as (
    select
        t.*,
        l.parties,
        t.source_rank = c.source_rank as is_kept,
        nullif(trim(regexp_replace(upper(t.name), '[^\p{L}\p{N}]+', ' ', 'g')), '') as spelling
    from told as t
    inner join chosen as c
        on t.publication_number = c.publication_number and t.role = c.role and c.can_be_filled
    inner join lists as l
        on
            t.publication_number = l.publication_number
            and t.role = l.role
            and t.source_rank = l.source_rank
),

worded as (
    select *, array_to_string(list_sort(string_split(spelling, ' ')), ' ') as words from spelt
),

-- Namesakes within a list that differ lend nothing.
named as (
    select
        publication_number,
        role,
        words,
        source,
        source_rank,
        case
            when count(country) = count(*) and min(country) = max(country) then min(country)
        end as country,
        case
            when count(sector) = count(*) and min(sector) = max(sector) then min(sector)
        end as sector
    from worded
    where words is not null
    group by publication_number, role, words, source, source_rank
),

by_name as (
    select
        publication_number,
        role,
        words,
        min_by(country, source_rank) filter (where country is not null) as country,
        min_by(sector, source_rank) filter (where sector is not null) as sector,
        min(case when source = 'patstat' then sector end) as patstat_sector
    from named
    group by publication_number, role, words
),

by_position as (
    select
        k.publication_number,
        k.role,
        k.position,
        min_by(o.country, o.source_rank) filter (where o.country is not null) as country,
        min_by(o.sector, o.source_rank) filter (where o.sector is not null) as sector,
        min(case when o.source = 'patstat' then o.sector end) as patstat_sector
    from spelt as k
    inner join spelt as o
        on
            k.publication_number = o.publication_number
            and k.role = o.role
            and k.position = o.position
            and k.parties = o.parties
            and coalesce(split_part(k.spelling, ' ', 1) = split_part(o.spelling, ' ', 1), true)
    where k.is_kept
    group by k.publication_number, k.role, k.position
),

filled as (
    select
        k.publication_number,
        k.role,
        k.position,
        coalesce(n.country, p.country) as country,
        coalesce(n.patstat_sector, p.patstat_sector) as patstat_sector,
        coalesce(n.sector, p.sector) as sector
    from worded as k
    left join by_name as n
        on
            k.publication_number = n.publication_number
            and k.role = n.role
            and k.words = n.words
    left join by_position as p
        on
            k.publication_number = p.publication_number
            and k.role = p.role
            and k.position = p.position
    where k.is_kept
)

select
    k.publication_number,
    k.role,
    k.position,
    k.name,
    coalesce(k.country, f.country, k.shared_country) as country,
    coalesce(f.patstat_sector, k.sector, f.sector) as sector
from kept as k
left join filled as f
    on
        k.publication_number = f.publication_number
        and k.role = f.role
        and k.position = f.position
