-- Disruption within five years (Funk and Owen-Smith 2017), if the topic asks for it.
-- One row = one family of the topic that cites any, whose five years are over, if it or its
-- references are cited in them.
-- Of the families published in these years i cite it and none of its references, j both and k some
-- of its references only: (i - j) / (i + j + k).
with asked as (
    select
        family.family,
        family.publication_date,
        (family.publication_date + interval 5 year)::date as last_day
    from intermediate.int_family as family
    inner join topic.topic_indicator as indicator on indicator.indicator = 'cd_5'
    inner join intermediate.int_forward as forward
        on family.family = forward.family and forward.years_seen >= 5
),

referring as (
    select asked.family, asked.publication_date, asked.last_day, citation.cited_family
    from asked
    inner join staging.stg_family_citation as citation on asked.family = citation.citing_family
),

-- A family without references would be disruptive by default: all that cites it cites none of them.
citing as (
    select
        referring.family,
        citation.citing_family,
        false as is_direct
    from referring
    inner join staging.stg_family_citation as citation on referring.cited_family = citation.cited_family
    where
        citation.citing_publication_date > referring.publication_date
        and citation.citing_publication_date <= referring.last_day
    union all
    select
        asked.family,
        citation.citing_family,
        true as is_direct
    from asked
    inner join staging.stg_family_citation as citation on asked.family = citation.cited_family
    where
        citation.citing_publication_date > asked.publication_date
        and citation.citing_publication_date <= asked.last_day
        and asked.family in (select family from referring)
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
