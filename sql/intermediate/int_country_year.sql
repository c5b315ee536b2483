-- Families and core families of countries over time, fractional. One row = one country x year.
select
    c.country,
    year(f.priority_date)::bigint as year,
    sum(c.share::decimal(38, 15))::double as families,
    sum((case when r.is_core then c.share else 0 end)::decimal(38, 15))::double as core_families
from intermediate.int_family_country as c
inner join intermediate.int_family as f on c.family_id = f.family_id
inner join intermediate.int_score_rank as r on c.family_id = r.family_id
group by c.country, year(f.priority_date)
