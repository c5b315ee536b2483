-- How chance is made: a number in [0, 1) from the seed, a purpose and an id, and shapes from it.
-- The same call gives the same number whatever is computed before it, in whatever order. It rests
-- on DuckDB's hash(), which may change from one version of DuckDB to another.
create or replace macro u(purpose, id) as
    hash((id * 256 + purpose)::bigint + getvariable('salt'))::double / 18446744073709551616.0;
-- Rank from 0 below n; a rank is drawn as often as rank ** -(1 - 1 / skew).
create or replace macro rank_of(chance, n, skew) as
    least(floor(n * pow(chance, skew))::bigint, n - 1);
-- Rank from 0 below n by Zipf's law with exponent 1.
create or replace macro zipf(chance, n) as
    least(floor(exp(chance * ln(n + 1)))::bigint, n) - 1;
-- Long-tailed positive number (log-logistic) with a median and a shape: the smaller, the longer.
create or replace macro tail(chance, median, shape) as
    median * pow(chance / (1 - chance), 1.0 / shape);
create or replace macro one_of(list, chance) as
    list[1 + floor(chance * array_length(list))::int];
-- First day of a quarter counted from the world's first year.
create or replace macro quarter_start(quarter) as
    make_date(
        (getvariable('first_year') + quarter // 4)::int, (1 + 3 * (quarter % 4))::int, 1
    );
-- Ids of applications and publications, unique over offices.
create or replace macro application_id(family, office) as family * 16 + office;
create or replace macro publication_id(family, office, granted) as
    (family * 16 + office) * 2 + granted::int;
-- Quarters from priority to filing, publication (18 months after priority) and grant.
create or replace macro filing_quarter(quarter, is_first) as
    quarter + case when is_first then 0 else 4 end;
create or replace macro publication_quarter(quarter) as quarter + 6;
-- Numbers as the offices write them; serial counts a year's families, in as many places as the
-- largest year needs.
create or replace macro numbered(year, serial) as
    (year::bigint * getvariable('places') + serial)::varchar;
create or replace macro published_number(office, kind, year, serial, family) as case
    when office = 'WO' or (office in ('US', 'CN', 'KR', 'JP', 'TW') and kind = 'A1')
        then numbered(year, serial)
    when office = 'US' and kind = 'S1' then 'D' || (400000 + family)
    when office = 'US' then (4000000 + family * getvariable('stride'))::varchar
    when office = 'EP' then (1000000 + family)::varchar
    when office = 'JP' and kind = 'A' and year < 2000 then 'H' || numbered(year - 1888, serial)[2:]
    when office in ('JP', 'TW') and kind = 'A' then numbered(year, serial)
    when office = 'JP' and kind = 'U' then (9000000 + family)::varchar
    when office = 'JP' then (2500000 + family)::varchar
    when office = 'KR' and kind = 'A' then numbered(year * 10, serial)
    when office = 'TW' then 'I' || (100000 + family)
    -- China and Korea: by type.
    when kind = 'U' then (200000000 + family)::varchar
    when kind = 'S' then (300000000 + family)::varchar
    else (100000000 + family)::varchar
end;
create or replace macro filed_number(office, type, year, serial, family) as case
    when office = 'US' and type = 'design' then (29000000 + family)::varchar
    when office = 'US' then (10000000 + family)::varchar
    when office = 'CN' then numbered(
        year * 100 + 10 * case type when 'design' then 3 when 'utility model' then 2 else 1 end,
        serial
    )
    when office = 'EP' then numbered(100 + year % 100, serial)[2:]
    when office = 'TW' then numbered(year - 1911, serial)
    when office = 'KR' then numbered(year * 10, serial)
    else numbered(year, serial)
end;
create or replace macro application_kind(office, type, year) as case
    when type = 'utility model' then 'U'
    when type = 'design' and office = 'US' then 'S1'
    when type = 'design' then 'S'
    when office in ('US', 'EP', 'WO') then 'A1'
    else 'A'
end;
create or replace macro grant_kind(office, year, has_application) as case
    when office = 'US' and year < 2001 then 'A'
    when office = 'US' and has_application then 'B2'
    when office in ('US', 'EP', 'KR') then 'B1'
    when office = 'JP' then 'B2'
    when office = 'CN' and year < 2010 then 'C'
    else 'B'
end;
-- Whether the office publishes the application itself: the US does since 2001.
create or replace macro is_published(office, type, year) as
    office <> 'US' or (type = 'invention' and year >= 2001);
-- A date in a quarter; day is 0 to 89.
create or replace macro day_of(quarter, day) as quarter_start(quarter) + day::int;
-- Whether an inventor's record tells the country.
create or replace macro inventor_country(inventor, country, missing) as
    case when u(53, inventor) >= missing then country end;
create or replace macro location_id(country, id) as md5(country || (id % 5));
-- References to other literature: how many, and their text.
create or replace macro npl_count(family, is_core) as
    case
        when u(91, family) < 0.35 + 0.5 * is_core::int
            then least(50, round(tail(u(92, family), 2 + 2 * is_core::int, 1.7)))::bigint
        else 0
    end;
create or replace macro npl_text(family, sequence) as
    'Author ' || family % 997 || ' et al., "On systems of kind ' || (family + sequence) % 8999
    || '", Journal of Engineering, vol. ' || (1 + family % 60) || ', pp. ' || (1 + sequence * 7)
    || '-' || (9 + sequence * 7);
-- As DOCDB writes the number of an application.
create or replace macro docdb_application(office, first_office, filing, number, type) as case
    when office = 'WO' then first_office || '-' || number || '-W'
    when type = 'design' then office || '-' || year(filing) || number || '-F'
    when type = 'utility model' then office || '-' || number || '-U'
    when office = 'US' then 'US-' || year(filing) || number || '-A'
    else office || '-' || number || '-A'
end;
create or replace macro yyyymmdd(day) as
    coalesce(year(day) * 10000 + month(day) * 100 + day(day), 0);
-- Text of that many claims: the beginning of one text.
create or replace macro claims_text(claims) as
    left(getvariable('claims_text'), getvariable('claims_ends')[claims]);
create or replace macro pct_number(first_office, number) as
    'PCT/' || first_office || left(number, 4) || '/' || number[5:];
create or replace macro office_language(office, first_office) as case
    when office in ('CN', 'TW') and first_office in ('CN', 'TW') then 'zh'
    when office = 'JP' and first_office = 'JP' then 'ja'
    when office = 'KR' and first_office = 'KR' then 'ko'
    else 'en'
end;
-- PATSTAT's spelling: the main group in four places.
create or replace macro spaced(symbol) as
    symbol[1:4] || lpad(split_part(symbol[5:], '/', 1), 4, ' ')
    || '/' || split_part(symbol, '/', 2);
