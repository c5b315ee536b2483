-- US references in Patent Public Search. One row = one citing publication x cited publication.
-- A reference is written 6103599, D238214, RE37580, 2002/0127820 or 20170270411: a grant, or eleven
-- digits for an application publication. Only numbers before 6167569 (2001-01-02) determine their kind.
-- Depends by citing_publication on: ppubs.publication.publication_number.
with listed as (
    select publication_number as citing_publication, unnest(urpn) as reference
    from ppubs.publication
),

refs as (
    select citing_publication, regexp_replace(upper(reference), '[^A-Z0-9]', '', 'g') as number
    from listed
)

select distinct
    citing_publication,
    publication_number(
        'US', number, case when try_cast(number as bigint) < 6167569 then 'A' end, null
    ) as cited_publication
from refs
where regexp_full_match(number, '(D|RE|PP|H|T|X|AI)?[0-9]*[1-9][0-9]*')
