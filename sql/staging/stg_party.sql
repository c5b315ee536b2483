-- Applicants and inventors of publications. One row = one publication x role x position.
-- For each role one source's list is taken whole: of those that name all their parties the
-- best-ranked, else of those that name some, else the best-ranked. Where it lacks a country or
-- sector, the others fill it: for a party of the same name in whatever case, punctuation and order
-- of words; else at the same position of a list as long, if the name begins alike or is missing;
-- else, a country that all of the other's parties share. PATSTAT's sectors come before all.
-- Depends by publication_number on: sources.stg_party.
-- Key: publication_number, role, position.
-- Refers to: stg_document (publication_number).
with contested as (
    select publication_number, role
    from sources.stg_party
    group by publication_number, role
    having min(source_rank) < max(source_rank)
),

listed as (
    select
        stg_party.publication_number,
        stg_party.role,
        stg_party.position,
        stg_party.name,
        -- A code that is no country (N/A, EP or mistyped) is no knowledge.
        country.country,
        stg_party.sector,
        stg_party.source,
        stg_party.source_rank,
        contested.role is not null as is_contested
    from sources.stg_party
    left join reference.country on stg_party.country = country.country
    left join contested
        on stg_party.publication_number = contested.publication_number and stg_party.role = contested.role
),

-- From here to `filled`: only where several sources hold the publication.
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
    from listed
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
    from listed
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
        listed.publication_number,
        listed.role,
        listed.position,
        listed.country,
        listed.sector,
        listed.source,
        listed.source_rank,
        worded.first_word,
        worded.words,
        lists.parties,
        -- The parties of the list taken that lack what another may have.
        listed.source_rank = chosen.source_rank
        and (
            (listed.country is null and chosen.country_can_be_filled)
            or (listed.sector is null and chosen.sector_can_be_filled)
            or chosen.has_patstats_sector
        ) as is_lacking
    from listed
    inner join chosen
        on
            listed.publication_number = chosen.publication_number
            and listed.role = chosen.role
            and (chosen.country_can_be_filled or chosen.sector_can_be_filled or chosen.has_patstats_sector)
    inner join lists
        on
            listed.publication_number = lists.publication_number
            and listed.role = lists.role
            and listed.source_rank = lists.source_rank
    left join worded on listed.name = worded.name
    where listed.is_contested
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
        party.publication_number,
        party.role,
        party.position,
        min_by(other_party.country, other_party.source_rank) filter (where other_party.country is not null)
            as country,
        min_by(other_party.sector, other_party.source_rank) filter (where other_party.sector is not null)
            as sector,
        min(case when other_party.source = 'patstat' then other_party.sector end) as patstat_sector
    from party
    inner join party as other_party
        on
            party.publication_number = other_party.publication_number
            and party.role = other_party.role
            and party.position = other_party.position
            and party.parties = other_party.parties
            and coalesce(party.first_word = other_party.first_word, true)
    where party.is_lacking
    group by party.publication_number, party.role, party.position
),

filled as (
    select
        party.publication_number,
        party.role,
        party.position,
        coalesce(by_name.country, by_position.country) as country,
        coalesce(by_name.patstat_sector, by_position.patstat_sector) as patstat_sector,
        coalesce(by_name.sector, by_position.sector) as sector
    from party
    left join by_name
        on
            party.publication_number = by_name.publication_number
            and party.role = by_name.role
            and party.words = by_name.words
    left join by_position
        on
            party.publication_number = by_position.publication_number
            and party.role = by_position.role
            and party.position = by_position.position
    where party.is_lacking
)

select
    listed.publication_number,
    listed.role,
    listed.position,
    listed.name,
    coalesce(listed.country, filled.country, chosen.shared_country) as country,
    coalesce(filled.patstat_sector, listed.sector, filled.sector) as sector
from listed
left join chosen on listed.publication_number = chosen.publication_number and listed.role = chosen.role
left join filled
    on
        listed.publication_number = filled.publication_number
        and listed.role = filled.role
        and listed.position = filled.position
where chosen.source_rank is null or listed.source_rank = chosen.source_rank
