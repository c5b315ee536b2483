-- References of publications. One row = one citing publication x cited publication, or one item of
-- other literature. Kinds are often left out or out of date: unless the very publication is loaded,
-- a reference means the one that is loaded under its number in its class, and references of a
-- publication that differ in kind only are one. An invention, a utility model and a design of one
-- number are three documents, and so are an application and a grant of offices that number them
-- apart (reference.publication_class). A reference of no kind, whose number does not determine its
-- class either, has cited_class unknown. It means an invention, as nine of ten do; where no other
-- series of the office has such numbers, else the one publication loaded under its number.
-- The list is that of the best-ranked source that has one, for patents and for other literature;
-- origin and category are of the best-ranked source that has them. is_loaded says whether what
-- is cited is a publication that is loaded; bare_number is its office and number, without the kind.
-- Depends by citing_publication on: sources.stg_citation,
-- staging.stg_document.bare_number > staging.stg_citation(bare_number > citing_publication).
-- Never null: citing_publication.
with cited as (
    select
        *,
        split_part(cited_publication, '-', 1) || '-' || split_part(cited_publication, '-', 2)
            as bare_number,
        split_part(cited_publication, '-', 1) as office,
        substring(split_part(cited_publication, '-', 2), 1, 1) as series,
        substring(split_part(cited_publication, '-', 3) || '?', 1, 1) as kind
    from sources.stg_citation
),

documents as (
    select
        publication_number,
        bare_number,
        split_part(publication_number, '-', 1) as office,
        substring(split_part(publication_number, '-', 2), 1, 1) as series,
        substring(split_part(publication_number, '-', 3) || '?', 1, 1) as kind
    from staging.stg_document
    where bare_number in (select bare_number from cited)
),

-- There are some hundreds of these, of millions of numbers.
forms as (
    select office, series, kind from cited
    union
    select office, series, kind from documents
),

classes as (
    select
        forms.office,
        forms.series,
        forms.kind,
        coalesce(
            of_number.class, of_series.class, of_office.class, of_all.class, 'kind ' || forms.kind
        ) as class,
        coalesce(
            of_number.is_told, of_series.is_told, of_office.is_told, of_all.is_told, true
        ) as is_told,
        coalesce(of_series.class, of_office.class) is null as is_of_one_series
    from forms
    left join reference.publication_class as of_number
        on
            forms.office = of_number.office
            and forms.series = of_number.series
            and of_number.kind = '*'
    left join reference.publication_class as of_series
        on
            forms.office = of_series.office
            and forms.series = of_series.series
            and forms.kind = of_series.kind
    left join reference.publication_class as of_office
        on
            forms.office = of_office.office
            and forms.kind = of_office.kind
            and of_office.series = '*'
    left join reference.publication_class as of_all
        on forms.kind = of_all.kind and of_all.office = '*'
),

loaded as (
    select
        documents.bare_number,
        classes.class,
        min(documents.publication_number) as publication_number,
        list(documents.publication_number) as kinds
    from documents
    inner join classes
        on
            documents.office = classes.office
            and documents.series = classes.series
            and documents.kind = classes.kind
    group by documents.bare_number, classes.class
),

alone as (
    select bare_number, min(publication_number) as publication_number
    from loaded
    group by bare_number
    having count(*) = 1
),

resolved as (
    select
        cited.citing_publication,
        cited.cited_publication is not null as is_patent,
        case
            when list_contains(loaded.kinds, cited.cited_publication) then cited.cited_publication
            else coalesce(
                loaded.publication_number,
                alone.publication_number,
                cited.bare_number || ' ' || classes.class,
                cited.npl
            )
        end as meant,
        case
            when coalesce(loaded.publication_number, alone.publication_number) is null
                then cited.cited_publication
        end as not_loaded,
        case when classes.is_told then classes.class end as class,
        cited.bare_number,
        cited.origin,
        cited.category,
        cited.source_rank
    from cited
    left join classes
        on
            cited.office = classes.office
            and cited.series = classes.series
            and cited.kind = classes.kind
    left join loaded on cited.bare_number = loaded.bare_number and classes.class = loaded.class
    left join alone
        on
            cited.bare_number = alone.bare_number
            and not classes.is_told
            and classes.is_of_one_series
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
        max(class) as class,
        -- What is meant is of one number.
        max(bare_number) as bare_number,
        -- Even where the examiner cites, odd where the applicant does.
        min(source_rank * 2 + case origin when 'examiner' then 0 else 1 end)
            filter (where origin <> 'unknown') as ranked_origin,
        -- By rank, then by text, so that the order of rows decides nothing.
        min((1000 + source_rank)::varchar || category) as ranked_category
    from resolved
    group by citing_publication, is_patent, meant
),

-- Patents and other literature are merged separately: one source may have only the patents.
mixed as (
    select citing_publication, is_patent, min(source_rank) as best_rank
    from merged
    where meant is not null
    group by citing_publication, is_patent
    having min(source_rank) < max(source_rank)
)

select
    merged.citing_publication,
    case when merged.is_patent then coalesce(merged.not_loaded, merged.meant) end as cited_publication,
    case when not merged.is_patent then merged.meant end as npl,
    case when merged.is_patent then coalesce(merged.class, 'unknown') end as cited_class,
    merged.is_patent and merged.not_loaded is null as is_loaded,
    case when merged.is_patent then merged.bare_number end as bare_number,
    case
        when merged.ranked_origin is null then 'unknown'
        when merged.ranked_origin % 2 = 0 then 'examiner'
        else 'applicant'
    end as origin,
    substring(merged.ranked_category, 5) as category,
    merged.source_rank
from merged
left join mixed on merged.citing_publication = mixed.citing_publication and merged.is_patent = mixed.is_patent
where merged.meant is not null and (mixed.best_rank is null or merged.source_rank = mixed.best_rank)
