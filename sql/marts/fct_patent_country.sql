-- Countries of families: how each family is shared between countries, by each way to attribute it.
-- One row = one family x country with any share. By each way a family's shares sum to 1 exactly.
-- Key: topic, family_id, country.
-- Refers to: fct_patent (topic, family_id), dim_country (country).
-- Never null: share, share_by_applicant, share_by_inventor, share_by_first_filing.
with named as (
    select
        a.*,
        i.family_id,
        f.share,
        f.source_step,
        t.topic,
        t.attribution
    from intermediate.int_family_attribution as a
    inner join intermediate.int_family as i on a.family = i.family
    cross join topic.topic as t
    left join intermediate.int_family_country as f
        on a.family = f.family and a.country = f.country
)

select
    c.topic, -- Topic of the release
    c.family_id, -- Family, as in fct_patent
    c.country, -- Country (ISO 3166 alpha-2; ZZ unknown)
    coalesce(c.share, 0.0::double)
        as share, -- Share of the family by the topic's attribution, 0 to 1; what all marts use
    s.country_source, -- Weakest step that tells it, see docs/method.md; null where share is 0
    c.share_by_applicant, -- Share by its applicants' countries, equal between applicants
    a.country_source as applicant_source, -- The same step for it; null where the share is 0
    c.share_by_inventor, -- Share by its inventors' countries, equal between inventors
    i.country_source as inventor_source, -- The same step for it; null where the share is 0
    c.share_by_first_filing, -- 1 for the country of the office of first filing, else 0
    o.country_source as first_filing_source -- The same step for it; null where the share is 0
from named as c
left join reference.country_source as s on c.attribution = s.basis and c.source_step = s.step
left join reference.country_source as a on a.basis = 'applicant' and c.applicant_step = a.step
left join reference.country_source as i on i.basis = 'inventor' and c.inventor_step = i.step
left join reference.country_source as o
    on o.basis = 'first_filing' and c.first_filing_step = o.step
