"""Small frames as the report reads them: a world that has everything, to be changed by tests."""

from typing import Any

import polars as pl

from corepath.report.drawing import Places

COUNTRIES = {"JP": "Japan", "US": "United States", "KR": "South Korea", "CN": "China"}


def places(*codes: str, names: dict[str, str] | None = None) -> Places:
    return Places.of(codes or tuple(COUNTRIES), COUNTRIES | (names or {}))


def _ranked(country: str, families: float, core: float, **more: Any) -> dict[str, Any]:
    rate = core / families if families else 0.0
    half = 1.96 * (max(rate, 0.01) * (1 - rate) / max(families, 1)) ** 0.5
    return {
        "country": country,
        "families": families,
        "core_families": core,
        "core_rate": rate,
        "core_rate_lower": max(0.0, rate - half),
        "core_rate_upper": min(1.0, rate + half),
        "rank_families": 1,
        "rank_core": 1,
        "topic_rate": 0.1,
    } | more


def ranking(**core: tuple[float, float]) -> pl.DataFrame:
    """Countries with their families and key core families."""
    given = core or {
        "CN": (4000, 20),
        "US": (3800, 520),
        "JP": (3100, 528),
        "KR": (1400, 100),
        "DE": (900, 120),
    }
    return pl.DataFrame([_ranked(country, *counts) for country, counts in given.items()])


def thresholds(
    ranks: dict[str, list[int]], low_high: dict[str, tuple[float, float]] | None = None
) -> pl.DataFrame:
    """Ranks at 1, 10 and 30 %; the release goes by 10 %."""
    rows = []
    for country, of in ranks.items():
        for share, rank in zip((0.01, 0.1, 0.3), of, strict=True):
            interval = (low_high or {}).get(country, (float(of[1]), float(of[1])))
            low, high = interval if share == 0.1 else (None, None)
            rows.append((country, share, 10.0, rank, share == 0.1, low, high, low, high))
    columns = [
        "country",
        "threshold",
        "core_families",
        "rank_core",
        "is_default",
        "rank_core_low",
        "rank_core_high",
        "rank_core_method_low",
        "rank_core_method_high",
    ]
    return pl.DataFrame(rows, schema=columns, orient="row", infer_schema_length=None)


def years(first: int = 2000, last: int = 2024, complete: int = 2022) -> pl.DataFrame:
    rows = [
        (country, year, year <= complete, scale * (10.0 + year - first), scale * (year - first) / 10)
        for country, scale in (("WORLD", 3.0), ("JP", 1.0), ("US", 2.0))
        for year in range(first, last + 1)
    ]
    return pl.DataFrame(
        rows, schema=["country", "year", "is_complete", "families", "core_families"], orient="row"
    )


def segments(growth: float | None = 0.05, reason: str | None = None, breaks: bool = True) -> pl.DataFrame:
    columns = [
        "country",
        "series",
        "segment",
        "first_year",
        "last_year",
        "families",
        "annual_growth",
        "break_earliest",
        "break_latest",
        "is_surge",
        "p_no_break",
        "reason",
    ]
    rows: list[tuple[Any, ...]] = [
        (
            "WORLD",
            "families",
            1,
            2000,
            2010 if breaks else 2022,
            100.0,
            growth,
            None,
            None,
            False,
            0.01,
            reason,
        )
    ]
    if breaks:
        rows.append(("WORLD", "families", 2, 2011, 2022, 200.0, growth, 2010, 2012, True, 0.01, reason))
        rows.append(("JP", "families", 2, 2015, 2022, 60.0, 0.1, 2014, 2016, True, 0.01, None))
    return pl.DataFrame(rows, schema=columns, orient="row", infer_schema_length=None)


def weights(**given: tuple[float | None, float | None]) -> pl.DataFrame:
    """Indicators with their weight and the share of it that is between countries."""
    of = given or {"fc_5": (0.6, 0.05), "sc": (0.4, 0.3), "npl": (None, None)}
    rows = [
        (
            name,
            name.upper() + " title",
            weight,
            weight and weight * 0.8,
            weight and weight * 1.2,
            weight and weight * 0.5,
            weight and weight * 1.5,
            name == "fc_5" and weight is not None,
            between,
            0.9,
            weight is not None,
            None if weight is not None else "left out: known for 3 % of the families of CN",
        )
        for name, (weight, between) in of.items()
    ]
    columns = [
        "indicator",
        "title",
        "weight",
        "weight_low",
        "weight_high",
        "weight_method_low",
        "weight_method_high",
        "is_decisive",
        "between_country_share",
        "coverage",
        "is_used",
        "reason",
    ]
    return pl.DataFrame(rows, schema=columns, orient="row", infer_schema_length=None)


def coverage() -> pl.DataFrame:
    rows = [
        (i, c, 0.03 if i == "npl" else 0.97) for i in ("fc_5", "sc", "npl") for c in ("WORLD", *COUNTRIES)
    ]
    return pl.DataFrame(rows, schema=["indicator", "country", "coverage"], orient="row")


def technology(passed: int = 2, of: int = 4, title: str = "Computing arrangements; models") -> pl.DataFrame:
    names = ["G06N", "G06F", "H01L", "G11C", "H04L", "H10B"]
    rows = [
        (
            names[i % 6] if i < 6 else f"B{i:03d}",
            title,
            200,
            40 - 5 * min(i, 7),
            2.0 - i / 10,
            1.4 - i / 10,
            0.01,
            i < passed,
            i + 1,
            "A group",
            0.3,
            i > 0 if i < passed else None,
        )
        for i in range(of)
    ]
    columns = [
        "technology",
        "title",
        "families",
        "core_families",
        "ratio",
        "ratio_lower",
        "q_value",
        "is_core_technology",
        "rank",
        "largest_group",
        "largest_group_share",
        "is_robust",
    ]
    return pl.DataFrame(rows, schema=columns, orient="row")


def holders(**of: dict[str, float]) -> pl.DataFrame:
    given = of or {"G06N": {"JP": 9.0, "US": 20.0}, "G06F": {"JP": 12.0, "US": 11.0}}
    rows = [(name, country, n) for name, own in given.items() for country, n in own.items()]
    return pl.DataFrame(rows, schema={"technology": str, "country": str, "families": float}, orient="row")


def lags(*rows: tuple[str, str, str, float, float | None, float | None, float | None, str]) -> pl.DataFrame:
    """Rows of subfield, country, reference, families, lag, low, high, direction."""
    columns = {
        "subfield": str,
        "country": str,
        "reference": str,
        "families": float,
        "lag": float,
        "lag_low": float,
        "lag_high": float,
        "direction": str,
    }
    frame = pl.DataFrame(list(rows), schema=columns, orient="row")
    return frame.with_columns(pl.lit(100.0).alias("reference_families"))


def lifts(**of: tuple[float, float, float, float]) -> pl.DataFrame:
    """Networks with families, lift, lower and upper."""
    given = of or {
        "WORLD": (900.0, 1.05, 1.02, 1.08),
        "JP": (400.0, 1.2, 1.1, 1.3),
        "KR": (100.0, 0.7, 0.6, 0.8),
        "CN": (12.0, 1.0, 1.0, 1.0),
    }
    rows = [(name, *values) for name, values in given.items()]
    return pl.DataFrame(
        rows, schema=["network", "families", "lift", "lift_lower", "lift_upper"], orient="row"
    )


POSITIONS = {"G06N": (0.1, 0.2), "G06F": (0.5, 0.6), "H01L": (0.9, 0.3), "G11C": (0.4, 1.08)}


def edges() -> pl.DataFrame:
    rows = [
        ("JP", "G06F", "G06N", 12.0, 2.0, False),
        ("JP", "G06F", "H01L", 4.0, 1.5, True),
        ("US", "G06N", "H01L", 7.0, 1.1, True),
    ]
    columns = ["network", "source", "target", "count", "association_strength", "is_cross_section"]
    return pl.DataFrame(rows, schema=columns, orient="row")


def nodes() -> pl.DataFrame:
    rows = [
        (c, t, f"Title of {t}", n)
        for c in ("JP", "US")
        for t, n in (("G06N", 9.0), ("G06F", 30.0), ("H01L", 12.0))
    ]
    return pl.DataFrame(rows, schema=["network", "technology", "title", "occurrences"], orient="row")


def similarity(value: float = 0.87) -> pl.DataFrame:
    columns = {
        "country_a": str,
        "country_b": str,
        "pearson": float,
        "pearson_lower": float,
        "pearson_upper": float,
    }
    return pl.DataFrame([("JP", "US", value, value - 0.05, value + 0.04)], schema=columns, orient="row")


def industries(*rows: tuple[str, str, float, float, float, bool]) -> pl.DataFrame:
    """Rows of industry, country, rsca, low, high, is_small, all of SEI with 20 families."""
    given = rows or (
        ("1.2", "KR", 0.45, 0.3, 0.6, False),
        ("1.2", "JP", -0.17, -0.3, -0.05, False),
        ("1.5", "US", 0.1, -0.02, 0.2, False),
        ("1.5", "CN", 0.5, 0.1, 0.9, True),
    )
    full = [
        ("SEI", i, f"Industry {i}", c, 20.0, 0.2, v, low, high, small, 60.0)
        for i, c, v, low, high, small in given
    ]
    columns = [
        "scheme",
        "industry",
        "title",
        "country",
        "families",
        "share",
        "rsca",
        "rsca_low",
        "rsca_high",
        "is_small",
        "total",
    ]
    return pl.DataFrame(full, schema=columns, orient="row")


def collaboration(**of: tuple[float, float | None, float | None, float | None]) -> pl.DataFrame:
    """Countries with families, ratio of the rates, low and high."""
    given = of or {"JP": (500.0, 1.6, 1.2, 2.1), "US": (520.0, 0.5, 0.3, 0.8), "CN": (12.0, None, None, None)}
    columns = [
        "country",
        "families",
        "co_application_rate",
        "base_rate",
        "rate_ratio",
        "rate_ratio_low",
        "rate_ratio_high",
        "firm_firm",
        "firm_university",
        "firm_institute",
        "university_institute",
        "firm_university_institute",
    ]
    rows = [
        (c, n, 0.1 if r else 0.0, 0.05, r, low, high, 0.6, 0.3, 0.0, 0.1, None)
        for c, (n, r, low, high) in given.items()
    ]
    return pl.DataFrame(rows, schema=columns, orient="row", infer_schema_length=None)


def pathways(**of: tuple[str, str, str]) -> pl.DataFrame:
    """Countries with their three labels."""
    given = of or {"JP": ("I3", "T1", "indeterminate"), "US": ("I2", "T1", "C1")}
    columns = [
        "country",
        "families",
        "industry_path",
        "industry_support",
        "technology_path",
        "technology_support",
        "collaboration_path",
        "collaboration_support",
        "sentence",
    ]
    rows = [(c, 300, i, 0.97, t, 0.55, k, 0.8, "words") for c, (i, t, k) in given.items()]
    return pl.DataFrame(rows, schema=columns, orient="row")


def references(
    reference: str | None = "US", technology: str = "G06F", title: str = "Data processing"
) -> pl.DataFrame:
    columns = ["technology", "title", "country", "families", "standing", "kind", "reference", "reason"]
    rows = [
        (technology, title, "US", 20.0, "leading", "neither", None, "it leads"),
        (technology, title, "JP", 8.0, "lagging", "foundational", reference, "nearest"),
    ]
    return pl.DataFrame(rows, schema=columns, orient="row", infer_schema_length=None)


def emerging() -> pl.DataFrame:
    columns = [
        "source",
        "source_title",
        "target",
        "target_title",
        "rank",
        "chance",
        "is_cross_section",
        "learnt_period",
    ]
    rows = [
        ("G06N", "Computing", "H01L", "Devices", 1, 0.4, True, "2017-2021"),
        ("G06F", "Data", "G06N", None, 2, 0.2, False, "2017-2021"),
    ]
    return pl.DataFrame(rows, schema=columns, orient="row", infer_schema_length=None)


def backtest(model: float = 0.4, degree: float = 0.1) -> pl.DataFrame:
    columns = [
        "predictor",
        "learnt_period",
        "tested_period",
        "candidates",
        "emerged",
        "base_rate",
        "average_precision",
        "area_under_roc",
    ]
    rows = [
        ("logistic", "2012-2016", "2017-2021", 132, 7, 0.05, model, 0.8),
        ("preferential_attachment", "2012-2016", "2017-2021", 132, 7, 0.05, degree, 0.6),
    ]
    return pl.DataFrame(rows, schema=columns, orient="row")


def sensitivity(**moved: int) -> pl.DataFrame:
    """Ranks under three other choices: by how much each country moves with the last of them."""
    own = {"US": 1, "JP": 2, "KR": 3, "CN": 9}
    rows = [
        (choice, option, country, 40.0, rank + by, by)
        for country, rank in own.items()
        for choice, option, by in (
            ("indicator", "fc_5", 0),
            ("cohort", "none", 0),
            ("rule", "mean_sd", moved.get(country, 0)),
        )
    ]
    columns = ["choice", "option", "country", "core_families", "rank_core", "rank_core_change"]
    return pl.DataFrame(rows, schema=columns, orient="row")


def calibration(covered: float = 0.875) -> pl.DataFrame:
    """One promise of intervals, one of false alarms, and what is found."""
    rows = [
        (
            "technology lag",
            "covers",
            "intervals of 95 % that hold the lag",
            0.92,
            None,
            covered,
            0.04,
            0.75,
            covered >= 0.92,
        ),
        (
            "technology lag",
            "false direction",
            "pairs called behind that are not",
            None,
            0.07,
            0.01,
            0.0,
            0.02,
            True,
        ),
        ("path", "finds", "planted labels that are given", None, None, 0.66, None, 0.6, None),
    ]
    columns = ["inference", "claim", "says", "least", "most", "rate", "error", "worst", "holds"]
    return pl.DataFrame(rows, schema=columns, orient="row", infer_schema_length=None)


def frames(**changed: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Everything that the report reads."""
    release = {
        "topic": "ai_chips",
        "title": "AI chips",
        "version": "2026.11.0",
        "schema_version": "1.0.0",
        "published_at": "2026-11-30T10:00:00+00:00",
        "code_version": "0.1.0",
        "run_id": "run",
        "countries": "JP,US,KR,CN",
    }
    facts = {
        "families": 15000,
        "core_families": 1500,
        "technologies": 37,
        "core_technologies": 2,
        "core_overlap": 0.5,
        "core_overlap_method": 0.4,
        "imputed": 0.14,
        "abstracts": 0.9,
        "complete_year": 2022,
        "first_year": 1990,
        "last_year": 2023,
    }
    source = {
        "source": "google_patents",
        "title": "Google Patents",
        "files": 1,
        "rows": 9,
        "rejected": 0,
        "publications": 9,
        "refs": 200,
        "linked": 25,
        "unread": "3 of 90 values of filing_date are before 1790",
        "licence": "CC BY 4.0",
        "credit": "Google",
        "url": "",
    }
    warning = {
        "table_name": "fct_patent",
        "expectation": "windows are closed",
        "severity": "warning",
        "observed": "1",
        "why": "Most are young",
    }
    return {
        "release": pl.DataFrame([release]),
        "places": pl.DataFrame(
            [{"country": c, "name": n, "is_compared": True} for c, n in COUNTRIES.items()]
            + [{"country": "DE", "name": "Germany", "is_compared": False}]
        ),
        "facts": pl.DataFrame([facts]),
        "warnings": pl.DataFrame([warning]),
        "sources": pl.DataFrame([source]),
        "said_first": pl.DataFrame({"sentence": ["Without SC the core is another.", "It held up."]}),
        "ranking": ranking(),
        "years": years(),
        "segments": segments(),
        "thresholds": thresholds(
            {"US": [1, 2, 1], "JP": [2, 1, 2], "KR": [3, 3, 3], "CN": [9, 9, 4]}, {"CN": (2.0, 9.0)}
        ),
        "sensitivity": sensitivity(CN=-4, JP=1),
        "calibration": calibration(),
        "weights": weights(),
        "coverage": coverage(),
        "technology": technology(),
        "holders": holders(),
        "lags": lags(
            ("all", "US", "JP", 500, -0.7, -1.5, 0.2, "level"),
            ("all", "KR", "JP", 100, 2.0, 1.0, 3.0, "behind"),
            ("all", "CN", "JP", 12, None, None, None, "cannot tell"),
            ("memory", "KR", "JP", 40, -3.0, -12.0, 4.0, "cannot tell"),
        ),
        "networks": lifts(),
        "edges": edges(),
        "nodes": nodes(),
        "similarity": similarity(),
        "industries": industries(),
        "collaboration": collaboration(),
        "pathways": pathways(),
        "references": references(),
        "emerging": emerging(),
        "backtest": backtest(),
        "map_nodes": pl.DataFrame({"technology": list(POSITIONS)}),
        "map_edges": pl.DataFrame(
            {"source": ["G06F", "G06F"], "target": ["G06N", "H01L"], "strength": [2.0, 1.0]}
        ),
    } | changed


LONG = "Ein sehr langer Name ohne Ende, der eine ganze Zeile einnimmt und noch eine mehr"
HOSTILE = '<script>alert(1)</script>"><img src=x onerror=alert(1)> مرحبا \u202e🧠 人工知能チップ ' * 4


def facts(**changed: Any) -> pl.DataFrame:
    return frames()["facts"].with_columns(pl.lit(value).alias(name) for name, value in changed.items())


def compared(names: dict[str, str]) -> pl.DataFrame:
    return pl.DataFrame([{"country": c, "name": n, "is_compared": True} for c, n in names.items()])


def odd() -> dict[str, tuple[dict[str, pl.DataFrame], list[str]]]:
    """Releases that have less, or more, than a page expects; and what each must say."""
    full = frames()
    kept = ("release", "places", "facts", "sources")
    twelve = {f"C{letter}": f"Country {letter}" for letter in "ABCDEFGHIJKL"}
    crowd = {f"{a}{b}": f"Country {a}{b}" for a in "ABCDEFGHIJ" for b in "ABCDEFGHIJKLMNOPQRSTUVWXY"}
    one, two = {"JP": "Japan"}, {"JP": "Japan", "US": "United States"}
    no_lag = lags(("all", "US", "JP", 500, None, None, None, "cannot tell"))
    return {
        "everything": (full, ["2 of 4 subclasses pass the test"]),
        "nothing": (
            {name: frame if name in kept else frame.clear() for name, frame in full.items()},
            ["No technology has a key core family", "no one to hold anyone against"],
        ),
        "no key core technology": (
            frames(
                technology=technology(passed=0),
                references=references().clear(),
                facts=facts(core_technologies=0),
            ),
            ["No technology is key core", "None of 4 subclasses passes the test"],
        ),
        "one country": (
            frames(
                places=compared(one),
                ranking=ranking(JP=(3100, 310)),
                lags=lags(),
                similarity=similarity().clear(),
                networks=lifts(WORLD=(900.0, 1.05, 1.02, 1.08), JP=(400.0, 1.2, 1.1, 1.3)),
            ),
            ["Key core technologies in patents of Japan:", "no one to hold anyone against"],
        ),
        "two countries": (
            frames(places=compared(two), ranking=ranking(JP=(3100, 310), US=(3800, 520))),
            ["Key core technologies in patents of Japan and the United States:"],
        ),
        "twelve countries": (
            frames(
                places=compared(twelve),
                ranking=ranking(**{c: (900.0 + 50 * i, 40.0 + 9 * i) for i, c in enumerate(twelve)}),
                thresholds=thresholds({c: [i + 1, 12 - i, i + 1] for i, c in enumerate(twelve)}),
            ),
            ["Country K and Country L:"],
        ),
        "250 countries and 5,000 technologies": (
            frames(
                places=compared(crowd),
                ranking=ranking(**{c: (500.0 - i, 40.0 + i % 9) for i, c in enumerate(crowd)}),
                technology=technology(passed=5000, of=5000),
                map_nodes=pl.DataFrame({"technology": [f"B{i:04d}" for i in range(5000)]}),
            ),
            ["238 more compared countries are in the mart", "4,985 more subclasses in the mart"],
        ),
        "names of eighty letters": (
            frames(
                places=compared({c: f"{LONG} {c}" for c in COUNTRIES}), technology=technology(title=LONG * 4)
            ),
            [f"patents of {LONG} JP"],
        ),
        "hostile titles": (
            frames(
                places=compared(dict.fromkeys(COUNTRIES, HOSTILE)),
                technology=technology(title=HOSTILE),
                references=references(title=HOSTILE),
                nodes=nodes().with_columns(pl.lit(HOSTILE).alias("title")),
                release=full["release"].with_columns(pl.lit(HOSTILE).alias("title")),
            ),
            ["&lt;script&gt;alert(1)&lt;/script&gt;"],
        ),
        "no lag that can be determined": (
            frames(lags=no_lag),
            ["Over the whole topic, no lag can be determined", "too few key core families"],
        ),
        "no abstract": (
            frames(facts=facts(abstracts=0.0)),
            ["0 % of publications have an abstract:", "titles alone"],
        ),
        "97 % imputed": (frames(facts=facts(imputed=0.97)), ["97 % of countries are imputed"]),
        "one sub-field": (
            frames(lags=lags(("memory", "US", "JP", 500, -0.7, -1.5, 0.2, "level"))),
            ["Over the whole topic, no lag can be determined"],
        ),
        "half a year": (
            frames(
                years=years(2024, 2024),
                segments=segments(None, "too few years", False),
                facts=facts(complete_year=None, first_year=2024, last_year=2024),
                emerging=emerging().clear(),
                backtest=backtest().clear(),
            ),
            ["No year is complete", "first filed 2024–2024"],
        ),
    }
