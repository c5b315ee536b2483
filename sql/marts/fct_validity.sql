-- Whether the score predicts what later turns out: families old enough, scored by what was known three
-- years after their first publication, held against what came after.
-- One row = one knowledge x outcome x scope x weighting x scoring. Key: topic, knowledge, outcome,
-- scope, scope_name, weighting, scoring.
-- Never null: families, core_families, last_year, is_headline.
with windows as (
    select max(years) as years from intermediate.int_validity_outcome
),

ordered as (
    select
        *,
        row_number() over (
            partition by outcome in ('is_top_5', 'is_reported_top_5') and scope = 'all'
            and weighting = 'topic' and enrichment is not null
            order by
                case when knowledge = 'horizon' then 0 else 1 end,
                case when outcome = 'is_top_5' then 0 else 1 end
        ) as place
    from intermediate.int_validity
),

measured as (
    select
        *,
        place = 1 and outcome in ('is_top_5', 'is_reported_top_5') and scope = 'all'
        and weighting = 'topic' and enrichment is not null as is_headline
    from ordered
)

select
    topic.topic, -- Topic of the release
    measured.knowledge, -- horizon: known three years after publication; ex_ante: without citations
    measured.outcome, -- What came later, such as is_top_5: most cited 5 % of field and year
    measured.scope, -- all, country or subfield
    measured.name as scope_name, -- Country (ISO) or sub-field of the topic; all for all families
    measured.weighting, -- topic (its own), entropy, equal, critic, component, citations (alone)
    measured.scoring, -- How weights make the score: sum, topsis or grey
    windows.years::bigint as last_year, -- Until which year after publication outcomes count
    measured.families, -- Families old enough that the outcome is known of
    measured.positives, -- Those that it holds for; null for a count
    measured.core_families, -- The best core_share of all, of those in the scope
    measured.auc, -- Chance that a family it holds for scores above another; 0.5 is chance
    measured.auc_low, -- Lower end of its sampling interval of 90 % (DeLong)
    measured.auc_high, -- Upper end
    measured.auc_gain, -- AUC less that of equal weights under the same scoring
    measured.auc_gain_low, -- Lower end of its sampling interval of 90 %, on the same families
    measured.auc_gain_high, -- Upper end
    measured.enrichment, -- How many times likelier a core family is among them than any other
    measured.enrichment_low, -- Lower end of its sampling interval of 90 % (Katz)
    measured.enrichment_high, -- Upper end
    measured.rank_correlation, -- Spearman's, of the score with a count; null for yes or no
    measured.rank_correlation_low, -- Lower end of its sampling interval of 90 % (Bonett, Wright)
    measured.rank_correlation_high, -- Upper end
    measured.is_headline, -- Whether it is the headline of the report
    case
        when measured.is_headline then
            'Scored by what was known '
            || case measured.knowledge
                when 'horizon' then 'three years after publication'
                else 'before any citation'
            end
            || ', a core family was ' || round(measured.enrichment, 1)::varchar
            || coalesce(
                ' (' || round(measured.enrichment_low, 1)::varchar || ' to '
                || round(measured.enrichment_high, 1)::varchar || ')', ''
            )
            || ' times as likely as any other to be among the 5 % most cited '
            || case measured.outcome
                when 'is_top_5'
                    then 'by others in the years 4 to ' || windows.years::varchar
                else 'of its year and field, as the source counts them'
            end
            || '; entropy weights ' || case
                when entropy.auc_gain_low > 0 then 'do better than'
                when entropy.auc_gain_high < 0 then 'do worse than'
                else 'cannot be determined from'
            end || ' equal ones here.'
    end as sentence -- That in words; null of all other rows
from measured
left join measured as entropy
    on
        measured.is_headline and measured.knowledge = entropy.knowledge
        and measured.outcome = entropy.outcome and measured.scoring = entropy.scoring
        and entropy.scope = 'all' and entropy.weighting = 'entropy'
cross join windows
cross join topic.topic
