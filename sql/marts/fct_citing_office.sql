-- From which offices the citations come that each country's families have: what is loaded of an
-- office's references decides who can be cited by it.
-- One row = one country of the cited families x office of the citing documents.
-- Key: topic, country, citing_office.
-- Refers to: dim_country (country).
-- Never null: citations, share.
with member as (
    select f.family, m.publication_number
    from intermediate.int_family as f
    inner join staging.stg_family as m on f.family = m.family
),

cited as (
    select
        m.family,
        split_part(c.citing_publication, '-', 1) as citing_office,
        count(distinct g.family) as citations
    from member as m
    inner join staging.stg_citation as c on m.publication_number = c.cited_publication
    inner join staging.stg_family as g on c.citing_publication = g.publication_number
    where m.family <> g.family
    group by m.family, split_part(c.citing_publication, '-', 1)
),

counted as (
    select
        p.country,
        c.citing_office,
        sum((c.citations * p.share)::decimal(38, 15)) as citations
    from cited as c
    inner join intermediate.int_family_country as p on c.family = p.family
    group by p.country, c.citing_office
)

select
    t.topic, -- Topic of the release
    c.country, -- Country of the cited families (ISO alpha-2; ZZ unknown)
    c.citing_office, -- Office of the documents that cite; XX where the source names none
    c.citations::double
        as citations, -- Families cited x families that cite them by a document of the office
    c.citations::double / sum(c.citations) over (partition by c.country)::double
        as share -- Share of the country's citations that come from the office, 0 to 1
from counted as c
cross join topic.topic as t
