-- From which offices the citations come that each country's families have: what is loaded of an
-- office's references decides who can be cited by it.
-- One row = one country of the cited families x office of the citing documents.
-- Key: topic, country, citing_office.
-- Refers to: dim_country (country).
-- Never null: citations, share.
with member as (
    select family.family, stg_family.publication_number
    from intermediate.int_family as family
    inner join staging.stg_family on family.family = stg_family.family
),

cited as (
    select
        member.family,
        split_part(citation.citing_publication, '-', 1) as citing_office,
        count(distinct family.family) as citations
    from member
    inner join staging.stg_citation as citation on member.publication_number = citation.cited_publication
    inner join staging.stg_family as family on citation.citing_publication = family.publication_number
    where member.family <> family.family
    group by member.family, split_part(citation.citing_publication, '-', 1)
),

counted as (
    select
        country.country,
        cited.citing_office,
        sum((cited.citations * country.share)::decimal(38, 15)) as citations
    from cited
    inner join intermediate.int_family_country as country on cited.family = country.family
    group by country.country, cited.citing_office
)

select
    topic.topic, -- Topic of the release
    counted.country, -- Country of the cited families (ISO alpha-2; ZZ unknown)
    counted.citing_office, -- Office of the documents that cite; XX where the source names none
    counted.citations::double
        as citations, -- Families cited x families that cite them by a document of the office
    counted.citations::double / sum(counted.citations) over (partition by counted.country)::double
        as share -- Share of the country's citations that come from the office, 0 to 1
from counted
cross join topic.topic
