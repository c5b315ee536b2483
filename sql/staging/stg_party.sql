-- Applicants and inventors of publications. One row = one publication x role x position.
-- For each role the best-ranked source that names anyone is taken whole.
with ranked as (
    select
        *,
        min(source_rank) over (partition by publication_number, role) as best_rank
    from sources.stg_party
)

select
    r.publication_number,
    r.role,
    r.position,
    r.name,
    c.country,
    r.sector
from ranked as r
-- A code that is no country (N/A, historical or mistyped) is no knowledge.
left join reference.country as c on r.country = c.country
where r.source_rank = r.best_rank
