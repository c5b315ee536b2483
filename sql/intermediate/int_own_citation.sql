-- Citations within a corporate group. One row = one citing family x cited family of the topic that
-- a group or person has applied for both of.
with citations as (
    select
        citation.citing_family,
        citation.cited_family
    from intermediate.int_family as family
    inner join staging.stg_family_citation as citation on family.family = citation.cited_family
),

citing as (
    select distinct citing_family from citations
),

citing_group as (
    select distinct
        citing.citing_family,
        organisation.corporate_group
    from citing
    inner join staging.stg_invention as invention on citing.citing_family = invention.family
    inner join staging.stg_party as party
        on invention.party_publication = party.publication_number and party.role = 'applicant'
    inner join staging.stg_organisation as organisation on party.name = organisation.name
),

-- Pairs of families first: groups of thousands of families would meet each other.
owned as (
    select distinct
        citations.citing_family,
        citations.cited_family,
        owner.corporate_group
    from citations
    inner join intermediate.int_family_applicant as owner on citations.cited_family = owner.family
)

select distinct
    owned.citing_family,
    owned.cited_family
from owned
semi join citing_group
    on
        owned.citing_family = citing_group.citing_family
        and owned.corporate_group = citing_group.corporate_group
