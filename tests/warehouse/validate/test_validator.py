"""Suites: each expectation passes on the sample and fails on a bad row, and results are stored.

Great Expectations takes ten seconds to import. All bad rows are therefore validated by one process,
once a session: each goes into a copy of the sample's tables, together with the bad rows of other
tables that its expectation does not read, so that a failure has one cause.
"""

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb
import pytest

from corepath.synthetic import world
from corepath.warehouse.build.graph import discover, head_of
from corepath.warehouse.refresh import refresh
from corepath.warehouse.settings import Settings
from corepath.warehouse.sources import available
from corepath.warehouse.validate.bare import evaluate
from corepath.warehouse.validate.results import store_results, stored_results
from corepath.warehouse.validate.suites import SUITES, Suite, derived, known
from corepath.warehouse.validate.validator import Job, Result, Validator

EXPECTATIONS = {
    (path.stem, expectation["meta"]["name"]): expectation
    for path in sorted(SUITES.glob("*.json"))
    for expectation in known(path.stem)
}
TABLES = {table.name: table for table in discover(available()).values()}
# What follows from heads and types is of the same kinds in every table: one stands for all.
DERIVED = "fct_patent_country"
_head = head_of(TABLES[DERIVED])
EXPECTATIONS |= {
    (DERIVED, expectation["meta"]["name"]): expectation
    for expectation in derived(
        "marts",
        _head.key,
        _head.filled,
        ["share", "share_by_applicant"],
        [(mart, own, head_of(TABLES[mart]).key) for mart, own in _head.references],
    )
}

# What one row is set to, or a statement, that an expectation written in SQL must notice.
TWICE = ["insert into {t} from {t} limit 1"]
BAD = {
    ("fct_convergence_node", "what other columns ask for is there"): ["level = 'subclass', pagerank = null"],
    ("fct_country_ranking", "what other columns ask for is there"): [
        "is_default = true, rank_core_low = null"
    ],
    ("fct_indicator_coverage", "what other columns ask for is there"): ["known = 1, mean = null"],
    ("fct_indicator_weight", "what other columns ask for is there"): ["is_used = true, weight = null"],
    ("dim_organisation", "families cover their shares"): [
        "fractional_families = families + 1",
        "fractional_families = 0",
    ],
    ("dim_organisation", "the rule of the group is known"): [
        "group_rule = 'nonsense'",
        "group_confidence = 1.1",
    ],
    ("dim_organisation", "organisation_type is one of the known"): [
        "organisation_type = 'nonsense'",
        "organisation_type = 'COMPANY nonsense'",
    ],
    ("source_file", "content is identified"): ["sha256 = 'e3b0c442'", "sha256 = null"],
    ("source_file", "rows are loaded or rejected"): [
        "rows = rows + 1",
        "loaded = null",
        "loaded = -1, rejected = rows + 1",
    ],
    ("source_file", "every file gives rows"): ["loaded = 0"],
    ("source_file", "few rows are rejected"): ["rejected = 1000"],
    ("source_table", "every source gives rows"): [
        "update {t} set rows = 0 where source = 'uspto'",
        "update {t} set rows = null where source = 'uspto'",
    ],
    ("source_table", "needed tables hold rows"): ["is_needed = true, rows = 0"],
    ("source_table", "tables hold what was loaded"): [
        "rows = rows - 1",
        "delete from {t} where source = 'uspto'",
    ],
    ("source_table", "a publication is dated"): ["newest_publication = null"],
    ("source_table", "sources are fresh"): ["newest_publication = current_date - 401"],
    ("source_table", "no table went back in time"): [
        "newest_before = newest_publication + 1",
        "newest_before = newest_publication, newest_publication = null",
    ],
    ("stg_organisation", "types are known"): [
        "update {t} set organisation_type = 'UNKNOWN' where rowid % 5 = 0"
    ],
    ("stg_organisation", "most types are known"): [
        "update {t} set organisation_type = 'UNKNOWN' where rowid % 5 > 1"
    ],
    ("stg_organisation", "type is one of PATSTAT's"): [
        "organisation_type = 'nonsense'",
        "organisation_type = 'COMPANY UNKNOWN'",
    ],
    ("dim_period", "periods do not overlap"): [
        "update {t} set last_year = last_year + 1 where first_year = (select min(first_year) from {t})"
    ],
    ("dim_technology", "each has a title or a note"): ["title = null", "title_note = 'none'"],
    ("dim_technology", "subclasses have a title"): ["update {t} set title = null where technology = 'G06N'"],
    ("fct_convergence_edge", "pairs are in order"): ["source = target", "source = target, target = source"],
    ("fct_convergence_edge", "counts are in order"): [
        "full_count = 0, fractional_count = 0, pair_fraction = 0",
        "fractional_count = full_count + 1",
        "pair_fraction = fractional_count + 1",
    ],
    ("fct_convergence_node", "PageRank sums to 1"): ["pagerank = pagerank + 0.01"],
    ("fct_convergence_node", "strength is the sum of ties"): ["strength = strength + 1"],
    ("fct_convergence_edge", "period is known to BI"): ["period = 'to 1900'"],
    ("fct_convergence_node", "period is known to BI"): ["period = 'to 1900'"],
    ("fct_network_metric", "period is known to BI"): ["period = 'to 1900'"],
    ("fct_network_similarity", "a pair stands once"): [
        "insert into {t} select * replace (country_b as country_a, country_a as country_b) from {t} limit 1"
    ],
    ("fct_country_ranking", "ranks follow the counts"): [
        "rank_families = rank_families + 1",
        "rank_core = rank_core + 1",
    ],
    ("fct_country_year", "ranks of a year follow the counts"): [
        "update {t} set rank_families = rank_families + 1",
        "update {t} set rank_core = rank_core + 1",
    ],
    ("fct_country_year", "shares of a year sum to 1"): [
        "update {t} set family_share = family_share / 2",
        "update {t} set core_family_share = core_family_share / 2",
    ],
    ("fct_emerging_link", "ranks of a network are dense"): [
        "update {t} set rank = rank + 1 where network = 'WORLD'",
        "update {t} set rank = 1 where rank = 2",
    ],
    ("fct_emerging_link", "order follows the chance"): ["update {t} set chance = rank / 1000.0"],
    ("fct_citing_office", "shares of a country sum to 1"): ["share = share / 2"],
    ("fct_core_technology", "core families are families"): [
        "core_families = families + 1",
        "families = 0, core_families = 0",
    ],
    ("fct_core_technology", "the ratio is of what is expected"): [
        "expected_core_families = 0",
        "expected_core_families = families + 1",
        "core_ratio = core_ratio + 0.1",
    ],
    ("fct_core_technology", "key core technologies pass the test"): [
        "update {t} set is_core_technology = not is_core_technology where rank = 1",
        "update {t} set is_core_technology = true where rank = (select max(rank) from {t})",
    ],
    ("fct_core_technology", "ranks are dense"): [
        "update {t} set rank = 0 where rank = 1",
        "update {t} set rank = 1 where rank = 2",
        "update {t} set rank = rank + 1",
    ],
    ("fct_core_technology", "fractional counts are parts"): [
        "fractional_families = families + 1",
        "fractional_core_families = core_families + 1",
        "update {t} set fractional_families = families where level = 'subclass'",
    ],
    ("fct_core_technology", "leaders are in order"): [
        "leading_country = null, second_country = 'US'",
        "leading_families = 1, second_families = 2",
    ],
    ("fct_core_technology", "what it hangs on is consistent"): [
        "largest_group = 'A', largest_group_share = 1.1",
        "largest_group = 'A', largest_group_share = null",
        "is_robust = true, lost_without_groups = 'A'",
    ],
    ("fct_core_technology", "no core technology is one group's"): [
        "is_core_technology = true, largest_group = 'A', largest_group_share = 0.51"
    ],
    ("fct_core_technology", "some technology is core"): ["update {t} set is_core_technology = false"],
    ("fct_country_ranking", "interval holds the rate"): [
        "core_rate_lower = core_rate + 0.1",
        "core_rate_upper = core_rate - 0.1",
    ],
    ("fct_country_ranking", "threshold is in range"): [
        "threshold = 0",
        "update {t} set threshold = 1.5 where rule = 'pareto'",
    ],
    ("fct_country_ranking", "core families are families"): [
        "core_families = families + 1",
        "core_families = -1",
    ],
    ("fct_country_ranking", "core grows with the share"): [
        "update {t} set core_families = core_families + 1 where rule = 'top_share' and threshold = 0.2"
    ],
    ("fct_country_ranking", "intervals hold their number"): [
        "update {t} set core_families_low = core_families_high + 1 where is_default",
        "update {t} set rank_core_low = rank_core + 1 where is_default",
        "update {t} set core_families_method_high = core_families - 1 where is_default",
        "update {t} set rank_core_method_low = rank_core + 1 where is_default",
    ],
    ("fct_country_ranking", "every threshold has a first"): [
        "update {t} set rank_families = rank_families + 1 where is_default",
        "update {t} set rank_core = rank_core + 1 where is_default",
    ],
    ("fct_country_ranking", "one threshold is the default"): [
        "update {t} set is_default = true",
        "update {t} set is_default = false",
    ],
    ("fct_country_stability", "intervals are in order"): [
        "core_families_low = core_families_median + 1",
        "core_families_median = core_families_high + 1",
        "rank_core_low = rank_core_median + 1",
        "rank_core_high = rank_core_median - 1",
    ],
    ("fct_country_stability", "every variation has a first"): [
        "update {t} set rank_core_low = 2, rank_core_median = 2, rank_core_high = 2 where kind = 'choice'"
    ],
    ("fct_country_year", "core families are families"): ["core_families = families + 1"],
    ("fct_country_year", "countries sum to the families"): ["families = families + 1"],
    ("fct_country_year", "no year is missing"): [
        "delete from {t} where country = 'US' and year = (select median(year) from {t})",
        "delete from {t} where country = 'US' and year = (select max(year) from {t})",
    ],
    ("fct_country_year", "all families are the sum of the year"): [
        "all_families = all_families + 1",
        "all_core_families = all_core_families + 1",
    ],
    ("fct_country_year", "growth follows the counts"): [
        "update {t} set growth = growth + 1 where country = 'US'",
        "update {t} set growth = null where country = 'US'",
    ],
    ("fct_country_year", "some year is complete"): ["update {t} set is_complete = false"],
    ("fct_patent_technology", "shares of a family sum to 1"): ["share = share / 2"],
    ("fct_patent_technology", "technology is known to BI"): [
        "technology = 'Y99Z'",
        "is_core_technology = not is_core_technology",
    ],
    ("fct_trend_segment", "segments follow each other"): [
        "update {t} set segment = segment + 1 where country = 'WORLD'",
        "last_year = first_year - 1",
        "insert into {t} select * replace (segment + 1 as segment) from {t} where country = 'WORLD'",
    ],
    ("fct_trend_segment", "years are complete"): ["last_year = 2024"],
    ("fct_trend_segment", "breaks lie within their dates"): [
        f"segment = 2, break_earliest = first_year{earliest}, break_latest = first_year{latest}, "
        f"bic_gain = {gain}, excess = 1"
        for earliest, latest, gain in (("+ 1", "+ 2", "1"), ("- 2", "- 1", "1"), ("", "", "null"))
    ],
    ("fct_trend_segment", "each is fitted or explained"): [
        "reason = 'too few', annual_growth = 0.1",
        "reason = null, annual_growth = null",
    ],
    ("fct_indicator_coverage", "every indicator is told for all families"): [
        "delete from {t} where country = 'WORLD'"
    ],
    ("fct_indicator_coverage", "countries make up the world"): ["known = known + 1"],
    ("fct_indicator_weight", "intervals hold their weight"): [
        "update {t} set weight_low = weight + 0.01",
        "update {t} set weight_high = weight - 0.01",
        "weight_method_low = 0.9, weight_method_high = 0.1",
    ],
    ("fct_indicator_weight", "weights sum to 1"): [
        "update {t} set weight = weight * 1.001",
        "update {t} set weight = null",
    ],
    ("fct_indicator_weight", "weights beside it sum to 1"): [
        "update {t} set entropy_weight = entropy_weight * 1.001",
        "update {t} set equal_weight = equal_weight * 1.001",
        "update {t} set critic_weight = critic_weight * 1.001",
    ],
    ("fct_indicator_weight", "no indicators repeat each other"): [
        "is_used = true, correlation = 0.91",
        "is_used = true, correlation = -0.91",
    ],
    ("fct_indicator_weight", "few values are imputed"): ["is_used = true, imputed_share = 0.21"],
    ("fct_indicator_weight", "no weight is mostly between countries"): [
        "is_used = true, between_country_share = 0.51"
    ],
    ("fct_indicator_weight", "each is used or explained"): [
        "is_used = true, reason = 'left out'",
        "is_used = false, reason = null",
    ],
    ("fct_patent", "fields are corrected for"): ["update {t} set field_corrected = 0.7"],
    ("fct_validity", "one measure is there"): [
        "auc = null, rank_correlation = null",
        "auc = 0.5, rank_correlation = 0.5",
    ],
    ("fct_validity", "measures are in range"): [
        "auc = 1.01, auc_low = null",
        "enrichment = -1, enrichment_low = null",
        "positives = families + 1",
    ],
    ("fct_validity", "intervals hold their number"): ["auc = 0.5, auc_low = 0.6, auc_high = 0.7"],
    ("fct_validity", "one row is said first"): ["sentence = 'Nothing.', is_headline = false"],
    ("fct_validity", "core families are cited later"): ["is_headline = true, enrichment_low = 0.9"],
    ("fct_indicator_weight", "no weight is above 0.35"): ["weight = 0.36"],
    ("fct_indicator_weight", "no indicator decides most of the core"): ["core_changed_without = 0.51"],
    ("fct_indicator_weight", "used indicators have several common values"): ["is_used = true, levels = 4"],
    ("fct_indicator_weight", "one indicator is the decisive one"): [
        "is_decisive = true, core_changed_without = 0.5",
        "sentence = 'Nothing decides.'",
    ],
    ("fct_collaboration_edge", "pairs are in order"): ["source = target"],
    ("fct_collaboration_edge", "core families are families"): ["core_families = families + 1"],
    ("fct_collaboration_edge", "groups are known to BI"): ["target = 'ZZZ nobody'"],
    ("fct_collaboration_profile", "the world is there"): ["delete from {t} where country = 'WORLD'"],
    ("fct_collaboration_profile", "kinds are parts of a whole"): [
        "firm_firm = 0.6, firm_university = 0.6, firm_institute = 0, university_institute = 0, "
        "firm_university_institute = 0"
    ],
    ("fct_collaboration_profile", "concentration is in order"): ["cr4 = 1, cr10 = 0.5", "hhi = 0"],
    ("fct_collaboration_profile", "interval is in order"): [
        f"{name}_low = 1, {name}_high = 0"
        for name in (
            "co_application_rate",
            "rate_ratio",
            "industry_research",
            "firm_firm",
            "leader_involvement",
            "chain",
        )
    ],
    ("fct_industry_profile", "shares of a country sum to 1"): ["share = share / 2 + 0.1"],
    ("fct_industry_profile", "each scheme holds every family"): [
        "update {t} set families = families * 1.001 where population = 'all'"
    ],
    ("fct_industry_profile", "interval is in order"): ["rsca_low = 1, rsca_high = 0"],
    ("fct_industry_profile", "advantages are sure"): [
        "is_advantage = true, is_small = true",
        "is_advantage = true, rsca_low = -0.1",
        "update {t} set is_advantage = true where industry = 'none'",
    ],
    ("fct_industry_profile", "industry is known to BI"): ["industry = '7.7'"],
    ("fct_technology_lag", "no country is held against itself"): ["reference = country"],
    ("fct_technology_lag", "pairs stand both ways"): [
        "country = 'ZZ'",
        "update {t} set lag = 1, lag_low = 0, lag_high = 2 where lag is null",
    ],
    ("fct_technology_lag", "conclusions follow the interval"): [
        "conclusion = 'behind', lag_low = -1",
        "conclusion = 'ahead', lag_high = 1",
        "conclusion = 'level', lag_low = -2, lag_high = 0.5",
    ],
    ("fct_technology_lag", "interval is in order"): ["lag_low = 1, lag_high = 0"],
    ("fct_emerging_link", "pairs are in order"): ["source = target"],
    ("fct_emerging_link", "pairs have not met"): [
        "update {t} set source = 'G06F', target = 'G06N' where network = 'WORLD'"
    ],
    ("fct_main_path", "spc_share is a share"): ["spc_share = 0", "spc_share = 1.1"],
    ("fct_main_path", "links lead forward in time"): [
        "update {t} set cited_family_id = citing_family_id, citing_family_id = cited_family_id"
    ],
    ("fct_main_path", "the global main path does not fork"): [
        "insert into {t} select * replace (cited_family_id as citing_family_id) from {t} where is_global"
    ],
    ("fct_main_path", "key-routes are ten, or all links"): [
        "update {t} set is_key_route = not is_key_route",
        "update {t} set key_route = key_route + 1",
        "network_links = network_links + 10, is_key_route = false",
    ],
    ("fct_main_path", "each link is on a main path"): [
        "key_route = null",
        "update {t} set is_global = false, key_route = null, is_key_route = false where network = 'WORLD'",
    ],
    ("fct_link_emergence", "pairs are in order"): ["source = target"],
    ("fct_link_emergence", "pairs met twice"): ["families = 1"],
    ("fct_link_prediction", "the model is better than degree alone"): [
        "update {t} set average_precision = 0 where predictor = 'logistic'"
    ],
    ("fct_network_similarity", "countries differ"): ["country_b = country_a"],
    ("fct_network_similarity", "intervals hold their numbers"): [
        "weighted_jaccard_lower = weighted_jaccard + 0.01, weighted_jaccard_upper = 1"
    ],
    ("fct_network_metric", "intervals are in order"): [
        "rarefied_density_lower = 1, rarefied_density_upper = 0"
    ],
    ("fct_pathway", "the other label is another"): ["technology_next = technology_path"],
    ("fct_pathway", "labels are firm"): ["industry_path = 'I1', industry_support = 0.7"],
    ("fct_pathway", "countries are large enough"): ["families = 29"],
    ("fct_pathway", "sentences claim no intent"): ["sentence = 'Demand drives it.'"],
    ("fct_pathway_test", "interval is in order"): ["low = 1, high = 0"],
    ("fct_pathway_test", "what is not known holds nothing"): ["value = null, holds = true"],
    ("fct_pathway_test", "high and low follow the interval"): [
        "test = 'density high', low = 0.1, benchmark = 0.2, holds = true",
        "test = 'density low', high = 0.2, benchmark = 0.1, holds = true",
    ],
    ("fct_pathway_test", "label is first of those that hold"): [
        "update {t} set holds = true where label = 'I3'; update marts.fct_pathway set industry_path = 'I1'",
        "update {t} set holds = true where label = 'C4'; "
        "update marts.fct_pathway set collaboration_path = 'C2'",
    ],
    ("fct_reference_path", "standing follows the gap"): [
        "standing = 'leading'",
        "standing = 'level'",
        "gap = 0",
    ],
    ("fct_reference_path", "who leads has most"): [
        "families = leader_families + 1",
        "rank = 1",
        "leader = country",
    ],
    ("fct_reference_path", "a reference is ahead"): [
        "reference = country",
        "standing = 'level'",
        "reference_families = families",
        "kind = 'neither'",
    ],
    ("fct_reference_path", "kind follows its figures"): [
        "kind = 'neither'",
        "is_advantage = true",
        "is_foundational = false",
        "is_advantage = true, kind = 'advantage', rsca_low = 0",
    ],
    ("fct_reference_path", "technology is key core"): ["technology = 'A01B'"],
    ("fct_reference_path", "country is known to BI"): ["country = 'QQ'"],
    ("fct_reference_path", "similarity is in range"): [
        "industry_similarity = 1.1",
        "path_similarity = -0.1",
        "similarity = 1.1",
    ],
    ("fct_network_metric", "the world is there"): ["delete from {t} where network = 'WORLD'"],
    ("fct_network_metric", "networks are large enough to read"): [
        "update {t} set families = 29 where level = 'subclass'"
    ],
    ("fct_patent", "scores beside it are in range"): [
        "equal_score = null",
        "critic_score = 100.1",
        "topsis_score = -0.1",
        "grey_score = 101",
    ],
    ("fct_patent", "positions are dense"): [
        "update {t} set position = 0 where position = 1",
        "update {t} set position = 1 where position = 2",
        "update {t} set position = position + 1",
    ],
    ("fct_patent", "order follows the score"): [
        "update {t} set score = 0 where position = 1",
        "update {t} set rank = rank + 2 where position = 1",
    ],
    ("fct_patent", "the core is the best"): [
        "update {t} set is_core = false where position = 1",
        "update {t} set is_core = true where position = (select max(position) from {t})",
    ],
    ("fct_patent", "some are core, not all"): [
        "update {t} set is_core = false",
        "update {t} set is_core = true",
    ],
    ("fct_patent", "intervals of ranks hold the rank"): [
        "rank_low = null",
        "rank_low = 0",
        "rank_high = rank_low - 1",
        "rank_method_low = rank + 1",
        "update {t} set rank_method_low = null where position = 1",
    ],
    ("fct_patent", "dates are in order"): [
        "priority_date = publication_date + 1, filing_date = null",
        "priority_date = publication_date + 1, filing_date = publication_date, publication_date = null",
    ],
    ("fct_patent", "few dates are out of order"): [
        "update {t} set priority_date = publication_date + 1 where position % 500 = 0"
    ],
    ("fct_patent", "countries are known"): ["update {t} set country = 'ZZ' where position % 10 = 0"],
    ("fct_patent", "most countries are known"): ["update {t} set country = 'ZZ' where position % 5 > 1"],
    ("fct_patent", "citation windows are closed"): ["update {t} set fc_5_window_closed = false"],
    ("fct_country_source", "steps of a country sum to 1"): ["share = share / 2"],
    ("fct_country_source", "countries sum to the families"): ["families = families + 1"],
    ("fct_country_source", "one basis is primary"): [
        "is_primary = not is_primary",
        "update {t} set is_primary = true",
        "update {t} set is_primary = false",
    ],
    ("fct_country_source", "compared countries are recorded"): ["update {t} set is_imputed = true"],
    (DERIVED, "key is unique"): TWICE,
    (DERIVED, "every row is complete"): ["share = null", "country = null"],
    (DERIVED, "numbers are finite"): ["share = 'nan'::double", "share_by_applicant = 'inf'::double"],
    (DERIVED, "topic, family_id refers to fct_patent"): ["family_id = 'none'", "topic = 'none'"],
    (DERIVED, "country refers to dim_country"): ["country = 'XX'"],
    ("fct_patent_country", "what other columns ask for is there"): ["share = 1, country_source = null"],
    ("fct_patent_country", "share is one of the three"): [
        "share = 0.123, share_by_applicant = 1, share_by_inventor = 1, share_by_first_filing = 1"
    ],
    ("fct_patent_country", "shares of a family sum to 1"): [
        "update {t} set share = share / 2",
        "update {t} set share_by_applicant = 1 - 1e-15 where share_by_applicant = 1",
        "update {t} set share_by_inventor = 0",
        "update {t} set share_by_first_filing = 0",
    ],
    ("fct_patent", "windows hold each other"): [
        "fc_3 = 1, fc_5 = 0",
        "fc_5 = 1, fc_7 = 0",
        "fc_5 = 0, fcx_5 = 1",
    ],
    ("fct_patent", "what is estimated is open"): [
        "fc_5_estimate = 9, fc_5_window_closed = true",
        "fc_7_estimate = 9, fc_7_window_closed = true",
    ],
    ("fct_patent", "scopes agree"): ["sc = 1, xsec = 1", "sc = 1, conv = 0.5"],
    # All rows of one family: it has as many as it has countries.
    ("fct_patent_country", "every family is shared out"): [
        "update {t} set family_id = 'none' where family_id = (select min(family_id) from {t})"
    ],
    ("fct_stability", "agreement is in range"): [
        "kendall_tau = 1.1",
        "kendall_tau = -1.1, kendall_tau_low = -1.1",
        "core_overlap = 1.1",
        "core_overlap_low = -0.1",
        "rank_biased_overlap = 1.1",
        "rank_biased_overlap_low = -0.1",
    ],
    ("fct_stability", "low is no higher"): [
        "kendall_tau_low = kendall_tau + 0.01",
        "core_overlap_low = core_overlap + 0.01",
        "rank_biased_overlap_low = rank_biased_overlap + 0.01",
    ],
    ("fct_stability", "the draws of families are there once"): [
        "delete from {t} where kind = 'sampling'",
        "insert into {t} from {t} where kind = 'sampling'",
    ],
    ("fct_stability", "the grid of methods is there"): [
        "delete from {t} where kind = 'method'",
        "update {t} set draws = 2 where kind = 'choice'",
    ],
    ("fct_stability", "the core holds when families are drawn anew"): [
        "update {t} set core_overlap = 0.49 where kind = 'sampling'"
    ],
    ("fct_sensitivity", "choice is one of the known"): ["choice = 'mood'"],
    ("fct_sensitivity", "one option moves a country most"): [
        "update {t} set is_largest = true",
        "update {t} set is_largest = false",
    ],
    ("fct_sensitivity", "ranks start at 1"): ["update {t} set rank_core = rank_core + 1"],
    ("fct_sensitivity", "shares sum to 1"): ["update {t} set core_share = core_share / 2"],
    ("fct_sensitivity", "what other columns ask for is there"): ["core_share = null, core_families = 1"],
    ("fct_threshold", "one threshold is the default"): [
        "update {t} set is_default = true",
        "update {t} set is_default = false",
    ],
    ("fct_threshold", "ties are core"): [
        "tied_families = core_families + 1",
        "tied_families = 1",
        "tied_families = -2",
    ],
    ("fct_threshold", "a lower cut lets in no fewer"): [
        "update {t} set core_families = core_families + 3150 where rule = 'top_share' and threshold = 0.01"
    ],
    ("fct_patent_subfield", "one sub-field of a family is its primary"): ["is_primary = not is_primary"],
    ("fct_patent_subfield", "the primary is the one of fct_patent"): [
        "update {t} set subfield = 'nonsense' where is_primary",
        "delete from {t} where is_primary",
    ],
    ("stg_citation", "cites one thing"): [
        "cited_publication = null, npl = null",
        "cited_publication = 'US-1-A', npl = 'Nature 1869'",
    ],
    ("stg_citation", "cites no self"): ["cited_publication = citing_publication"],
    ("stg_classification", "symbol is canonical"): [
        "symbol = 'H01L 21/02'",
        "symbol = 'h01l21/02'",
        "symbol = 'H01L21'",
    ],
    ("stg_classification", "symbols can be read"): ["subclass = null"],
    ("stg_classification", "closed places are mapped"): ["main_group = 'H01L27'", "main_group = 'G06K9'"],
    ("stg_document", "publication number is canonical"): [
        "publication_number = 'US7650331B1'",
        "publication_number = 'US-7,650,331-B1'",
    ],
    ("stg_document", "dates are in order"): [
        "filing_date = publication_date + 1, priority_date = null",
        "priority_date = publication_date + 1, filing_date = publication_date",
    ],
    ("stg_document", "few dates are out of order"): [
        "update {t} set filing_date = publication_date + 1, priority_date = null where rowid % 500 = 0"
    ],
    ("stg_document", "publication date is plausible"): [
        "publication_date = date '1789-12-31', filing_date = null, priority_date = null",
        "publication_date = current_date + 60",
    ],
    ("stg_family", "a family has one number"): [
        "update {t} set family = (select max(family) from {t}) where family = (select min(family) from {t})",
        "update {t} set family = (select max(family) + 1 from {t}) "
        "where family_id in (select family_id from {t} group by family_id having count(*) > 1) "
        "and publication_number in (select max(publication_number) from {t} group by family_id)",
    ],
    ("stg_family_citation", "no self-citation"): ["cited_family = citing_family"],
    ("stg_invention", "what every family has is known"): ["is_pct = null", "party_publication = null"],
    ("stg_invention", "its documents stand for it"): [
        "representative_publication = 'US-0-A'",
        "publication_date = publication_date + 1",
    ],
    ("stg_invention", "the figures agree"): [
        "office_count = document_count + 1",
        "is_triadic = true, grant_date = null",
    ],
    ("stg_invention", "dates are in order"): ["priority_date = publication_date + 1"],
    ("stg_invention", "few dates are out of order"): [
        "update {t} set priority_date = publication_date + 1 where rowid % 500 = 0"
    ],
    ("stg_invention", "families can be placed"): ["update {t} set first_filing_office = null"],
    ("stg_invention_code", "main groups are in their subclass"): ["subclass = null", "main_group = 'Y99Z1'"],
    ("stg_invention_subclass", "subclasses are counted"): ["subclass_count = subclass_count + 1"],
    ("stg_party", "country is ISO 3166"): ["country = 'USA'", "country = 'us'", "country = ''"],
    ("stg_party", "applicants have a country"): ["update {t} set country = null"],
    ("stg_priority", "priority is no later than the publication"): ["priority_date = date '2990-01-01'"],
}

# Warnings that the sample deserves, and what would spare it: there, bad rows prove nothing alone.
SPARED = {
    ("fct_core_technology", "some technology is core"): (
        "update {t} set is_core_technology = true where rank = 1"
    ),
    (
        "fct_link_prediction",
        "the model is better than degree alone",
    ): "update {t} set average_precision = 1 where predictor = 'logistic'",
    ("fct_patent", "citation windows are closed"): "update {t} set fc_5_window_closed = true",
    ("fct_country_source", "compared countries are recorded"): "update {t} set is_imputed = false",
    ("fct_indicator_weight", "no weight is above 0.35"): "update {t} set weight = least(weight, 0.35)",
    (
        "fct_indicator_weight",
        "no indicator decides most of the core",
    ): "update {t} set core_changed_without = least(core_changed_without, 0.5)",
    (
        "fct_indicator_weight",
        "used indicators have several common values",
    ): "update {t} set levels = greatest(levels, 5)",
    ("source_table", "sources are fresh"): "update {t} set newest_publication = current_date - 399",
    ("stg_party", "applicants have a country"): "update {t} set country = 'US'",
    ("stg_citation", "cites no self"): "delete from {t} where cited_publication = citing_publication",
}

# What is odd and within a declared bound: it passes.
ODD = {
    ("source_file", "few rows are rejected"): ["loaded = loaded - 40, rejected = 40"],
    ("source_table", "no table went back in time"): ["newest_before = newest_publication"],
    ("stg_document", "few dates are out of order"): [
        "filing_date = publication_date + 1, priority_date = null"
    ],
    ("stg_invention", "few dates are out of order"): ["priority_date = publication_date + 1"],
    ("stg_organisation", "types are known"): [
        "update {t} set organisation_type = 'UNKNOWN' where rowid % 20 = 0"
    ],
    ("stg_organisation", "most types are known"): [
        "update {t} set organisation_type = 'UNKNOWN' where rowid % 5 = 0"
    ],
    ("fct_patent", "few dates are out of order"): ["priority_date = publication_date + 1"],
    ("fct_patent", "most countries are known"): ["update {t} set country = 'ZZ' where position % 5 = 0"],
}

# A mart that the sample leaves empty, and the one row that is changed instead.
GIVEN = {
    "fct_reference_path": "delete from {t}; insert into {t} by name select "
    "'information_technology' as topic, "
    "'G06N' as technology, 'CN' as country, 40 as families, 4 as rank, 'US' as leader, "
    "400 as leader_families, -17 as gap, 'lagging' as standing, 'all' as subfield, 4 as lag, "
    "true as is_foundational, false as is_advantage, 'foundational' as kind, 'US' as reference, "
    "400 as reference_families, 0.5 as industry_similarity, 0 as path_similarity, "
    "0.25 as similarity, -0.4 as rsca, -0.5 as rsca_low, 'China is lagging.' as reason;",
    "fct_validity": "delete from {t}; insert into {t} by name select "
    "'information_technology' as topic, 'horizon' as knowledge, 'is_top_5' as outcome, "
    "'all' as scope, 'all' as scope_name, 'topic' as weighting, 'sum' as scoring, "
    "10 as last_year, 900 as families, 45 as positives, 90 as core_families, "
    "0.7 as auc, 0.6 as auc_low, 0.8 as auc_high, 0 as auc_gain, 0 as auc_gain_low, "
    "0 as auc_gain_high, 3 as enrichment, 2 as enrichment_low, 4 as enrichment_high, "
    "true as is_headline, 'It held up.' as sentence;",
}

# Tables that may have no row at all: one country has no pairs, and a narrow topic no network.
MAY_BE_EMPTY = sorted(
    {table for table, _ in EXPECTATIONS} - {table for table, name in EXPECTATIONS if name == "has rows"}
)

# Tables of which a part will do: nothing but their own rows decides their expectations.
LARGE = {"stg_citation", "stg_family_citation"}


@dataclass(frozen=True)
class Seeded:
    """A change to one table, and the expectation that reads it."""

    table: str
    expectation: str
    change: str
    is_bad: bool = True

    @property
    def config(self) -> dict[str, Any]:
        return EXPECTATIONS[self.table, self.expectation]

    @property
    def reads(self) -> set[str]:
        query = self.config["kwargs"].get("unexpected_rows_query", "")
        return {self.table, *re.findall(r"(?:marts|staging|meta)\.(\w+)", query)}

    @property
    def sql(self) -> str:
        table = f"{schema_of(self.table)}.{self.table}"
        given = GIVEN.get(self.table, "").format(t=table)
        if re.match("(update|insert|delete) ", self.change):
            return given + self.change.format(t=table)
        change = f"update {table} set {self.change} where rowid = (select min(rowid) from {table})"
        return given + change


def schema_of(table: str) -> str:
    schemas = {"stg": "staging", "source": "meta"}
    return schemas.get(table.split("_")[0], "marts")


def bad_rows(table: str, name: str) -> Iterator[Seeded]:
    """What the expectation must notice: rows beyond what it allows, or those of BAD."""
    expectation = EXPECTATIONS[table, name]
    kwargs = expectation["kwargs"]
    match expectation["type"]:
        case "expect_table_row_count_to_be_between":
            changes = ["delete from {t}"]
        case "expect_column_values_to_be_unique" | "expect_compound_columns_to_be_unique":
            changes = TWICE
        case "expect_column_values_to_not_be_null":
            changes = [f"{kwargs['column']} = null"]
        case "expect_column_values_to_be_in_set":
            changes = [f"{kwargs['column']} = 'nonsense'"]
        case "expect_column_values_to_be_between":
            bounds = {"min_value": -1, "max_value": 1}
            changes = [
                f"{kwargs['column']} = {kwargs[bound] + beyond}"
                for bound, beyond in bounds.items()
                if bound in kwargs
            ]
        case _:
            changes = BAD[table, name]
    yield from (Seeded(table, name, change) for change in changes)
    fine = [SPARED[table, name]] if (table, name) in SPARED else ODD.get((table, name), [])
    yield from (Seeded(table, name, change, is_bad=False) for change in fine)


CASES = [case for key in EXPECTATIONS for case in bad_rows(*key)]


def rounds_of(cases: list[Seeded]) -> list[list[Seeded]]:
    """Share cases out between copies, so that none changes what another's expectation reads."""
    rounds: list[list[Seeded]] = []
    for case in cases:
        for others in rounds:
            if not any(case.table in o.reads or o.table in case.reads for o in others):
                others.append(case)
                break
        else:
            rounds.append([case])
    return rounds


@pytest.fixture(scope="module")
def validated(once, sample_release) -> dict[Any, Result]:
    """The result of each case, and of an expectation that cannot be evaluated."""

    def make(folder: Path) -> dict[Any, Result]:
        base = folder / "good.duckdb"
        copy_tables(sample_release.warehouse, sample_release.database, base)
        jobs, order, by_query = [], [], {}
        for number, cases in enumerate(rounds_of(CASES)):
            file = folder / f"{number}.duckdb"
            shutil.copyfile(base, file)
            with duckdb.connect(str(file)) as db:
                for case in cases:
                    db.execute(case.sql)
                for case in cases:
                    (found,) = evaluate(db, suite(case.table, case.config))
                    by_query["by query", case.table, case.expectation, case.change] = found
            jobs.append(Job(str(file), [suite(case.table, case.config) for case in cases]))
            order += [(c.table, c.expectation, c.change) for c in cases]
        kwargs = {"column": "no_such_column"}
        about = {"name": "odd", "why": "A suite may be behind its table"}
        odd = {"type": "expect_column_values_to_not_be_null", "kwargs": kwargs, "meta": about}
        jobs.append(Job(str(base), [suite("dim_period", odd | {"severity": "warning"})]))
        order.append("odd")
        query = "from read_text('/etc/hostname')"
        kwargs, about = {"unexpected_rows_query": query}, about | {"name": "reaches out"}
        reaching = {"type": "unexpected_rows_expectation", "kwargs": kwargs, "meta": about}
        jobs.append(Job(str(base), [suite("dim_period", reaching)]))
        order.append("reaching")
        empty = folder / "empty.duckdb"
        shutil.copyfile(base, empty)
        with duckdb.connect(str(empty)) as db:
            db.execute("update marts.fct_patent set subfield = null")  # a topic without sub-fields
            for table in MAY_BE_EMPTY:
                db.execute(f"delete from {schema_of(table)}.{table}")
        jobs.append(Job(str(empty), [suite(table, *known(table)) for table in MAY_BE_EMPTY]))
        with Validator() as validator:
            results = validator.validate(jobs)
        shutil.rmtree(folder)
        of_empty = results[len(order) :]
        seeded = dict(zip(order, results, strict=False))
        return seeded | by_query | {(r.table, r.expectation, "empty"): r for r in of_empty}

    return once("validate", make)


def copy_tables(warehouse: Path, release: Path, target: Path) -> None:
    with duckdb.connect(str(target)) as db:
        for catalog, path, schema in (
            ("warehouse", warehouse, "staging"),
            ("release", release, "marts"),
            ("release", release, "meta"),
        ):
            db.execute(f"attach if not exists '{path}' as {catalog} (read_only)")
            db.execute(f"create schema {schema}")
            for (table,) in db.sql(
                "select table_name from duckdb_tables() "
                f"where database_name = '{catalog}' and schema_name = '{schema}'"
            ).fetchall():
                part = "limit 1000" if table in LARGE else ""
                db.execute(f"create table {schema}.{table} as from {catalog}.{schema}.{table} {part}")


def suite(table: str, *expectations: dict[str, Any]) -> Suite:
    return Suite(schema_of(table), table, list(expectations))


@pytest.mark.parametrize("key", EXPECTATIONS, ids=": ".join)
def test_an_expectation_passes_on_the_sample_or_warns(key: tuple[str, str], sample_release) -> None:
    (result,) = (r for r in sample_release.outcome.results if (r.table, r.expectation) == key)
    assert result.outcome == ("failed" if key in SPARED else "passed")
    assert not result.rejects


@pytest.mark.whole
@pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c.table}: {c.expectation}: {c.change}")
def test_an_expectation_fails_on_a_bad_row(case: Seeded, validated) -> None:
    result = validated[case.table, case.expectation, case.change]
    assert (result.table, result.expectation) == (case.table, case.expectation)
    assert (result.severity, result.why) == (case.config["severity"], case.config["meta"]["why"])
    assert result.outcome == ("failed" if case.is_bad else "passed"), result.observed
    assert result.rejects == (case.is_bad and result.severity == "critical")


@pytest.mark.whole
def test_one_query_finds_what_great_expectations_finds(validated) -> None:
    found = {key[1:]: result for key, result in validated.items() if key[0] == "by query"}
    assert len(found) == len(CASES)
    for key, result in found.items():
        assert result == replace(validated[key], validated_at=result.validated_at)


def test_what_cannot_be_counted_is_told_and_takes_no_other_result_along() -> None:
    with duckdb.connect() as db:
        db.execute("create schema staging; create table staging.stg_a as select 1 as n")
        about = {
            "severity": "warning",
            "meta": {"name": "of no column", "why": "A suite may be behind its table"},
        }
        odd = {"type": "expect_column_values_to_not_be_null", "kwargs": {"column": "m"}} | about
        good = {"type": "expect_table_row_count_to_be_between", "kwargs": {"min_value": 1}} | about
        first, second = evaluate(db, Suite("staging", "stg_a", [odd, good]))
    assert (first.outcome, first.rejects, second.outcome) == ("errored", True, "passed")
    assert '"m" not found' in first.observed


# What a table lost and gained since all was well, and the key that its expectations have to find.
MOVED = {
    "single rows": ("n is known", "", "insert into {t} values (9, null, 2)"),
    "rows whose key came last": ("key is unique", "", "insert into {t} values (1, 1, 1)"),
    "groups that a row went from": ("sizes agree", "delete from {t} where id = 2", ""),
    "rows that hold what is gone elsewhere": ("n refers to other", "delete from {other} where n = 2", ""),
    "rows that came and hold nothing": ("n refers to other", "", "insert into {t} values (9, 7, 1)"),
}


@pytest.mark.parametrize("case", MOVED, ids=str)
def test_of_a_table_that_changed_no_more_is_seen_than_may_be_wrong(case: str) -> None:
    name, gone, come = MOVED[case]
    sizes = "select n from {batch} group by n having count(*) <> min(size)"
    expected = [
        *derived("staging", key=["id"], references=[("other", ["n"], ["n"])]),
        {
            "type": "unexpected_rows_expectation",
            "kwargs": {"unexpected_rows_query": "select id from {batch} where n is null"},
            "meta": {"name": "n is known", "why": "."},
        },
        {
            "type": "unexpected_rows_expectation",
            "kwargs": {"unexpected_rows_query": sizes},
            "meta": {"name": "sizes agree", "why": "."},
        },
    ]
    suite = Suite("staging", "t", expected)
    tables = {"t": "staging.t", "other": "staging.other"}
    with duckdb.connect() as db:
        db.execute("create schema staging; create schema removed; create schema added")
        db.execute(
            "create table staging.t as from (values (1, 1, 1), (2, 2, 2), (3, 2, 2)) as r (id, n, size)"
        )
        db.execute("create table staging.other as from (values (1), (2)) as r (n)")
        before = evaluate(db, suite)
        assert {result.outcome for result in before} == {"passed"}
        for table in tables:
            db.execute(f"create table was_{table} as from staging.{table}")
        for change in filter(None, (gone, come)):
            db.execute(change.format(**tables))
        moved = {}
        for table, name_ in tables.items():
            db.execute(f"create table removed.{table} as from was_{table} except all from staging.{table}")
            db.execute(f"create table added.{table} as from staging.{table} except all from was_{table}")
            moved[name_] = (f"removed.{table}", f"added.{table}")
        found = evaluate(db, suite, moved, before)
        assert [r.expectation for r in found if r.outcome == "failed" and r.expectation == name] == [name]
        assert [r.observed for r in found] == [r.observed for r in evaluate(db, suite)]
        # What was wrong before stays in sight, and so does all where it is not known what changed.
        db.execute("insert into staging.t values (5, null, 1)")
        known = {r.expectation: r.observed for r in evaluate(db, suite, moved, before)}
        failed = [replace(result, outcome="failed") for result in before]
        unknown = {r.expectation: r.observed for r in evaluate(db, suite, {}, before)}
        assert {r.expectation: r.observed for r in evaluate(db, suite, moved, failed)} == unknown
        assert int(unknown["n is known"]) == int(known["n is known"]) + 1


@pytest.mark.whole
@pytest.mark.parametrize("table", MAY_BE_EMPTY)
def test_a_table_that_may_be_empty_passes_when_it_is(table: str, validated) -> None:
    results = [
        validated[*key, "empty"]
        for key in EXPECTATIONS
        if key[0] == table and EXPECTATIONS[key] in known(table)
    ]
    assert [r for r in results if r.outcome != "passed"] == []


@pytest.mark.slow
def test_a_world_of_one_country_is_published(tmp_path: Path) -> None:
    world.main(["--families", "3000", "--layout", "google_patents", "--out", f"{tmp_path}/all"])
    (tmp_path / "one").mkdir()
    with duckdb.connect() as db:
        db.execute(
            f"create view everyone as from read_parquet('{tmp_path}/all/*.parquet'); "
            "copy (from everyone where family_id not in (select family_id from everyone, "
            "unnest(assignee_harmonized) as of_(owner) where owner.country_code <> 'JP')) "
            f"to '{tmp_path}/one/publications.parquet'"
        )
    outcome = refresh(
        Settings(
            sources={"google_patents": tmp_path / "one"},
            countries=["JP"],
            threads=2,
            warehouse=tmp_path / "warehouse.duckdb",
            releases=tmp_path / "releases",
        )
    )
    assert outcome.status == "published"
    assert outcome.rows["fct_network_similarity"] == outcome.rows["fct_technology_lag"] == 0


@pytest.mark.whole
def test_a_result_says_how_many_rows_are_bad_and_in_which_columns(validated) -> None:
    name = "country_source is one of the known"
    result = validated["fct_patent", name, "country_source = 'nonsense'"]
    assert (result.column, result.observed) == ("country_source", "1")
    # Whoever receives an enumeration of Great Expectations would have to import it.
    assert {type(value) for value in vars(result).values()} == {str}


@pytest.mark.whole
def test_an_expectation_that_cannot_be_evaluated_rejects_even_as_a_warning(validated) -> None:
    result = validated["odd"]
    assert (result.outcome, result.severity) == ("errored", "warning")
    assert "no_such_column" in result.observed
    assert result.rejects


@pytest.mark.whole
def test_an_expectation_reads_no_other_file(validated) -> None:
    result = validated["reaching"]
    assert result.outcome == "errored"
    assert "file system operations are disabled" in result.observed


@pytest.mark.parametrize(
    ("severity", "outcome", "rejects"),
    [
        ("critical", "failed", True),
        ("warning", "failed", False),
        ("info", "failed", False),
        ("critical", "errored", True),
        ("warning", "errored", True),
        ("info", "errored", True),
        ("critical", "passed", False),
    ],
)
def test_only_what_is_critical_or_cannot_be_evaluated_rejects(
    severity: Any, outcome: Any, rejects: bool
) -> None:
    result = Result("fct_patent", "score is known", None, severity, outcome, "1", "It ranks")
    assert result.rejects == rejects


@pytest.mark.parametrize("path", sorted(SUITES.glob("*.json")), ids=lambda path: path.stem)
def test_every_expectation_has_a_name_of_its_own_a_reason_and_a_severity(path: Path) -> None:
    suite = json.loads(path.read_text())
    assert suite["name"] == path.stem
    for expectation in suite["expectations"]:
        assert expectation.keys() == {"type", "kwargs", "severity", "meta"}
        assert expectation["severity"] in {"critical", "warning", "info"}
        assert {"name", "why"} <= expectation["meta"].keys() <= {"name", "why", "depends"}
        assert all(text.strip() for name, text in expectation["meta"].items() if name != "depends")
    names = [expectation["meta"]["name"] for expectation in suite["expectations"]]
    assert len(set(names)) == len(names)


def test_every_reason_is_told_in_words_and_is_no_copy_of_anothers() -> None:
    names: dict[str, set[str]] = {}
    for (table, name), expectation in EXPECTATIONS.items():
        why = expectation["meta"]["why"]
        assert len(why.split()) >= 4, (table, name)
        names.setdefault(why, set()).add(name)
    assert {why: sorted(said) for why, said in names.items() if len(said) > 1} == {}


def test_what_is_loaded_every_staging_table_and_every_mart_has_a_suite() -> None:
    """A view is part of a table that has one."""
    tables = {t.name for t in TABLES.values() if t.schema in ("marts", "staging") and not t.is_view}
    assert tables | {"source_file", "source_table"} == {path.stem for path in SUITES.glob("*.json")}


def test_every_mart_is_held_to_its_key_its_columns_and_finite_numbers(sample_release) -> None:
    found: dict[str, set[str]] = {}
    for result in sample_release.outcome.results:
        found.setdefault(result.table, set()).add(result.expectation)
    with duckdb.connect(str(sample_release.database), read_only=True) as db:
        numbers = {
            mart
            for (mart,) in db.sql(
                "select distinct table_name from duckdb_columns() "
                "where schema_name = 'marts' and data_type = 'DOUBLE'"
            ).fetchall()
        }
    for table in TABLES.values():
        if table.schema == "marts":
            assert found[table.name] >= {"key is unique", "every row is complete"}
            assert ("numbers are finite" in found[table.name]) == (table.name in numbers)
            references = {f"{', '.join(own)} refers to {mart}" for mart, own in head_of(table).references}
            assert found[table.name] >= references


def test_no_bad_row_is_meant_for_an_expectation_that_is_gone() -> None:
    assert BAD.keys() <= EXPECTATIONS.keys()
    assert SPARED.keys() | ODD.keys() <= BAD.keys()
    assert not SPARED.keys() & ODD.keys()


def test_what_a_library_prints_does_not_spoil_the_results(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "great_expectations.py").write_text("print('Welcome to Great Expectations!')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with Validator() as validator:
        assert validator.validate([]) == []


def test_a_validator_answers_as_often_as_it_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "great_expectations.py").write_text("import sys; print('x' * 200_000, file=sys.stderr)")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with Validator() as validator:
        assert [validator.validate([]) for _ in range(3)] == [[], [], []]
        assert validator._process.poll() is None


def test_a_validator_that_is_not_needed_is_ended() -> None:
    with Validator() as validator:
        process = validator._process
        assert process.poll() is None
    assert process.poll() is not None


def test_a_result_goes_with_the_table_its_suite_and_the_tables_its_suite_reads() -> None:
    def fingerprint(query: str, **tables: str) -> str:
        of_suite = Suite("staging", "stg_a", [{"query": query}])
        return of_suite.fingerprint({f"staging.{name}": mark for name, mark in tables.items()})

    query = "select 1 from {batch}, staging.stg_b"
    same = {"stg_a": "1", "stg_b": "1", "stg_c": "1"}
    assert fingerprint(query, **same) == fingerprint(query, **(same | {"stg_c": "2"}))
    changed = [
        fingerprint(query, **(same | {"stg_a": "2"})),
        fingerprint(query, **(same | {"stg_b": "2"})),
        fingerprint(query + " ", **same),
    ]
    assert len({fingerprint(query, **same), *changed}) == 4


def test_a_result_that_could_not_be_evaluated_is_asked_for_again() -> None:
    passed = Result("stg_a", "is", None, "critical", "passed", "", "why")
    errored = replace(passed, table="stg_b", outcome="errored")
    with duckdb.connect() as db:
        db.execute("attach ':memory:' as warehouse; create schema warehouse.raw")
        fingerprints = {"stg_a": "1", "stg_b": "1", "stg_c": "1"}
        assert stored_results(db, fingerprints) == {}
        store_results(db, fingerprints, [passed, errored])
        assert stored_results(db, fingerprints) == {"stg_a": [passed]}
        assert stored_results(db, {"stg_a": "2"}) == {}


def test_a_result_that_rejects_is_asked_for_again_and_a_warning_is_not() -> None:
    warned = Result("stg_a", "is", None, "warning", "failed", "3", "why")
    rejecting = replace(warned, table="stg_b", severity="critical")
    with duckdb.connect() as db:
        db.execute("attach ':memory:' as warehouse; create schema warehouse.raw")
        fingerprints = {"stg_a": "1", "stg_b": "1"}
        assert stored_results(db, fingerprints) == {}
        store_results(db, fingerprints, [warned, rejecting])
        assert stored_results(db, fingerprints) == {"stg_a": [warned]}
