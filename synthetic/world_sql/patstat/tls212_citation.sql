-- One row = one publication x reference, to a patent or to other literature.
with listed as (
    select
        publication.publication_id,
        publication.office,
        reference.position,
        reference.origin,
        case
            when publication.office = 'US'
                then coalesce(reference.us_publication_id, reference.publication_id)
            else reference.publication_id
        end as cited_id,
        reference.cited_family
    from publication
    inner join reference using (family)
    where
        publication.type = 'invention'
        and reference.cited_family is not null
        and case
            when publication.office = 'US' then publication.is_grant
            else (publication.is_grant or publication.office in ('EP', 'WO'))
                and reference.position <= 6
        end
),

patents as (
    select
        publication_id,
        office,
        row_number() over (partition by publication_id order by position) as citn_id,
        case when office = 'US' and origin = 'applicant' then 'APP' else 'SEA' end as origin,
        cited_id
    from listed
),

others as (
    select
        publication_id,
        office,
        unnest(range(npl_count(family, is_core))) as number,
        family
    from publication
    where office = 'US' and is_grant and type = 'invention'
)

select
    publication_id::int as pat_publn_id,
    0 as citn_replenished,
    citn_id::int as citn_id,
    origin as citn_origin,
    cited_id::int as cited_pat_publn_id,
    0 as cited_appln_id,
    citn_id::int as pat_citn_seq_nr,
    '0' as cited_npl_publn_id,
    0 as npl_citn_seq_nr,
    office as citn_gener_auth
from patents
union all
select
    publication_id::int,
    0,
    1000 + number::int,
    'APP',
    0,
    0,
    0,
    (900000000 + family * 64 + number)::varchar,
    1 + number::int,
    office
from others
order by pat_publn_id, citn_id
