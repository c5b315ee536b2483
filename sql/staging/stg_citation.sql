-- References of publications. One row = one citing publication x cited publication, or one item of
-- other literature. Kinds are often left out or out of date: unless the very publication is loaded,
-- a reference means the one that is loaded under its number, and references of a publication that
-- differ in kind only are one. The list is that of the best-ranked source that has one, for patents
-- and for other literature; origin and category are of the best-ranked source that tells them.
with shortened as (
    select
        *,
        case
            when regexp_matches(cited_publication, '^WO-(19[789][0-9]|200[0-3])[0-9]{5,6}(-|$)')
                then 'WO-' || regexp_replace(substring(cited_publication, 6), '^0+', '')
            else cited_publication
        end as short
    from sources.stg_citation
),

-- DOCDB gives PCT publications two digits of the year until 2003 (here without zeros in front), and
-- behind it five digits until June 2002, six from July: between 02/51083 and 02/052150. Since 2004
-- it gives four, but grants print two, 05/035910. Those of 08 and 09 are left as they are: without
-- its zero, 09/012345 is as 90/12345.
spelt as (
    select
        * exclude (cited_publication, short),
        case
            when regexp_matches(short, '^WO-(7[89]|[89][0-9])0[0-9]{5}(-|$)')
                then substring(short, 1, 5) || substring(short, 7)
            when regexp_matches(short, '^WO-(10[0-9]{2}|20[0-4][0-9]|205[01])[0-9]{3}(-|$)')
                then substring(short, 1, 4) || substring(short, 6)
            when regexp_matches(short, '^WO-[4-7][01][0-9]{5}(-|$)')
                then 'WO-200' || substring(short, 4)
            else short
        end as cited_publication
    from shortened
),

told as (
    select
        *,
        split_part(cited_publication, '-', 1) || '-' || split_part(cited_publication, '-', 2)
            as bare_number
    from spelt
),

loaded as (
    select
        split_part(publication_number, '-', 1) || '-' || split_part(publication_number, '-', 2)
            as bare_number,
        min(publication_number) as publication_number,
        list(publication_number) as kinds
    from staging.stg_document
    group by bare_number
),

resolved as (
    select
        t.citing_publication,
        t.cited_publication is not null as is_patent,
        case
            when list_contains(l.kinds, t.cited_publication) then t.cited_publication
            else coalesce(l.publication_number, t.bare_number, t.npl)
        end as meant,
        case when l.publication_number is null then t.cited_publication end as not_loaded,
        t.origin,
        t.category,
        t.source_rank
    from told as t
    left join loaded as l on t.bare_number = l.bare_number
),

-- The one step that holds all references at once: what it keeps of each is narrow.
merged as (
    select
        citing_publication,
        is_patent,
        meant,
        min(source_rank) as source_rank,
        -- Of a publication that is not loaded the longest spelling, which has a kind.
        max(not_loaded) as not_loaded,
        -- Even where the examiner cites, odd where the applicant does.
        min(source_rank * 2 + case origin when 'examiner' then 0 else 1 end)
            filter (where origin <> 'unknown') as ranked_origin,
        -- By rank, then by text, so that the order of rows decides nothing.
        min((1000 + source_rank)::varchar || category) as ranked_category
    from resolved
    group by citing_publication, is_patent, meant
),

-- Patents and other literature are told apart: one source may have only the patents.
mixed as (
    select citing_publication, is_patent, min(source_rank) as best_rank
    from merged
    where meant is not null
    group by citing_publication, is_patent
    having min(source_rank) < max(source_rank)
)

select
    m.citing_publication,
    case when m.is_patent then coalesce(m.not_loaded, m.meant) end as cited_publication,
    case when not m.is_patent then m.meant end as npl,
    case
        when m.ranked_origin is null then 'unknown'
        when m.ranked_origin % 2 = 0 then 'examiner'
        else 'applicant'
    end as origin,
    substring(m.ranked_category, 5) as category
from merged as m
left join mixed as x on m.citing_publication = x.citing_publication and m.is_patent = x.is_patent
where m.meant is not null and (x.best_rank is null or m.source_rank = x.best_rank)
