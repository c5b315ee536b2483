"""Suites: each expectation passes on the sample and fails on a bad row, and verdicts are kept.

Great Expectations takes ten seconds to import. All bad rows are therefore judged by one process,
once a session: each goes into a copy of the sample's tables, together with the bad rows of other
tables that its expectation does not read, so that a failure has one cause.
"""

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from warehouse.errors import CorepathError
from warehouse.graph import discover
from warehouse.sources import available
from warehouse.validate import SUITES, Job, Result, Validator, suites_for

EXPECTATIONS = {
    (path.stem, expectation["meta"]["name"]): expectation
    for path in sorted(SUITES.glob("*.json"))
    for expectation in json.loads(path.read_text())["expectations"]
}

# What one row is set to, or a statement, that an expectation written in SQL must notice.
TWICE = ["insert into {t} from {t} limit 1"]
BAD = {
    ("dim_organisation", "families cover their shares"): [
        "fractional_families = families + 1",
        "fractional_families = 0",
    ],
    ("dim_organisation", "organisation_type is one of the known"): [
        "organisation_type = 'nonsense'",
        "organisation_type = 'COMPANY nonsense'",
    ],
    ("stg_organisation", "type is one of PATSTAT's"): [
        "organisation_type = 'nonsense'",
        "organisation_type = 'COMPANY UNKNOWN'",
    ],
    ("dim_period", "periods do not overlap"): [
        "update {t} set last_year = last_year + 1 "
        "where first_year = (select min(first_year) from {t})",
    ],
    ("dim_technology", "subclasses have a title"): [
        "update {t} set title = null where technology = 'G06N'",
    ],
    ("fct_convergence_edge", "pairs are in order"): [
        "source = target",
        "source = target, target = source",
    ],
    ("fct_convergence_edge", "counts are in order"): [
        "full_count = 0, fractional_count = 0, pair_fraction = 0",
        "fractional_count = full_count + 1",
        "pair_fraction = fractional_count + 1",
    ],
    ("fct_convergence_edge", "technology is known to BI"): [
        "source = 'A00Q'",
        "target = 'Y99Z'",
    ],
    ("fct_convergence_node", "PageRank sums to 1"): ["pagerank = pagerank + 0.01"],
    ("fct_convergence_node", "strength is the sum of ties"): ["strength = strength + 1"],
    ("fct_citing_office", "shares of a country sum to 1"): ["share = share / 2"],
    ("fct_core_technology", "core families are families"): [
        "core_families = families + 1",
        "families = 0, core_families = 0",
    ],
    ("fct_core_technology", "key core technologies pass the test"): [
        "update {t} set is_core_technology = false where rank = 1",
        "update {t} set is_core_technology = true where rank = (select max(rank) from {t})",
    ],
    ("fct_core_technology", "ranks are dense"): [
        "update {t} set rank = 0 where rank = 1",
        "update {t} set rank = 1 where rank = 2",
        "update {t} set rank = rank + 1",
    ],
    ("fct_core_technology", "technology is known to BI"): ["technology = 'Y99Z'"],
    ("fct_core_technology", "some technology is core"): [
        "update {t} set is_core_technology = false"
    ],
    ("fct_country_ranking", "interval holds the rate"): [
        "core_rate_lower = core_rate + 0.1",
        "core_rate_upper = core_rate - 0.1",
    ],
    ("fct_country_ranking", "every threshold has a first"): [
        "update {t} set rank_families = rank_families + 1 where is_default",
        "update {t} set rank_core = rank_core + 1 where is_default",
    ],
    ("fct_country_ranking", "one threshold is the default"): [
        "update {t} set is_default = true",
        "update {t} set is_default = false",
    ],
    ("fct_country_year", "core families are families"): ["core_families = families + 1"],
    ("fct_country_year", "countries sum to the families"): ["families = families + 1"],
    ("fct_indicator_coverage", "every indicator is told for all families"): [
        "delete from {t} where country = 'WORLD'"
    ],
    ("fct_indicator_coverage", "countries make up the world"): ["known = known + 1"],
    ("fct_indicator_weight", "weights sum to 1"): [
        "update {t} set weight = weight * 1.001",
        "update {t} set weight = null",
    ],
    ("fct_indicator_weight", "each is used or explained"): [
        "is_used = true, reason = 'left out'",
        "is_used = false, reason = null",
    ],
    ("fct_indicator_weight", "no indicator decides alone"): ["weight = 0.95"],
    ("fct_network_metric", "the world is there"): ["delete from {t} where network = 'WORLD'"],
    ("fct_network_metric", "networks are large enough to read"): ["families = 29"],
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
    ("fct_patent", "dates are in order"): [
        "priority_date = publication_date + 1, filing_date = null",
        "priority_date = filing_date + 1, publication_date = null",
    ],
    ("fct_patent", "countries are known"): [
        "update {t} set country = 'ZZ' where position % 10 = 0"
    ],
    ("fct_patent", "citation windows are closed"): ["update {t} set fc_5_window_closed = false"],
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
    ("fct_patent_country", "shares of a family sum to 1"): ["share = share / 2"],
    ("fct_patent_country", "every family is shared out"): ["family_id = 'none'"],
    ("fct_patent_country", "country is known to BI"): ["country = 'XX'"],
    ("stg_citation", "cites one thing"): [
        "cited_publication = null, npl = null",
        "cited_publication = 'US-1-A', npl = 'Nature 1869'",
    ],
    ("stg_citation", "cites no self"): ["cited_publication = citing_publication"],
    ("stg_classification", "key is unique"): TWICE,
    ("stg_classification", "symbol is canonical"): [
        "symbol = 'H01L 21/02'",
        "symbol = 'h01l21/02'",
        "symbol = 'H01L21'",
    ],
    ("stg_classification", "symbols can be read"): ["subclass = null"],
    ("stg_classification", "closed places are mapped"): [
        "main_group = 'H01L27'",
        "main_group = 'G06K9'",
    ],
    ("stg_classification", "publication is loaded"): ["publication_number = 'US-0-A'"],
    ("stg_document", "publication number is canonical"): [
        "publication_number = 'US7650331B1'",
        "publication_number = 'US-7,650,331-B1'",
    ],
    ("stg_document", "dates are in order"): [
        "filing_date = publication_date + 1, priority_date = null",
        "priority_date = publication_date + 1, filing_date = publication_date",
    ],
    ("stg_document", "publication date is plausible"): [
        "publication_date = date '1789-12-31', filing_date = null, priority_date = null",
        "publication_date = current_date + 60",
    ],
    ("stg_family", "every publication has a family"): ["publication_number = 'US-0-A'"],
    ("stg_family_citation", "key is unique"): TWICE,
    ("stg_family_citation", "no self-citation"): ["cited_family = citing_family"],
    ("stg_invention", "what every family has is known"): [
        "is_pct = null",
        "party_publication = null",
    ],
    ("stg_invention", "its documents stand for it"): [
        "representative_publication = 'US-0-A'",
        "publication_date = publication_date + 1",
    ],
    ("stg_invention", "the figures agree"): [
        "office_count = document_count + 1",
        "priority_date = publication_date + 1",
        "is_triadic = true, grant_date = null",
    ],
    ("stg_invention_code", "key is unique"): TWICE,
    ("stg_invention_code", "main groups are in their subclass"): [
        "subclass = null",
        "main_group = 'Y99Z1'",
    ],
    ("stg_invention_code", "every family is an invention"): ["family_id = 'none'"],
    ("stg_invention_subclass", "key is unique"): TWICE,
    ("stg_invention_subclass", "subclasses are counted"): ["subclass_count = subclass_count + 1"],
    ("stg_party", "key is unique"): TWICE,
    ("stg_party", "country is ISO 3166"): ["country = 'USA'", "country = 'us'", "country = ''"],
    ("stg_party", "publication is loaded"): ["publication_number = 'US-0-A'"],
    ("stg_priority", "key is unique"): TWICE,
    ("stg_priority", "priority is no later than the publication"): [
        "priority_date = date '2990-01-01'"
    ],
}

# A column of each mart that every row must fill, and one of its DOUBLEs.
FILLED = {
    "dim_country": ("is_compared", None),
    "dim_organisation": ("families", "fractional_families"),
    "dim_period": ("last_year", None),
    "dim_technology": ("section", None),
    "fct_convergence_edge": ("full_count", "z"),
    "fct_convergence_node": ("degree", "effective_size"),
    "fct_core_technology": ("is_core_technology", "location_quotient"),
    "fct_country_ranking": ("rank_core", "families"),
    "fct_country_year": ("core_families", "cumulative_families"),
    "fct_citing_office": ("citations", "citations"),
    "fct_indicator_coverage": ("families", "known"),
    "fct_indicator_weight": ("coverage", "entropy"),
    "fct_network_metric": ("nodes", "average_path_length"),
    "fct_patent": ("is_core", "fc_5"),
    "fct_patent_country": ("share", "share"),
}
for mart, (filled, number) in FILLED.items():
    BAD[mart, "every row is complete"] = [f"{filled} = null"]
    if number:
        infinite = [f"{number} = '{value}'::double" for value in ("nan", "inf")]
        BAD[mart, "numbers are finite"] = infinite
BAD["fct_indicator_weight", "every row is complete"].append("is_used = true, weight = null")

# Warnings that the sample deserves, and what would spare it: there, bad rows prove nothing alone.
MENDED = {
    ("fct_patent", "citation windows are closed"): "update {t} set fc_5_window_closed = true",
    (
        "stg_citation",
        "cites no self",
    ): "delete from {t} where cited_publication = citing_publication",
}

# Tables of which a part will do: nothing but their own rows decides their expectations.
LARGE = {"stg_citation", "stg_family_citation"}


@dataclass(frozen=True)
class Seeded:
    """A change to one table, and the expectation that judges it."""

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
        return {self.table, *re.findall(r"(?:marts|staging)\.(\w+)", query)}

    @property
    def sql(self) -> str:
        table = f"{schema_of(self.table)}.{self.table}"
        if re.match("(update|insert|delete) ", self.change):
            return self.change.format(t=table)
        return f"update {table} set {self.change} where rowid = (select min(rowid) from {table})"


def schema_of(table: str) -> str:
    return "staging" if table.startswith("stg_") else "marts"


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
    if (table, name) in MENDED:
        yield Seeded(table, name, MENDED[table, name], is_bad=False)


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
def verdicts(once, sample_release) -> dict[Any, Result]:
    """The verdict on each case, and on a suite whose expectations cannot be judged."""

    def make(folder: Path) -> dict[Any, Result]:
        base = folder / "good.duckdb"
        copy_tables(sample_release.warehouse, sample_release.database, base)
        jobs, judged = [], []
        for number, cases in enumerate(rounds_of(CASES)):
            file, suites = folder / f"{number}.duckdb", folder / str(number)
            shutil.copyfile(base, file)
            suites.mkdir()
            with duckdb.connect(str(file)) as db:
                for case in cases:
                    db.execute(case.sql)
            for case in cases:
                write_suite(suites, case.table, case.config)
            tables = [(schema_of(case.table), case.table) for case in cases]
            jobs.append(Job(str(file), tables, str(suites)))
            judged += [(c.table, c.expectation, c.change) for c in cases]
        odd = folder / "odd"
        odd.mkdir()
        kwargs = {"column": "no_such_column"}
        about = {"name": "odd", "why": "A suite may be behind its table"}
        expectation = {
            "type": "expect_column_values_to_not_be_null",
            "kwargs": kwargs,
            "meta": about,
        }
        write_suite(odd, "dim_period", expectation | {"severity": "warning"})
        jobs.append(Job(str(base), [("marts", "dim_period")], str(odd)))
        judged.append("odd")
        with Validator() as validator:
            results = validator.judge(jobs)
        shutil.rmtree(folder)
        return dict(zip(judged, results, strict=True))

    return once("validate", make)


def copy_tables(warehouse: Path, release: Path, target: Path) -> None:
    with duckdb.connect(str(target)) as db:
        for catalog, path, schema in (
            ("warehouse", warehouse, "staging"),
            ("release", release, "marts"),
        ):
            db.execute(f"attach '{path}' as {catalog} (read_only); create schema {schema}")
            for (table,) in db.sql(
                "select table_name from duckdb_tables() "
                f"where database_name = '{catalog}' and schema_name = '{schema}'"
            ).fetchall():
                part = "limit 1000" if table in LARGE else ""
                db.execute(
                    f"create table {schema}.{table} as from {catalog}.{schema}.{table} {part}"
                )


def write_suite(folder: Path, table: str, *expectations: dict[str, Any]) -> None:
    suite = {"name": table, "expectations": list(expectations), "meta": {}}
    (folder / f"{table}.json").write_text(json.dumps(suite))


@pytest.mark.parametrize("key", EXPECTATIONS, ids=": ".join)
def test_an_expectation_passes_on_the_sample_or_warns(key: tuple[str, str], sample_release) -> None:
    (result,) = (r for r in sample_release.outcome.results if (r.table, r.expectation) == key)
    assert result.outcome == ("failed" if key in MENDED else "passed")
    assert not result.refuses


@pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c.table}: {c.expectation}: {c.change}")
def test_an_expectation_fails_on_a_bad_row(case: Seeded, verdicts) -> None:
    result = verdicts[case.table, case.expectation, case.change]
    assert (result.table, result.expectation) == (case.table, case.expectation)
    assert (result.severity, result.why) == (case.config["severity"], case.config["meta"]["why"])
    assert result.outcome == ("failed" if case.is_bad else "passed"), result.observed
    assert result.refuses == (case.is_bad and result.severity == "critical")


def test_a_verdict_says_how_many_rows_are_bad_and_in_which_columns(verdicts) -> None:
    name = "country_source is one of the known"
    result = verdicts["fct_patent", name, "country_source = 'nonsense'"]
    assert (result.column, result.observed) == ("country_source", "1")
    key = verdicts["fct_patent", "key is unique", "insert into {t} from {t} limit 1"]
    assert (key.column, key.observed) == ("topic, family_id", "2")


def test_an_expectation_that_cannot_be_judged_refuses_even_as_a_warning(verdicts) -> None:
    result = verdicts["odd"]
    assert (result.outcome, result.severity) == ("errored", "warning")
    assert "no_such_column" in result.observed
    assert result.refuses


@pytest.mark.parametrize(
    ("severity", "outcome", "refuses"),
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
def test_only_what_is_critical_or_cannot_be_judged_refuses(
    severity: Any, outcome: Any, refuses: bool
) -> None:
    result = Result("fct_patent", "score is known", None, severity, outcome, "1", "It ranks")
    assert result.refuses == refuses


@pytest.mark.parametrize("path", sorted(SUITES.glob("*.json")), ids=lambda path: path.stem)
def test_every_expectation_has_a_name_of_its_own_a_reason_and_a_severity(path: Path) -> None:
    suite = json.loads(path.read_text())
    assert suite["name"] == path.stem
    for expectation in suite["expectations"]:
        assert expectation.keys() == {"type", "kwargs", "severity", "meta"}
        assert expectation["severity"] in {"critical", "warning", "info"}
        assert expectation["meta"].keys() == {"name", "why"}
        assert all(text.strip() for text in expectation["meta"].values())
    names = [expectation["meta"]["name"] for expectation in suite["expectations"]]
    assert len(set(names)) == len(names)
    assert "critical" in {expectation["severity"] for expectation in suite["expectations"]}


def test_every_mart_and_staging_table_has_a_suite_and_every_suite_a_table() -> None:
    tables = [t for t in discover(available()).values() if t.schema in ("marts", "staging")]
    assert {t.name for t in tables} == {path.stem for path in SUITES.glob("*.json")}
    named = [(t.schema, t.name) for t in tables]
    assert suites_for(named) == named
    assert suites_for([("marts", "no_such_table")]) == []


def test_every_mart_is_held_to_complete_rows_and_finite_numbers() -> None:
    marts = {t.name for t in discover(available()).values() if t.schema == "marts"}
    assert FILLED.keys() == marts
    assert {table for table, name in EXPECTATIONS if name == "every row is complete"} == marts
    assert {table for table, name in EXPECTATIONS if name == "numbers are finite"} == {
        mart for mart, (_, number) in FILLED.items() if number
    }


def test_no_bad_row_is_meant_for_an_expectation_that_is_gone() -> None:
    assert BAD.keys() <= EXPECTATIONS.keys()
    assert MENDED.keys() <= BAD.keys()


@pytest.mark.parametrize(
    "program",
    ["echo the roof fell in >&2; exit 1", "echo the roof fell in >&2; kill -KILL $$"],
    ids=["exits", "is killed"],
)
def test_a_process_that_dies_is_told_with_its_last_words(
    program: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    python = tmp_path / "python"
    python.write_text(f"#!/bin/sh\n{program}\n")
    python.chmod(0o755)
    monkeypatch.setattr("warehouse.validate.sys.executable", str(python))
    with Validator() as validator, pytest.raises(CorepathError, match="the roof fell in"):
        validator.judge([Job("x.duckdb", [])])


def test_what_a_library_prints_does_not_spoil_the_verdict(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "great_expectations.py").write_text("print('Welcome to Great Expectations!')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with Validator() as validator:
        assert validator.judge([]) == []


def test_a_validator_that_is_not_needed_is_ended() -> None:
    with Validator() as validator:
        process = validator._process
        assert process.poll() is None
    assert process.poll() is not None
