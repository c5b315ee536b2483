-- Publications in PATSTAT, or applications of an extract without any (see publication.sql).
-- One row = one publication. Of 9999 and 0, PATSTAT's words for an unknown year and number, nothing
-- is made. A day that is not known is left out; of a priority of which the year alone is known,
-- it is taken as 1 January.
with refs as (
    select
        citing_publication as publication_number,
        count(distinct cited_publication) as patents,
        count(distinct npl) as npl
    from patstat.stg_citation
    group by citing_publication
),

inventors as (
    select publication_number, count(*) as inventors
    from patstat.stg_party
    where role = 'inventor'
    group by publication_number
),

title as (
    select
        appln_id,
        max(appln_title) as title,
        max_by(lower(trim(appln_title_lg)), appln_title || coalesce(appln_title_lg, ''))
            as language
    from raw.patstat_tls202_appln_title
    group by appln_id
),

abstract as (
    select appln_id, max(appln_abstract) as abstract
    from raw.patstat_tls203_appln_abstr
    group by appln_id
),

-- Every application can be the first filing of others. One filed as PCT is named after its office.
first_filing as (
    select
        appln_id,
        max(
            case
                when upper(trim(appln_auth)) = 'WO'
                    then coalesce(nullif(upper(trim(receiving_office)), ''), 'WO')
                else nullif(upper(trim(appln_auth)), '')
            end
        ) as office
    from raw.patstat_tls201_appln
    group by appln_id
),

application as (
    select
        appln_id,
        -- DOCDB numbers PCT filings by the receiving office: US2017034582.
        nullif(
            case when upper(trim(appln_auth)) = 'WO' then upper(trim(receiving_office)) else '' end
            || regexp_replace(upper(appln_nr), '[^A-Z0-9]', '', 'g'),
            ''
        ) as application_number,
        nullif(try_cast(docdb_family_id as bigint), 0) as family_id,
        try_cast(appln_filing_date as date) as filed,
        coalesce(
            nullif(try_cast(earliest_filing_date as date), date '9999-12-31'),
            case
                when try_cast(earliest_filing_year as bigint) between 1790 and 9998
                    then make_date(try_cast(earliest_filing_year as bigint), 1, 1)
            end,
            nullif(try_cast(appln_filing_date as date), date '9999-12-31'),
            case
                when try_cast(appln_filing_year as bigint) between 1790 and 9998
                    then make_date(try_cast(appln_filing_year as bigint), 1, 1)
            end
        ) as claimed,
        try_cast(earliest_filing_id as bigint) as earliest_filing_id,
        nullif(try_cast(docdb_family_size as bigint), 0) as family_size,
        try_cast(nb_citing_docdb_fam as bigint) as forward_citation_count,
        nullif(try_cast(nb_inventors as bigint), 0) as inventor_count
    from raw.patstat_tls201_appln
    qualify row_number() over (
        partition by appln_id
        order by
            _file desc, appln_filing_date, appln_auth, appln_nr, receiving_office,
            earliest_filing_date, earliest_filing_year, appln_filing_year, earliest_filing_id,
            docdb_family_id, docdb_family_size, nb_citing_docdb_fam, nb_inventors
    ) = 1
)

select
    publication.publication_number,
    publication.office,
    publication.kind,
    application.application_number,
    application.family_id::varchar as family_id,
    case
        when
            application.filed between date '1790-01-01' and coalesce(
                publication.publication_date, date '9998-12-31'
            )
            then application.filed
    end
        as filing_date,
    case
        when application.claimed >= date '1790-01-01'
            then
                least(
                    application.claimed,
                    case when application.filed >= date '1790-01-01' then application.filed end,
                    publication.publication_date
                )
    end as priority_date,
    first_filing.office as first_filing_office,
    publication.publication_date,
    title.title,
    title.language as title_language,
    abstract.abstract,
    publication.claim_count,
    coalesce(application.inventor_count, inventors.inventors) as inventor_count,
    case when exists (select 1 from raw.patstat_tls212_citation) then coalesce(refs.patents, 0) end
        as patent_citation_count,
    case when exists (select 1 from raw.patstat_tls212_citation) then coalesce(refs.npl, 0) end
        as npl_citation_count,
    application.forward_citation_count,
    application.family_size
from patstat.publication
inner join application on publication.appln_id = application.appln_id
left join first_filing on application.earliest_filing_id = first_filing.appln_id
left join title on publication.appln_id = title.appln_id
left join abstract on publication.appln_id = abstract.appln_id
left join inventors on publication.publication_number = inventors.publication_number
left join refs on publication.publication_number = refs.publication_number
where publication.is_document
