-- One row = one US patent x reference to other literature.
select
    number as patent_id,
    unnest(range(npl_count(family, is_core))) as other_reference_sequence,
    npl_text(family, other_reference_sequence) as other_reference_text
from publication
where office = 'US' and is_grant and type = 'invention'
order by family, other_reference_sequence
