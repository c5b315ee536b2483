-- Publications of the families at hand. One row = one family x office x application or grant.
with publications as (
    select
        *,
        false as is_grant,
        published as date,
        published_kind as kind
    from member
    where published is not null
    union all
    select
        *,
        true as is_grant,
        granted as date,
        granted_kind as kind
    from member
    where granted is not null
)

select
    publication_id(family, office_number, is_grant) as publication_id,
    * exclude (published_kind, granted_kind),
    published_number(office, kind, year(date), serial, family) as number
from publications
