-- References in PATSTAT. One row = one reference.
-- A cited application that has no publication in PATSTAT is left out. Other literature is given by
-- PATSTAT's number for it. Where there are no references of publications (tls212), families cite
-- each other (tls228) by one of their publications; a family that is not there is cited as itself.
with category as (
    select
        pat_publn_id,
        coalesce(citn_replenished, '0') as citn_replenished,
        citn_id,
        string_agg(distinct trim(citn_categ), ',' order by trim(citn_categ)) as category
    from raw.patstat_tls215_citn_categ
    group by all
),

-- Any publication represents its application or family: what is cited is the family in the end.
one as (
    select
        appln_id,
        coalesce(min(publication_number) filter (where is_document), min(publication_number))
            as publication_number
    from patstat.publication
    group by appln_id
),

refs as (
    select
        citing.publication_number as citing_publication,
        coalesce(cited.publication_number, applied.publication_number) as cited_publication,
        nullif(trim(citation.cited_npl_publn_id), '0') as npl,
        upper(trim(citation.citn_origin)) as citn_origin,
        category.category
    from raw.patstat_tls212_citation as citation
    inner join patstat.publication as citing
        on citation.pat_publn_id = citing.pat_publn_id and citing.is_document
    left join patstat.publication as cited on citation.cited_pat_publn_id = cited.pat_publn_id
    left join one as applied
        on citation.cited_pat_publn_id = 0 and try_cast(citation.cited_appln_id as bigint) = applied.appln_id
    left join category
        on
            citation.pat_publn_id = category.pat_publn_id
            and coalesce(citation.citn_replenished, '0') = category.citn_replenished
            and citation.citn_id = category.citn_id
),

family as (
    select
        try_cast(appln.docdb_family_id as bigint) as family_id,
        min(one.publication_number) as publication_number
    from raw.patstat_tls201_appln as appln
    inner join one on appln.appln_id = one.appln_id
    where not exists (select 1 from raw.patstat_tls212_citation)
    group by all
)

select
    citing_publication,
    cited_publication,
    case when cited_publication is null then npl end as npl,
    case
        -- Search (SEA, ISR, SUP), pre-search (PRS) and examination (EXA, CH2); named by the
        -- applicant (APP) or in its appeal (APL). The rest is others' (opposition, third parties).
        when citn_origin in ('SEA', 'ISR', 'SUP', 'PRS', 'EXA', 'CH2') then 'examiner'
        when citn_origin in ('APP', 'APL') then 'applicant'
        else 'unknown'
    end as origin,
    category
from refs
where cited_publication is not null or npl is not null
union all
select
    citing.publication_number as citing_publication,
    coalesce(cited.publication_number, 'XX-DOCDB' || citn.cited_docdb_family_id || '-A')
        as cited_publication,
    null::varchar as npl,
    'unknown' as origin,
    null::varchar as category
from raw.patstat_tls228_docdb_fam_citn as citn
inner join family as citing on citn.docdb_family_id = citing.family_id
left join family as cited on citn.cited_docdb_family_id = cited.family_id
