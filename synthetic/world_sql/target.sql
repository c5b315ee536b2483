-- Where a citation can point: the families of a quarter and industry, core or not.
-- One row = one quarter x industry x core.
select
    quarter,
    industry,
    is_core,
    min(first) as first,
    sum(families)::bigint as families
from cell
group by all
order by all
