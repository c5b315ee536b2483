-- Patent families of the topic with their indicators, score and rank.
-- Ranks are hardly known: their intervals hold the rank in a world of 200,000 families, seen through
-- 5,000 of them, at least as often as they say, and so reach from a quarter to four times the rank, or
-- further. How often they and the stable core are right: meta.calibration.
-- One row = one family with at least one invention document in the topic. Key: topic, family_id.
-- Refers to: dim_country (country).
-- Never null: score, family_basis, representative_publication, source, selected_by, country,
-- country_share, country_count, country_source, document_count, rank, position, is_core,
-- is_tied_at_cut.
with ranked as (
    select
        *,
        row_number() over (partition by family order by share desc, country) as place
    from intermediate.int_family_country
),

main_country as (
    select
        family,
        max(case when place = 1 then country end) as country,
        max(share) as country_share,
        count(*) as country_count,
        max(source_step) as source_step
    from ranked
    group by family
),

-- Families whose five years are over, among those of their priority year.
cited as (
    select
        family.family,
        indicator.fc_5_so_far as fc_5,
        count(*) over (partition by year(family.priority_date)) as families,
        count(*) over (
            partition by year(family.priority_date) order by indicator.fc_5_so_far
            range between unbounded preceding and current row
        ) as not_more_cited
    from intermediate.int_family as family
    inner join intermediate.int_indicator as indicator on family.family = indicator.family
    where indicator.fc_5_window_closed and indicator.fc_5_so_far is not null
)

select
    topic.topic, -- Topic of the release
    family.family_id, -- DOCDB family number, else the lowest publication number of the family
    family.family_basis, -- docdb, priority (shared priorities) or application (a lone application)
    family.representative_publication, -- Earliest published invention document; title and codes are its
    family.title, -- Title of the representative publication
    family.source, -- Best-ranked source of the representative publication
    family.selected_by, -- Rule of the topic that let the family in
    family.subfield, -- Sub-field of the topic, the first that applies; null where none does
    main_country.country, -- Country with the largest share, by the topic's attribution (ISO; ZZ unknown)
    main_country.country_share, -- That country's share of the family, 0 to 1
    main_country.country_count::bigint as country_count, -- Countries that share the family
    source.country_source, -- Least certain step by which its countries are known, see docs/method.md
    year(family.priority_date)::bigint as priority_year, -- Year of the earliest priority
    family.priority_date, -- Earliest priority, filing or publication date known
    family.filing_date, -- Earliest filing date of its invention documents
    family.publication_date, -- Earliest publication date of its invention documents
    family.grant_date, -- Earliest grant; null where none is known
    family.document_count::bigint as document_count, -- Invention documents loaded
    indicator.fc_3_so_far as fc_3, -- FC_3: as FC_5, within 3 years
    indicator.fc_3_window_closed, -- Whether the loaded data reach 3 years past it; if not, fc_3 is too low
    case when not indicator.fc_3_window_closed then indicator.fc_3 end
        as fc_3_estimate, -- What an open FC_3 is scored with; null if closed or truncation = closed
    indicator.fc_5_so_far
        as fc_5, -- FC_5: citing families published in the 5 years after it, of those loaded
    indicator.fc_5_window_closed, -- Whether the loaded data reach 5 years past it; if not, fc_5 is too low
    case when not indicator.fc_5_window_closed then indicator.fc_5 end
        as fc_5_estimate, -- What an open FC_5 is scored with; null if closed or truncation = closed
    indicator.fc_7_so_far as fc_7, -- FC_7: as FC_5, within 7 years
    indicator.fc_7_window_closed, -- Whether the loaded data reach 7 years past it; if not, fc_7 is too low
    case when not indicator.fc_7_window_closed then indicator.fc_7 end
        as fc_7_estimate, -- What an open FC_7 is scored with; null if closed or truncation = closed
    cited.fc_5 > 0 and 100 * cited.not_more_cited >= 99 * cited.families
        as is_breakthrough, -- Whether FC_5 is in the top 1 % of its priority year; null if open
    indicator.fcx_5, -- FCX_5: FC_5 by examiners; null if open, or if a citing family has no origin recorded
    indicator.fc_5_others, -- FC_5 without families of the same corporate group; null if open
    indicator.fc_reported, -- Citing families or documents as the source counts them, of any age
    indicator.bc, -- BC: cited families; null where the source lists no references
    indicator.npl, -- NPL: cited items of other literature; null where the source does not list them
    indicator.fs, -- FS: offices among its loaded documents, WO left out
    indicator.fs_reported, -- Documents of the family as the source counts them, loaded or not
    indicator.tri, -- TRI: 1 if filed at EP and JP and granted in the US; null if no loaded family is
    indicator.pct, -- PCT: 1 if an international application; null if no loaded family is one
    indicator.cl, -- CL: claims of the grant, else of the earliest document; null where not recorded
    indicator.icl, -- ICL: independent claims; no source records them yet
    indicator.sc, -- SC: IPC subclasses; null where it has none
    indicator.mg, -- MG: IPC main groups; null where none is known
    indicator.inv, -- INV: inventors; null where the source does not list them all
    indicator.app, -- APP: corporate groups that apply for it, inventors left out; null where none does
    indicator.gl, -- GL: 1 - days from filing to grant / most days of its priority year; null if not granted
    indicator.ren, -- REN: years renewed; no source records them yet
    indicator.gen, -- GEN: chance that two families citing it differ in subclass, 0 to 1; if asked for
    indicator.ori, -- ORI: chance that two families it cites differ in subclass, 0 to 1; if asked for
    indicator.rad, -- RAD: share of the cited families' subclasses that it is not in, 0 to 1; if asked for
    indicator.tct, -- TCT: median age in years of the families it cites; less is better; if asked for
    indicator.nov, -- NOV: pairs of subclasses that no earlier loaded family has; if asked for
    indicator.cd_5, -- CD_5: disruption in 5 years, -1 consolidates to 1 disrupts; if asked for
    indicator.pr, -- PR: PageRank over the mean of its publication year; if asked for
    indicator.conv, -- CONV: chance that two of its main groups differ in subclass, drawn with return
    indicator.xsec, -- XSEC: IPC sections beyond the first
    cohort.cohort, -- What it shares with those it is compared with, such as field, year; else nothing
    cohort.field_corrected, -- Share of its field's difference from others that its score leaves out, 0 to 1
    stirling.rao_stirling, -- Rao-Stirling diversity of its subclasses, 0 (one) to 1; null without any
    score_rank.score, -- Score by the topic's weighting and scoring, 0 to 100; it makes rank and core
    score.equal_score, -- Weighted sum with equal weights, 0 to 100
    score.critic_score, -- Weighted sum with CRITIC's weights, 0 to 100; null where it has no answer
    score.topsis_score, -- TOPSIS closeness by the weights of the score, 0 to 100
    score.grey_score, -- Grey relation to the best by the weights of the score, 0 to 100
    score_rank.rank, -- Rank by score, 1 is best; ties share the middle rank
    family_rank.rank_low, -- Lower end of its 90 % sampling interval; best 10,000 only
    family_rank.rank_high, -- Upper end
    method.rank_method_low, -- Best rank by other methods; of the best 10,000 only
    method.rank_method_high, -- Worst
    method.most_moving_choice, -- The choice of method that moves its rank most, one at a time
    score_rank.position::bigint as position, -- Place by score, ties in order of family_id
    score_rank.is_core, -- Whether it is a key core patent by the topic's rule
    score_rank.is_tied_at_cut, -- Whether it ties with others at the cut, which are all core
    stability.selection_probability, -- Share of the draws of families that hold it in which it is core
    stability.is_stable_core, -- Whether it reaches stable_selection; 3 of 4 such are core in a large world
    stability.method_share, -- Share of the grid of methods under which it is core, 0 to 1
    stability.is_stable_under_method -- Whether that share reaches the topic's stable_selection
from intermediate.int_family as family
inner join intermediate.int_indicator as indicator on family.family = indicator.family
inner join intermediate.int_score_rank as score_rank on family.family = score_rank.family
inner join intermediate.int_family_stability as stability on family.family = stability.family
left join intermediate.int_family_rank as family_rank on family.family = family_rank.family
left join intermediate.int_family_method as method on family.family = method.family
inner join intermediate.int_score as score on family.family = score.family
inner join main_country on family.family = main_country.family
left join cited on family.family = cited.family
left join intermediate.int_rao_stirling as stirling on family.family = stirling.family
inner join intermediate.int_family_cohort as cohort on family.family = cohort.family
cross join topic.topic
left join reference.country_source as source
    on topic.attribution = source.basis and main_country.source_step = source.step
