-- Publications of Lens CSV exports in the shape of its JSON. One row = one row of an export.
-- Old exports write dates as 25/04/13, with the year of the week instead of the year: 30/12/87 is
-- 1986-12-30. The year of publication is given beside it; that of filing is the last one of those
-- two digits that is not after the publication.
with dated as (
    select
        *,
        string_split_regex(trim("Publication Number"), '\s+') as printed,
        coalesce(
            nullif(try_strptime("Publication Date", '%Y-%m-%d'), date '9999-12-31'),
            try_strptime(substring("Publication Date", 1, 6) || "Publication Year", '%d/%m/%Y')
        )::date as printed_day,
        -- Newer exports date the last days of December by the year of their week, too.
        case
            when
                year(printed_day) = try_cast("Publication Year" as bigint) + 1
                and month(printed_day) = 12 and day(printed_day) > 25
                then (printed_day - interval 1 year)::date
            else printed_day
        end as published,
        year(published) - (year(published) - try_cast(substring("Application Date", 7, 2) as bigint)) % 100
            as filing_year
    from raw.lens_export
),

listed as (
    select
        *,
        struct_pack(
            office := regexp_extract("Application Number", '^([A-Z]{2}) (.+) ([A-Z][0-9]?)$', 1),
            number := regexp_extract("Application Number", '^([A-Z]{2}) (.+) ([A-Z][0-9]?)$', 2),
            kind := regexp_extract("Application Number", '^([A-Z]{2}) (.+) ([A-Z][0-9]?)$', 3)
        ) as application,
        coalesce(
            nullif(try_strptime("Application Date", '%Y-%m-%d'), date '9999-12-31'),
            try_strptime(substring("Application Date", 1, 6) || filing_year, '%d/%m/%Y')
        )::date as filed,
        list_transform(
            string_split("Priority Numbers", ';;'),
            lambda p: struct_pack(
                office := regexp_extract(trim(p), '^([A-Z]{2}) (.+?) ([A-Z][0-9]?)(?: ([0-9]{8}))?$', 1),
                number := regexp_extract(trim(p), '^([A-Z]{2}) (.+?) ([A-Z][0-9]?)(?: ([0-9]{8}))?$', 2),
                kind := regexp_extract(trim(p), '^([A-Z]{2}) (.+?) ([A-Z][0-9]?)(?: ([0-9]{8}))?$', 3),
                day := regexp_extract(trim(p), '^([A-Z]{2}) (.+?) ([A-Z][0-9]?)(?: ([0-9]{8}))?$', 4)
            )
        ) as priorities,
        list_filter(
            string_split("NPL Citations", ';;'), lambda n: trim(n) not in ('', 'None')
        ) as literature,
        -- An export lists no reference where none was recorded.
        try_cast("Cites Patent Count" as bigint) + try_cast("NPL Citation Count" as bigint) > 0
            as is_citing
    from dated
)

select
    _file,
    printed[1] as office,
    printed[2] as number,
    printed[3] as kind,
    published as publication_date,
    struct_pack(
        office := application.office, number := application.number, kind := application.kind,
        day := filed
    ) as application,
    list_transform(priorities, lambda p: struct_pack(
        office := p.office, number := p.number, kind := p.kind,
        day := nullif(try_strptime(p.day, '%Y%m%d')::date, date '9999-12-31')
    )) as priorities,
    try_strptime("Earliest Priority Date", '%Y-%m-%d')::date as first_filed,
    [struct_pack(text := title, lang := null::varchar)] as titles,
    [struct_pack(text := abstract, lang := null::varchar)] as abstracts,
    list_transform(
        list_filter(string_split(applicants, ';;'), lambda a: trim(a) <> ''),
        lambda a: struct_pack(name := trim(a), country := null::varchar)
    ) as applicants,
    list_transform(
        list_filter(string_split(inventors, ';;'), lambda i: trim(i) <> ''),
        lambda i: struct_pack(name := trim(i), country := null::varchar)
    ) as inventors,
    string_split("IPCR Classifications", ';;') as ipc,
    string_split("CPC Classifications", ';;') as cpc,
    list_transform(literature, lambda n: struct_pack(
        office := null::varchar, number := null::varchar, kind := null::varchar, npl := trim(n),
        phase := null::varchar
    )) as refs,
    case when is_citing then try_cast("Cites Patent Count" as bigint) end
        as patent_citation_count,
    -- Old exports have the list only; where it is empty, it may not have been recorded.
    case
        when is_citing then try_cast("NPL Citation Count" as bigint)
        when "NPL Citation Count" is null then nullif(array_length(literature), 0)
    end as npl_citation_count,
    try_cast("Cited by Patent Count" as bigint) as forward_citation_count,
    try_cast("Simple Family Size" as bigint) as family_size
from listed
