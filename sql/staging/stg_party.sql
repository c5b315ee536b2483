-- Applicants and inventors of publications. One row = one publication x role x position.
-- For each role one source's list is taken whole: of those that name all their parties the
-- best-ranked, else of those that name some, else the best-ranked. Where it lacks a country or
-- sector, the others fill it: for a party of the same name in whatever case, punctuation and order
-- of words; else at the same position of a list as long, if the name begins alike or is missing;
-- else, a country that all of the other's parties share. PATSTAT's sectors come before all.
-- Key: publication_number, role, position.
-- Refers to: stg_document (publication_number).
with contested as (
    select publication_number, role
    from sources.stg_party
    group by publication_number, role
    having min(source_rank) < max(source_rank)
),

told as (
    select
        p.publication_number,
        p.role,
        p.position,
        p.name,
        -- A code that is no country (N/A, EP or mistyped) is no knowledge.
        c.country,
        p.sector,
        p.source,
        p.source_rank,
        k.role is not null as is_contested
    from sources.stg_party as p
    left join reference.country as c on p.country = c.country
    left join contested as k on p.publication_number = k.publication_number and p.role = k.role
),

-- From here to `filled`: only where several sources tell.
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
    where is_contested
    group by publication_number, role, source_rank
),

chosen as (
    select
        publication_number,
        role,
        min_by(source_rank, naming * 1000000 + source_rank) as source_rank,
        min_by(country, source_rank) filter (where country is not null) as shared_country,
        min_by(lacks_country, naming * 1000000 + source_rank) and bool_or(has_country)
            as country_can_be_filled,
        min_by(lacks_sector, naming * 1000000 + source_rank) and bool_or(has_sector)
            as sector_can_be_filled,
        bool_or(has_patstats_sector) as has_patstats_sector
    from lists
    group by publication_number, role
),

-- Each name once, however many parties have it.
names as (
    select distinct name
    from told
    where is_contested and name is not null
),

spelt as (
    select
        name,
        nullif(trim(regexp_replace(upper(name), '[^\p{L}\p{N}]+', ' ', 'g')), '') as spelling
    from names
),

worded as (
    select
        name,
        split_part(spelling, ' ', 1) as first_word,
        array_to_string(list_sort(string_split(spelling, ' ')), ' ') as words
    from spelt
),

party as (
    select
        t.publication_number,
        t.role,
        t.position,
        t.country,
        t.sector,
        t.source,
        t.source_rank,
        w.first_word,
        w.words,
        l.parties,
        -- The parties of the list taken that lack what another may have.
        t.source_rank = c.source_rank
        and (
            (t.country is null and c.country_can_be_filled)
            or (t.sector is null and c.sector_can_be_filled)
            or c.has_patstats_sector
        ) as is_lacking
    from told as t
    inner join chosen as c
        on
            t.publication_number = c.publication_number
            and t.role = c.role
            and (c.country_can_be_filled or c.sector_can_be_filled or c.has_patstats_sector)
    inner join lists as l
        on
            t.publication_number = l.publication_number
            and t.role = l.role
            and t.source_rank = l.source_rank
    left join worded as w on t.name = w.name
    where t.is_contested
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
    from party
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
    from party as k
    inner join party as o
        on
            k.publication_number = o.publication_number
            and k.role = o.role
            and k.position = o.position
            and k.parties = o.parties
            and coalesce(k.first_word = o.first_word, true)
    where k.is_lacking
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
    from party as k
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
    where k.is_lacking
)

select
    t.publication_number,
    t.role,
    t.position,
    t.name,
    coalesce(t.country, f.country, c.shared_country) as country,
    coalesce(f.patstat_sector, t.sector, f.sector) as sector
from told as t
left join chosen as c on t.publication_number = c.publication_number and t.role = c.role
left join filled as f
    on
        t.publication_number = f.publication_number
        and t.role = f.role
        and t.position = f.position
where c.source_rank is null or t.source_rank = c.source_rank
