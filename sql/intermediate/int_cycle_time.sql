-- Technology cycle time of the topic's families, if the topic asks for it: the median age of the
-- families that one cites, in years between the first publications (Narin 1994).
-- One row = one family that cites a loaded family. A later document may cite what is younger than
-- the family: its age is 0.
select
    family.family,
    median(
        greatest(date_diff('day', citation.cited_publication_date, family.publication_date), 0)::double
        / 365.25::double
    ) as tct
from intermediate.int_family as family
inner join topic.topic_indicator as indicator on indicator.indicator = 'tct'
inner join staging.stg_family_citation as citation on family.family = citation.citing_family
where citation.cited_publication_date is not null
group by family.family
