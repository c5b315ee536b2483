-- Countries ranked by all their families and by their key core families, under every rule for core
-- patents and at every threshold of it.
-- Intervals are wide enough to hold the numbers of a world of 200,000 families, seen through 5,000
-- of them, at least as often as they say; how often: meta.calibration.
-- One row = one rule x threshold x country with a family; unknown countries are left out.
-- Key: topic, rule, threshold, country.
-- Refers to: fct_threshold (topic, rule, threshold), dim_country (country).
-- Never null: families, core_families, rank_families, rank_core, quality_gap, core_rate,
-- core_rate_lower, core_rate_upper, is_default.
with totals as (
    select
        *,
        (sum(families::decimal(38, 15)) over (partition by rule, threshold))::double
            as all_families,
        (sum(core_families::decimal(38, 15)) over (partition by rule, threshold))::double
            as all_core_families,
        core_families / families as rate,
        -- The z of a 95 % interval, squared, over n; 1.6 times z where cohorts are widened, for then they
        -- vary, too, and not families alone
        case
            when topic.cohort <> 'none' and topic.small_cohorts = 'widen' then 9.834134580976957::double
            else 3.841458820694124::double
        end / families as z2n,
        rank() over (
            partition by rule, threshold order by round(families, 9) desc
        ) as rank_families,
        rank() over (
            partition by rule, threshold order by round(core_families, 9) desc
        ) as rank_core
    from intermediate.int_country_core
    cross join topic.topic
)

select
    topic.topic, -- Topic of the release
    totals.rule, -- Rule for core patents: top_share, mean_sd, pareto, head_tail or price
    totals.threshold, -- Its threshold: a share, deviations, a share, a break or an exponent
    totals.country, -- Country (ISO alpha-2)
    totals.families, -- Families, fractional
    totals.core_families, -- Key core families at the threshold, fractional
    totals.rank_families::bigint as rank_families, -- Rank by families, 1 is most
    totals.rank_core::bigint as rank_core, -- Rank by key core families, 1 is most
    (totals.rank_families - totals.rank_core)::bigint
        as quality_gap, -- rank_families - rank_core: negative means quantity before quality
    totals.rate as core_rate, -- Key core families over families
    (totals.rate + totals.z2n / 2 - sqrt(totals.z2n * (totals.rate * (1 - totals.rate) + totals.z2n / 4)))
    / (1 + totals.z2n)
        as core_rate_lower, -- Lower end of its 95 % interval (Wilson)
    (totals.rate + totals.z2n / 2 + sqrt(totals.z2n * (totals.rate * (1 - totals.rate) + totals.z2n / 4)))
    / (1 + totals.z2n)
        as core_rate_upper, -- Upper end of that interval
    (totals.core_families / nullif(totals.all_core_families, 0)) / (totals.families / totals.all_families)
        as location_quotient, -- Its share of core families over its share of families
    threshold.is_default, -- Whether the topic goes by this rule and threshold
    sampling.core_families_low, -- Lower end of its 90 % sampling interval; of the default only
    sampling.core_families_high, -- Upper end
    sampling.rank_core_low, -- Lower end of its 90 % sampling interval; of the default only
    sampling.rank_core_high, -- Upper end
    sampling.core_families_method_low, -- Least by other methods with a core as large; of the default only
    sampling.core_families_method_high, -- Most
    sampling.rank_core_method_low, -- Best rank by other methods; of the default only
    sampling.rank_core_method_high -- Worst
from totals
inner join intermediate.int_threshold as threshold
    on totals.rule = threshold.rule and totals.threshold = threshold.threshold
left join intermediate.int_country_interval as sampling
    on totals.country = sampling.country and threshold.is_default
cross join topic.topic
