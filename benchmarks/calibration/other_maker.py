"""Worlds of another maker: drawn with numpy as canonical tables, without the generator's code.

Families are few facts: a country, a quarter, technologies, and how often they are cited. What is
planted is an argument each, and off where it is not asked for, so that a world shows one thing.
"""

from dataclasses import dataclass
from datetime import date

import duckdb
import numpy as np
import polars as pl

OFFICES = ("US", "JP", "KR", "CN", "EP")
KINDS = {"US": "A1", "JP": "A", "KR": "A", "CN": "A", "EP": "A1"}
FIRST_YEAR, LAST_YEAR = 1990, 2017
SUBCLASSES = tuple(
    f"{section}{number:02}{letter}" for section in "GH" for number in (1, 2, 3, 4, 5) for letter in "BCD"
)
GROUPS = 6  # main groups of a subclass


@dataclass(frozen=True)
class Making:
    """What is in a world of families.

    Attributes
    ----------
    countries, sizes
        Which, and the share of families of each.
    growth
        Families a year more, of each country in order.
    drifts
        Whether technologies come up one after another; else the mix is one at all times.
    lags
        Years by which each country follows the same mix.
    alike
        Whether countries have one mix; else each has its own, unrelated to those of others.
    pulled, pull
        So many technologies are cited `pull` times as often as others: key core by construction.
    favour
        How many times as often the first country has these than others have.
    joined, together
        So many pairs of technologies go together: of the families with one of a pair that share has
        the other, too.
    has_citations, bare, offices
        Whether documents cite; share of families with subclasses alone; how many offices there are.
    giant
        Share of each country's families that its first applicant holds.
    surge_year, surge
        From when on the first country has `surge` times as many families; 1 is none.
    swing, carried_over
        Standard deviation of each country's families a year about its growth, in logarithms, and how
        much of it carries over to the next year.
    """

    countries: tuple[str, ...] = ("US", "JP", "KR", "CN")
    sizes: tuple[float, ...] = (0.3, 0.25, 0.2, 0.25)
    growth: tuple[float, ...] = (0.03, 0.03, 0.03, 0.03)
    drifts: bool = False
    lags: tuple[float, ...] = (0.0, 0.0, 0.0, 0.0)
    alike: bool = True
    pulled: int = 0
    pull: float = 3.0
    favour: float = 1.0
    joined: int = 0
    together: float = 0.0
    has_citations: bool = True
    bare: float = 0.0
    offices: int = 5
    giant: float = 0.0
    surge_year: int = 2007
    surge: float = 1.0
    swing: float = 0.0
    carried_over: float = 0.0


def planted(making: Making) -> list[str]:
    """Name the technologies that are cited more: evenly over the scheme."""
    step = max(1, len(SUBCLASSES) // max(1, making.pulled))
    return list(SUBCLASSES[step // 2 :: step][: making.pulled])


def joined(making: Making) -> list[tuple[str, str]]:
    """Name the pairs of technologies that go together: one of each half of the scheme."""
    half = len(SUBCLASSES) // 2
    return [(SUBCLASSES[one], SUBCLASSES[half + one]) for one in range(making.joined)]


def make(connection: duckdb.DuckDBPyConnection, families: int, seed: int, making: Making) -> None:
    """Draw a world into the schema `sources`.

    Parameters
    ----------
    connection
        Where to.
    families
        How many.
    seed
        Of all chance.
    making
        What is in it.
    """
    chance = np.random.default_rng([seed, 77])
    country, moment = _born(families, making, chance)
    technology, order = _classified(country, moment, making, chance)
    references = chance.poisson(chance.gamma(2, 3, families)) * making.has_citations
    documents = _documents(country, moment, references, making, chance)
    tables = {
        "stg_document": documents.drop("family"),
        "stg_classification": _classes(technology, order, documents, making, chance),
        "stg_party": _parties(country, documents, making, chance),
        "stg_citation": _citations(moment, technology, references, documents, making, chance),
        "stg_priority": pl.DataFrame(
            schema={
                "publication_number": pl.String,
                "priority_number": pl.String,
                "priority_office": pl.String,
                "priority_date": pl.Date,
            }
        ),
    }
    connection.execute("create schema if not exists sources")
    for name, frame in tables.items():
        connection.register("drawn", frame.to_arrow())
        connection.execute(
            f"create or replace table sources.{name} as "
            "select *, 'other' as source, 1::bigint as source_rank from drawn"
        )
        connection.unregister("drawn")


def _born(families: int, making: Making, chance: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Draw each family's country and moment, in years, in order of time."""
    years = np.arange(FIRST_YEAR, LAST_YEAR + 1)
    rate = np.array(making.sizes)[:, None] * np.exp(np.array(making.growth)[:, None] * (years - 2007))
    rate[0, years >= making.surge_year] *= making.surge
    if making.swing:
        rate *= np.exp(making.swing * _swings(len(making.countries), len(years), making.carried_over, chance))
    # Each country has its share of all families, whatever its growth.
    rate *= (np.array(making.sizes) / rate.sum(axis=1))[:, None]
    drawn = chance.choice(rate.size, families, p=(rate / rate.sum()).ravel())
    country, year = np.divmod(drawn, len(years))
    moment = years[year] + chance.random(families)
    order = np.argsort(moment)
    return country[order], moment[order]


def _swings(countries: int, years: int, carried_over: float, chance: np.random.Generator) -> np.ndarray:
    """Draw deviations of variance 1, countries x years, of which a part carries over."""
    shocks = chance.standard_normal((countries, years))
    swings = [shocks[:, 0]]
    for shock in shocks.T[1:]:
        swings.append(carried_over * swings[-1] + np.sqrt(1 - carried_over**2) * shock)
    return np.column_stack(swings)


def _classified(
    country: np.ndarray, moment: np.ndarray, making: Making, chance: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Draw which technologies each family has, and an order of them."""
    falling = 1 / np.arange(1, len(SUBCLASSES) + 1) ** 0.6
    mixes = 1 if making.alike else len(making.countries)
    often = np.array([chance.permutation(falling) for _ in range(mixes)])
    weight = often[country % mixes]
    if making.favour != 1:
        codes = [SUBCLASSES.index(name) for name in planted(making)]
        weight[np.ix_(country == 0, codes)] *= making.favour
    if making.drifts:
        peak = np.linspace(FIRST_YEAR - 4, LAST_YEAR + 4, len(SUBCLASSES))
        own = moment - np.array(making.lags)[country]
        weight = weight * np.exp(-0.5 * ((own[:, None] - peak) / 4) ** 2)
    number = 1 + np.minimum(chance.geometric(0.5, len(moment)) - 1, 6)
    # The first of exponential times, by weight: a draw without replacement.
    waited = chance.exponential(size=weight.shape) / weight
    order = np.argsort(waited, axis=1)
    technology = np.zeros(weight.shape, dtype=bool)
    np.put_along_axis(technology, order, np.arange(weight.shape[1]) < number[:, None], axis=1)
    for pair in joined(making):
        one, other = (SUBCLASSES.index(name) for name in pair)
        technology[:, other] |= technology[:, one] & (chance.random(len(moment)) < making.together)
    return technology, np.argsort(order, axis=1)


def _documents(
    country: np.ndarray,
    moment: np.ndarray,
    references: np.ndarray,
    making: Making,
    chance: np.random.Generator,
) -> pl.DataFrame:
    """Publish each family at its first office and at some others."""
    offices = OFFICES[: making.offices]
    first = np.array([offices.index(c) if c in offices else 0 for c in making.countries])[country]
    filed = chance.random((len(country), len(offices))) < chance.beta(1, 2, len(country))[:, None]
    filed[np.arange(len(country)), first] = True
    family, office = np.nonzero(filed)
    names = np.array(offices)[office]
    since = (moment[family] - 1990) * 365.25
    priority = np.datetime64(date(1990, 1, 1), "D") + since.astype("timedelta64[D]")
    published = priority + np.timedelta64(548, "D")
    # Before 2001 the US published grants alone.
    is_grant = (names == "US") & (published < np.datetime64(date(2001, 1, 1), "D"))
    kinds = ["A" if old else KINDS[name] for name, old in zip(names, is_grant, strict=True)]
    numbers = [
        f"{name}-{number}-{kind}" for name, number, kind in zip(names, 2_000_000 + family, kinds, strict=True)
    ]
    many = len(family)
    return pl.DataFrame(
        {
            "family": family,
            "publication_number": numbers,
            "office": names,
            "kind": kinds,
            "application_number": [f"{number}-F" for number in numbers],
            "family_id": [str(10_000_000 + f) for f in family],
            "filing_date": priority,
            "priority_date": priority,
            "first_filing_office": np.array(offices)[first[family]],
            "publication_date": published,
            "title": ["A device"] * many,
            "title_language": ["en"] * many,
            "abstract": pl.Series([None] * many, dtype=pl.String),
            "claim_count": 1 + chance.poisson(chance.gamma(4, 3, len(country)))[family],
            "inventor_count": 1 + chance.poisson(1.5, len(country))[family],
            "patent_citation_count": references[family] if making.has_citations else None,
            "npl_citation_count": chance.poisson(chance.gamma(0.5, 4, len(country)))[family],
            "forward_citation_count": pl.Series([None] * many, dtype=pl.Int64),
            "family_size": pl.Series([None] * many, dtype=pl.Int64),
        },
        schema_overrides={"patent_citation_count": pl.Int64},
    )


def _classes(
    technology: np.ndarray,
    order: np.ndarray,
    documents: pl.DataFrame,
    making: Making,
    chance: np.random.Generator,
) -> pl.DataFrame:
    """Give each publication its family's symbols; some have subclasses alone."""
    family, code = np.nonzero(technology)
    is_bare = (chance.random(len(technology)) < making.bare)[family]
    group = 1 + chance.integers(0, GROUPS, len(family))
    symbols = pl.DataFrame(
        {
            "family": family,
            "symbol": [
                SUBCLASSES[c] if bare else f"{SUBCLASSES[c]}{g}/00"
                for c, g, bare in zip(code, group, is_bare, strict=True)
            ],
            "position": 1 + order[family, code],
        }
    )
    return (
        documents.select("publication_number", "family")
        .join(symbols, on="family")
        .select(
            "publication_number",
            pl.lit("IPC").alias("scheme"),
            "symbol",
            "position",
            pl.lit(True).alias("is_inventive"),
        )
    )


def _parties(
    country: np.ndarray, documents: pl.DataFrame, making: Making, chance: np.random.Generator
) -> pl.DataFrame:
    """Name an applicant of each family: sizes fall as one over the rank, behind a giant if there is one."""
    many = max(10, len(country) // 50)
    falling = 1 / np.arange(1, many + 1)
    applicant = chance.choice(many, len(country), p=falling / falling.sum()) + 1
    applicant[chance.random(len(country)) < making.giant] = 0
    home = np.array(making.countries)[country]
    named = pl.DataFrame(
        {
            "family": np.arange(len(country)),
            "name": [f"Works {a} of {c} Ltd" for a, c in zip(applicant, home, strict=True)],
            "country": home,
        }
    )
    return (
        documents.select("publication_number", "family")
        .join(named, on="family")
        .select(
            "publication_number",
            pl.lit("applicant").alias("role"),
            pl.lit(1, pl.Int64).alias("position"),
            "name",
            "country",
            pl.lit("COMPANY").alias("sector"),
        )
    )


def _citations(
    moment: np.ndarray,
    technology: np.ndarray,
    references: np.ndarray,
    documents: pl.DataFrame,
    making: Making,
    chance: np.random.Generator,
) -> pl.DataFrame:
    """Let each family cite earlier ones, the fit more often; so are those of pulled technologies."""
    fitness = chance.gamma(0.7, 1, len(moment)) + 1e-9
    codes = [SUBCLASSES.index(name) for name in planted(making)]
    fitness *= np.where(technology[:, codes].any(axis=1), making.pull, 1.0)
    citing = np.repeat(np.arange(len(moment)), references)
    before = np.concatenate([[0.0], np.cumsum(fitness)])
    # Not further back than ten years, so that all have the same time to be cited.
    oldest = before[np.searchsorted(moment, moment - 10)][citing]
    cited = (
        np.searchsorted(before, oldest + chance.random(len(citing)) * (before[citing] - oldest), "right") - 1
    )
    first = documents.group_by("family", maintain_order=True).first()["publication_number"].to_numpy()
    real = citing != cited
    return (
        pl.DataFrame(
            {"citing_publication": first[citing[real]], "cited_publication": first[cited[real]]},
            schema={"citing_publication": pl.String, "cited_publication": pl.String},
        )
        .unique(maintain_order=True)
        .with_columns(npl=pl.lit(None, pl.String), origin=pl.lit("unknown"), category=pl.lit(None, pl.String))
    )
