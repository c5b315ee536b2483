-- Disruption within five years (Funk and Owen-Smith 2017), if the topic asks for it.
-- One row = one family of the topic that cites any, whose five years are over, if it or its
-- references are cited in them.
-- Of the families published in these years i cite it and none of its references, j both and k some
-- of its references only: (i - j) / (i + j + k).
with asked as (
    select
        f.family,
        f.publication_date,
        (f.publication_date + interval 5 year)::date as last_day
    from intermediate.int_family as f
    inner join topic.topic_indicator as n on n.indicator = 'cd_5'
    inner join intermediate.int_forward as w on f.family = w.family and w.years_seen >= 5
),

referring as (
    select a.family, a.publication_date, a.last_day, c.cited_family
    from asked as a
    inner join staging.stg_family_citation as c on a.family = c.citing_family
),

-- A family without references would be disruptive by default: all that cites it cites none of them.
citing as (
    select
        r.family,
        c.citing_family,
        false as is_direct
    from referring as r
    inner join staging.stg_family_citation as c on r.cited_family = c.cited_family
    where c.citing_publication_date > r.publication_date and c.citing_publication_date <= r.last_day
    union all
    select
        a.family,
        c.citing_family,
        true as is_direct
    from asked as a
    inner join staging.stg_family_citation as c on a.family = c.cited_family
    where c.citing_publication_date > a.publication_date and c.citing_publication_date <= a.last_day
        and a.family in (select family from referring)
),

citing_family as (
    select
        family,
        bool_or(is_direct) as is_direct,
        bool_or(not is_direct) as is_of_reference
    from citing
    group by family, citing_family
)

select
    family,
    sum(case when not is_direct then 0 when is_of_reference then -1 else 1 end)::double / count(*)
        as cd_5
from citing_family
group by family
