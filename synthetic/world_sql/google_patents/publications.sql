-- One row = one publication, nested as in patents-public-data.patents.publications.
with titles as (
    select
        family,
        list({'text': title, 'language': language, 'truncated': false} order by language) as titles,
        list({'text': abstract, 'language': language, 'truncated': false} order by language)
            as abstracts
    from wording
    group by all
),

codes as (
    select
        family,
        list({
            'code': symbol, 'inventive': is_inventive, 'first': position = 1, 'tree': []::varchar[]
        } order by position) as codes
    from code
    group by all
),

applicants as (
    select
        party.family,
        list(applicant.name order by party.position) as names,
        list({
            'name': upper(replace(applicant.name, ',', '')),
            'country_code': coalesce(applicant.country, '')
        } order by party.position) as harmonized
    from party
    inner join applicant using (applicant)
    group by all
),

inventors as (
    select
        family,
        list(surname || ', ' || given order by position) as names,
        list({
            'name': upper(surname || ' ' || given), 'country_code': coalesce(country, '')
        } order by position) as harmonized
    from inventor
    group by all
),

-- What a US grant cites.
by_us as (
    select
        family,
        list(
            case
                when us_number is null then office || '-' || number || '-' || kind
                else 'US-' || us_number || '-' || us_kind
            end
            order by position
        ) as cited,
        list(case origin when 'examiner' then 'SEA' else 'APP' end order by position) as categories
    from reference
    where family in (select family from publication where office = 'US' and is_grant)
    group by all
),

-- What others find.
by_others as (
    select
        family,
        list(office || '-' || number || '-' || kind order by position) as cited
    from reference
    where position <= 6
    group by all
),

priorities as (
    select
        family,
        [{
            'publication_number': '',
            'application_number': docdb_application(
                office, first_office, filing, application_number, type
            ),
            'npl_text': '',
            'type': '',
            'category': '',
            'filing_date': yyyymmdd(filing)
        }] as priorities
    from member
    where is_first
)

select
    publication.office || '-' || publication.number || '-' || publication.kind
        as publication_number,
    docdb_application(
        publication.office, publication.first_office, publication.filing,
        publication.application_number, publication.type
    ) as application_number,
    publication.office as country_code,
    publication.kind as kind_code,
    case
        when publication.office = 'WO' then 'W'
        when publication.type = 'design' then 'F'
        when publication.type = 'utility model' then 'U'
        else 'A'
    end as application_kind,
    publication.office || ' ' || publication.application_number as application_number_formatted,
    case
        when publication.office = 'WO'
            then pct_number(publication.first_office, publication.application_number)
        else ''
    end as pct_number,
    (20000000 + publication.family)::varchar as family_id,
    '' as spif_publication_number,
    '' as spif_application_number,
    titles.titles as title_localized,
    case when publication.type = 'design' then [] else titles.abstracts end as abstract_localized,
    case
        when publication.office = 'US' and publication.type = 'invention' then [{
            'text': claims_text(publication.claims), 'language': 'en', 'truncated': false
        }]
        else []
    end as claims_localized,
    []::struct(text varchar, language varchar, truncated boolean)[] as claims_localized_html,
    []::struct(text varchar, language varchar, truncated boolean)[] as description_localized,
    []::struct(text varchar, language varchar, truncated boolean)[] as description_localized_html,
    yyyymmdd(publication.date) as publication_date,
    yyyymmdd(publication.filing) as filing_date,
    case when publication.is_grant then yyyymmdd(publication.date) else 0 end as grant_date,
    yyyymmdd(publication.priority) as priority_date,
    coalesce(priorities.priorities, []) as priority_claim,
    inventors.names as inventor,
    inventors.harmonized as inventor_harmonized,
    applicants.names as assignee,
    applicants.harmonized as assignee_harmonized,
    []::struct(name varchar, department varchar, level varchar)[] as examiner,
    []::struct(code varchar, inventive boolean, first boolean, tree varchar[])[] as uspc,
    coalesce(codes.codes, []) as ipc,
    list_concat(
        case when publication.office in ('US', 'EP', 'WO', 'KR') then coalesce(codes.codes, []) else [] end,
        case
            when getvariable('topic_symbol') <> '' and family.is_ai_title then [{
                'code': getvariable('topic_symbol'), 'inventive': true, 'first': false, 'tree': []::varchar[]
            }]
            else []
        end
    ) as cpc,
    []::struct(code varchar, inventive boolean, first boolean, tree varchar[])[] as fi,
    []::struct(code varchar, inventive boolean, first boolean, tree varchar[])[] as fterm,
    []::struct(code varchar, inventive boolean, first boolean, tree varchar[])[] as locarno,
    case
        when publication.type <> 'invention' then []
        when publication.office = 'US' and publication.is_grant then list_concat(
            coalesce(
                list_transform(by_us.cited, lambda document, i: {
                    'publication_number': document,
                    'application_number': '',
                    'npl_text': '',
                    'type': '',
                    'category': by_us.categories[i],
                    'filing_date': 0::bigint
                }),
                []
            ),
            list_transform(range(npl_count(publication.family, publication.is_core)), lambda i: {
                'publication_number': '',
                'application_number': '',
                'npl_text': npl_text(publication.family, i),
                'type': '',
                'category': 'APP',
                'filing_date': 0::bigint
            })
        )
        when publication.is_grant or publication.office in ('EP', 'WO') then coalesce(
            list_transform(by_others.cited, lambda document, i: {
                'publication_number': document,
                'application_number': '',
                'npl_text': '',
                'type': case i % 3 when 0 then 'X' when 1 then 'A' else 'Y' end,
                'category': 'SEA',
                'filing_date': 0::bigint
            }),
            []
        )
        else []
    end as citation,
    []::struct(application_number varchar, type varchar, filing_date bigint)[] as parent,
    []::struct(application_number varchar, type varchar, filing_date bigint)[] as child,
    '' as entity_status,
    '' as art_unit
from publication
inner join titles using (family)
inner join applicants using (family)
inner join inventors using (family)
left join codes using (family)
left join by_us using (family)
left join by_others using (family)
left join priorities using (family)
inner join family on publication.family = family.family
order by publication.family, publication.publication_id
