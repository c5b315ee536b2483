-- Which family cites which. One row = one citing family x cited family.
-- A cited publication that is not loaded is a family of its own, of whatever kind of its
-- class it is, below 0 and without a date; where its class is not known, it is an invention. A
-- family's references to itself are left out.
-- is_examiner says whether an examiner cites. It is null where the citing family's documents give
-- of no reference whose it is; where they do, one of unknown origin is no examiner's.
-- Depends by citing_family on:
-- staging.stg_citation.citing_publication > staging.stg_family(publication_number > family),
-- staging.stg_family.family,
-- staging.stg_family.family > staging.stg_family_citation(cited_family > citing_family),
-- staging.stg_document.publication_number > staging.stg_family(publication_number > family),
-- staging.stg_document.publication_number > staging.stg_family(publication_number > family) >
-- staging.stg_family_citation(cited_family > citing_family).
-- Key: citing_family, cited_family.
with cited as (
    select
        citing.family as citing_family,
        target.family as cited_family,
        case
            when target.family is null then
                citation.bare_number || ' ' || replace(citation.cited_class, 'unknown', 'invention')
        end as not_loaded,
        bool_or(citation.origin = 'examiner') as is_examiner,
        bool_or(citation.origin <> 'unknown') as is_told
    from staging.stg_citation as citation
    inner join staging.stg_family as citing on citation.citing_publication = citing.publication_number
    left join staging.stg_family as target on citation.cited_publication = target.publication_number
    group by all
),

with_origins as (
    select distinct citing_family from cited where is_told
),

-- What is not loaded gets a number of 60 bits that depends on nothing else. Spark reads hexadecimal
-- digits by conv(digits, 16, 10).
paired as (
    select
        citing_family,
        coalesce(cited_family, -('0x' || substring(md5(not_loaded), 1, 15))::bigint)
            as cited_family,
        is_examiner
    from cited
),

named as (
    select citing_family as family from paired
    union
    select cited_family as family from paired
),

published as (
    select family.family, min(document.publication_date) as publication_date
    from staging.stg_family as family
    inner join staging.stg_document as document on family.publication_number = document.publication_number
    where family.family in (select family from named)
    group by family.family
)

select
    paired.citing_family,
    paired.cited_family,
    citing.publication_date as citing_publication_date,
    target.publication_date as cited_publication_date,
    case when with_origins.citing_family is not null then paired.is_examiner end as is_examiner
from paired
inner join published as citing on paired.citing_family = citing.family
left join published as target on paired.cited_family = target.family
left join with_origins on paired.citing_family = with_origins.citing_family
-- Where nothing is cited, it is other literature.
where paired.cited_family <> paired.citing_family
