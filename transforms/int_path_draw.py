"""What tells countries' paths apart, measured on samples of core families of one size."""

from collections.abc import Iterator

import numpy as np
import polars as pl
from scipy.sparse import csr_array

from corepath.transforms.int_path_metric import MIN_COUNTRIES
from corepath.transforms.methods.collaboration import base_rates, habits
from corepath.transforms.methods.pathway import (
    Corpus,
    advantages,
    collaboration_measures,
    industry_measures,
    technology_measures,
)

# Each prepares all families anew; a draw has a chance of its own: how they are spread changes
# nothing.
PARTS = 4
MIN_FAMILIES = 30
# A larger sample only takes longer.
MAX_SAMPLE = 2000
BENCHMARK_EVERY = 5
FLAGS = ["is_any", "is_co", "is_ff", "is_iur", "is_led", "is_chain"]


def int_path_draw(
    part: int,
    int_family_country: pl.LazyFrame,
    int_score_rank: pl.LazyFrame,
    int_family: pl.LazyFrame,
    int_family_industry: pl.LazyFrame,
    int_family_industry_symbol: pl.LazyFrame,
    int_industry_profile: pl.LazyFrame,
    int_family_organisation: pl.LazyFrame,
    int_family_collaboration: pl.LazyFrame,
    int_co_application_base: pl.LazyFrame,
    int_family_code: pl.LazyFrame,
    topic_country: pl.LazyFrame,
    topic: pl.LazyFrame,
) -> pl.DataFrame:
    """Draw samples of each country's core families and measure them.

    Densities, shares of the largest and the like depend on how many families there are. So a
    compared country and all that it is held against are measured on samples of one size: half of
    its core families, at most MAX_SAMPLE, drawn without replacement. A mean over halves varies as
    one over samples of the whole size would. Where MIN_COUNTRIES have as many families as the
    country, it is held against them, else against the world. Industries of advantage are those of
    the draw: of its families against half of the world's.

    Parameters
    ----------
    part
        Which draws: those of this remainder by PARTS.
    int_family_country
        One row a family x country: family, country, share.
    int_score_rank
        One row a family: family, is_core.
    int_family
        One row a family: family, priority_date.
    int_family_industry
        One row a family x scheme x industry: family, scheme, industry, share.
    int_family_industry_symbol
        One row a family x symbol x industry: family, symbol, industry.
    int_industry_profile
        One row a population x scheme x industry x country: rsca, rsca_low.
    int_family_organisation
        One row a family x group x country: family, corporate_group, country, share.
    int_family_collaboration
        One row a population x country x family: FLAGS.
    int_co_application_base
        One row a country: country, families, co_applications, outside the topic.
    int_family_code
        One row a family x subclass: family, subclass.
    topic_country
        One row a compared country.
    topic
        One row: samples, seed, minimum_cell.

    Returns
    -------
    pl.DataFrame
        One row a draw x compared country with MIN_FAMILIES core families (path) x metric, and in
        the first of BENCHMARK_EVERY draws each for each country that it is held against: value,
        null where a sample has nothing to measure.

    References
    ----------
    Politis & Romano 1994, Annals of Statistics 22:2031-2050, for subsampling.
    """
    method = topic.collect().row(0, named=True)
    core = int_score_rank.filter("is_core").select("family")
    emerging = int_family_industry.filter(pl.col("scheme") == "SEI", pl.col("industry") != "none")
    industries = emerging.select("industry").unique().collect()["industry"].sort()
    of_country = int_family_country.join(core, on="family")
    of_family = int_family.select("family", pl.col("priority_date").dt.year().alias("year"))
    shares = _with_world(of_country).join(of_family, on="family", maintain_order="left")
    flags = int_family_collaboration.filter(pl.col("population") == "core")
    corpora = dict(
        _corpora(
            shares.collect(),
            emerging,
            industries,
            int_family_industry_symbol,
            int_family_organisation,
            flags.collect(engine="streaming"),
            int_family_code,
        )
    )
    compared = sorted(set(topic_country.collect()["country"]) & set(corpora))
    pairs = [(path, other) for path in compared for other in _held_against(corpora, path)]
    margins = dict(_margins(int_industry_profile, industries))
    unsure = np.full(len(industries), np.inf)
    habit = habits(int_co_application_base)
    found = []
    for draw in range(part, method["samples"], PARTS):
        for path, country in pairs:
            # A benchmark is a mean: it takes fewer draws than an interval.
            if country != path and draw * BENCHMARK_EVERY >= method["samples"]:
                continue
            corpus, size = corpora[country], min(MAX_SAMPLE, len(corpora[path].share) // 2)
            random = np.random.default_rng([method["seed"], draw, *f"{path}{country}".encode()])
            sample = corpus.sample(np.sort(random.choice(len(corpus.share), size, replace=False)))
            [base_rate] = base_rates(habit.get(country), 1, random)
            world = corpora["WORLD"]
            half = random.choice(len(world.share), len(world.share) // 2, replace=False)
            least = method["minimum_cell"] * size / len(corpus.share)
            sure = advantages(sample, world.industries[half], margins.get(country, unsure), least)
            measured = (
                industry_measures(sample, sure)
                | technology_measures(sample)
                | collaboration_measures(sample, base_rate)
            )
            found += [(draw, path, country, metric, value) for metric, value in measured.items()]
    schema = {
        "draw": pl.Int64,
        "path": pl.String,
        "country": pl.String,
        "metric": pl.String,
        "value": pl.Float64,
    }
    return pl.DataFrame(found, schema=schema, orient="row").with_columns(pl.col("value").fill_nan(None))


def _held_against(corpora: dict[str, Corpus], path: str) -> list[str]:
    """Name who tells a country's benchmark: all that have as many families, or the world."""
    least = min(2 * MAX_SAMPLE, len(corpora[path].share))
    peers = [name for name, c in corpora.items() if name != "WORLD" and len(c.share) >= least]
    return [*(peers if len(peers) >= MIN_COUNTRIES else [path]), "WORLD"]


def _with_world(shares: pl.LazyFrame) -> pl.LazyFrame:
    """Keep the countries that have enough core families, and all of them as WORLD."""
    columns = ["country", "family", "share"]
    large = pl.col("family").count().over("country") >= MIN_FAMILIES
    world = shares.select("family").unique().with_columns(country=pl.lit("WORLD"), share=1.0)
    return pl.concat(
        [shares.filter(pl.col("country") != "ZZ").filter(large).select(columns), world.select(columns)]
    ).sort("country", "family")


def _margins(profile: pl.LazyFrame, industries: pl.Series) -> Iterator[tuple[str, np.ndarray]]:
    """Tell how far above 0 the advantage of each country in each industry must be to be sure."""
    core = profile.filter(pl.col("population") == "core", pl.col("scheme") == "SEI").collect()
    for (country,), part in core.partition_by("country", as_dict=True).items():
        margin = pl.DataFrame({"industry": industries}).join(
            part.select("industry", margin=pl.col("rsca") - pl.col("rsca_low")),
            on="industry",
            how="left",
            maintain_order="left",
        )["margin"]
        yield str(country), margin.fill_null(np.inf).fill_nan(np.inf).to_numpy()


def _parts(int_family_industry_symbol: pl.LazyFrame) -> pl.LazyFrame:
    """Name the industry of each of a family's subclasses; null where it is of several."""
    only = pl.when(pl.col("industry").n_unique() == 1).then(pl.col("industry").first())
    return (
        int_family_industry_symbol.group_by("family", pl.col("symbol").str.head(4).alias("subclass"))
        .agg(industry=only)
        .with_columns(part=pl.concat_str("subclass", pl.col("industry").fill_null("several")))
    )


def _corpora(
    shares: pl.DataFrame,
    emerging: pl.LazyFrame,
    industries: pl.Series,
    int_family_industry_symbol: pl.LazyFrame,
    int_family_organisation: pl.LazyFrame,
    flags: pl.DataFrame,
    int_family_code: pl.LazyFrame,
) -> Iterator[tuple[str, Corpus]]:
    """Put what is known of each country's core families into arrays, family by family."""
    core = shares.filter(country="WORLD").select("family")
    numbered = core.with_row_index("row")
    rows = numbered.height

    def place(frame: pl.LazyFrame, column: str) -> tuple[pl.DataFrame, pl.Series]:
        """Number the families and the values of a column."""
        known = frame.join(numbered.lazy(), on="family").collect(engine="streaming")
        known = known.sort("row", column, pl.all())
        values = known[column].unique().sort()
        number = pl.col(column).rank("dense").cast(pl.Int64) - 1
        return known.with_columns(column=number), values

    def matrix(placed: pl.DataFrame, values: pl.Series | list[float], columns: int) -> csr_array:
        return csr_array(
            (np.asarray(values, float), (placed["row"], placed["column"])), shape=(rows, columns)
        )

    of_industry, found = place(emerging, "industry")
    of_group, groups = place(int_family_organisation, "corporate_group")
    of_code, codes = place(int_family_code, "subclass")
    by_industry = np.zeros((rows, len(industries)))
    position = np.searchsorted(industries.to_numpy(), found.to_numpy())
    cells = (of_industry["row"].to_numpy(), position[of_industry["column"].to_numpy()])
    by_industry[cells] = of_industry["share"].to_numpy()
    members = matrix(of_group, [1.0] * of_group.height, len(groups))
    members.data[:] = 1.0  # a group of two countries is one member
    symbols = int_family_industry_symbol.join(core.lazy(), on="family", how="semi")
    of_part, parts = place(_parts(symbols), "part")
    kinds = of_part.unique("column").sort("column")
    part_industry = kinds["industry"].replace_strict(
        industries, range(len(industries)), default=len(industries), return_dtype=pl.Int64
    )
    having = matrix(of_part, [1.0] * of_part.height, len(parts))
    sections = np.unique([code[0] for code in codes], return_inverse=True)[1]
    technologies = matrix(of_code, [1.0] * of_code.height, len(codes))
    for (country,), own in shares.partition_by("country", as_dict=True).items():
        families = own.join(numbered, on="family", maintain_order="left")
        told = families.join(flags.filter(country=country), on="family", how="left", maintain_order="left")
        local = of_group if country == "WORLD" else of_group.filter(country=country)
        row = families["row"].to_numpy()
        yield (
            str(country),
            Corpus(
                share=families["share"].to_numpy(),
                year=families["year"].to_numpy(),
                industries=by_industry[row],
                parts=having[row],
                part_subclass=np.unique(kinds["subclass"], return_inverse=True)[1],
                part_industry=part_industry.to_numpy(),
                members=members[row],
                own=matrix(local, local["share"], len(groups))[row],
                flags={flag: told[flag].fill_null(False).to_numpy().astype(float) for flag in FLAGS},
                codes=technologies[row],
                sections=sections,
            ),
        )
