-- How many families a family of the topic cites. One row = one family that cites any.
select
    f.family,
    count(*) as bc
from intermediate.int_family as f
inner join staging.stg_family_citation as c on f.family = c.citing_family
group by f.family
