-- Countries of families: how each family is shared between countries, by each way to attribute it.
-- One row = one family x country with any share. By each way a family's shares sum to 1 exactly.
-- Key: topic, family_id, country.
-- Refers to: fct_patent (topic, family_id), dim_country (country).
-- Never null: share, share_by_applicant, share_by_inventor, share_by_first_filing.
with named as (
    select
        attribution.*,
        family.family_id,
        country.share,
        country.source_step,
        topic.topic,
        topic.attribution
    from intermediate.int_family_attribution as attribution
    inner join intermediate.int_family as family on attribution.family = family.family
    cross join topic.topic
    left join intermediate.int_family_country as country
        on attribution.family = country.family and attribution.country = country.country
)

select
    named.topic, -- Topic of the release
    named.family_id, -- Family, as in fct_patent
    named.country, -- Country (ISO 3166 alpha-2; ZZ unknown)
    coalesce(named.share, 0.0::double)
        as share, -- Share of the family by the topic's attribution, 0 to 1; what all marts use
    source.country_source, -- Least certain step behind it, see docs/method.md; null where share is 0
    named.share_by_applicant, -- Share by its applicants' countries, equal between applicants
    applicant_source.country_source as applicant_source, -- The same step for it; null where the share is 0
    named.share_by_inventor, -- Share by its inventors' countries, equal between inventors
    inventor_source.country_source as inventor_source, -- The same step for it; null where the share is 0
    named.share_by_first_filing, -- 1 for the country of the office of first filing, else 0
    filing_source.country_source as first_filing_source -- The same step for it; null where the share is 0
from named
left join reference.country_source as source
    on named.attribution = source.basis and named.source_step = source.step
left join reference.country_source as applicant_source
    on applicant_source.basis = 'applicant' and named.applicant_step = applicant_source.step
left join reference.country_source as inventor_source
    on inventor_source.basis = 'inventor' and named.inventor_step = inventor_source.step
left join reference.country_source as filing_source
    on filing_source.basis = 'first_filing' and named.first_filing_step = filing_source.step
