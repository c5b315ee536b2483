"""How alike the networks of countries are."""

from collections.abc import Mapping
from itertools import combinations

import numpy as np
import polars as pl
from scipy import sparse

from corepath.transforms.methods.comparison import cells, partial_qap, qap, weighted_jaccard

# Families x resamples that are held at once: what bounds the memory.
BLOCK = 10_000_000
# Families with a tie that an interval needs: resamples of fewer are half as far apart as samples.
FEWEST = 30
# Resamples lose pairs, and are less far apart than samples: nine tenths of these are as far from the figure
# as these quantiles of resamples from their mean (docs/calibration.md).
ENDS = (0.01, 0.99)


def int_network_similarity(
    int_convergence_code: pl.LazyFrame,
    int_network_family: pl.LazyFrame,
    topic_country: pl.LazyFrame,
    topic: pl.LazyFrame,
) -> pl.DataFrame:
    """Compare the networks of each two countries, over all technologies that either has.

    By fractional counts, 1/(k-1) a pair in a family of k technologies, so that families of many
    codes do not swamp the rest. Intervals are of families drawn anew with replacement, and of
    networks of as many families: likeness grows with their number.

    Parameters
    ----------
    int_convergence_code
        One row a level x family x technology: level, family, technology, codes.
    int_network_family
        One row a network x family: network, family, share, is_core.
    topic_country
        One row a compared country: country, position.
    topic
        One row: permutations, rarefaction_draws (here of resamples), seed.

    Returns
    -------
    pl.DataFrame
        One row a pair of countries x population x level but main groups, undivided: country_a,
        country_b (before it in the topic), population, level, technologies (of the union); pearson
        and spearman with _p of the QAP and _lower and _upper; weighted_jaccard with these two;
        partial (correlation given the rest of the world, the families of neither) with _p.
        Null where a network has no tie; _lower and _upper also where one has fewer than 30 families
        with a tie.
    """
    permutations, count, seed = topic.select("permutations", "rarefaction_draws", "seed").collect().row(0)
    countries = topic_country.sort("position").collect()["country"].to_list()
    known = int_network_family.filter(pl.col("network").is_in([*countries, "WORLD"]))
    codes = (
        int_convergence_code.filter(pl.col("level") != "main_group", pl.col("codes") > 1)
        .join(known.select("family").unique(), on="family", how="semi")
        .select("level", "family", "technology", "codes")
        .collect(engine="streaming")
        .sort("level", "family", "technology")
    )
    families = (
        known.select("network", "family", "share", "is_core")
        .collect(engine="streaming")
        .sort("network", "family")
    )
    rows = []
    for (level,), of_level in codes.group_by("level", maintain_order=True):
        # Numbers in the order of names: the pairs of millions of families are narrow.
        names = of_level["technology"].unique().sort()
        technology = pl.col("technology").replace_strict(names, range(len(names)), return_dtype=pl.UInt16)
        coded = of_level.select("family", technology, "codes")
        for population in ("all", "core"):
            own = families if population == "all" else families.filter("is_core")
            ties = {
                country: _ties(coded, names, own.filter(network=country)) for country in [*countries, "WORLD"]
            }
            world, of_family = ties.pop("WORLD")
            resampled = {
                country: _resampled(of_pair, count, [seed, number])
                for number, (country, (_, of_pair)) in enumerate(ties.items())
            }
            for one, other in combinations(countries, 2):
                found = _compare(
                    {c: (ties[c][0], ties[c][1].sum(axis=1), resampled[c]) for c in (one, other)},
                    (world, of_family.sum(axis=1)),
                    permutations,
                    seed,
                )
                rows.append(
                    {"country_a": one, "country_b": other, "population": population}
                    | {"level": str(level)}
                    | found
                )
    ends = {
        "pearson": ["", "_p", "_lower", "_upper"],
        "spearman": ["", "_p", "_lower", "_upper"],
        "weighted_jaccard": ["", "_lower", "_upper"],
        "partial": ["", "_p"],
    }
    return pl.DataFrame(
        rows,
        schema=dict.fromkeys(["country_a", "country_b", "population", "level"], pl.String)
        | {"technologies": pl.Int64}
        | {f"{measure}{end}": pl.Float64 for measure, of in ends.items() for end in of},
    ).with_columns(pl.col(pl.Float64).fill_nan(None))


def _ties(
    codes: pl.DataFrame, names: pl.Series, families: pl.DataFrame
) -> tuple[pl.DataFrame, sparse.csr_array]:
    """Give the pairs that meet, in order, and pairs × families: what a family adds to a pair."""
    own = (
        families.select("family", "share")
        .join(codes, on="family", maintain_order="left_right")
        .select("family", "technology", value=pl.col("share") / (pl.col("codes") - 1))
    )
    met = (
        own.join(own.select("family", target="technology"), on="family")
        .rename({"technology": "source"})
        .filter(pl.col("source") < pl.col("target"))
        .sort("family", "source", "target")
    )
    pairs = met.select("source", "target").unique().sort("source", "target")
    number = met.join(pairs.with_row_index("number"), on=["source", "target"], maintain_order="left")
    family = number["family"].rle_id().to_numpy().astype(np.int64)
    matrix = sparse.coo_array(
        (number["value"].to_numpy(), (number["number"].to_numpy().astype(np.int64), family)),
        shape=(len(pairs), family.max(initial=-1) + 1),
    )
    named = pairs.select(names.gather(pairs[end]).alias(end) for end in ("source", "target"))
    return named, matrix.tocsr()


def _resampled(of_pair: sparse.csr_array, count: int, seed: list[int]) -> np.ndarray | None:
    """Add pairs up over families drawn with replacement: pairs × draws; None of too few families."""
    families = int(of_pair.indices.max(initial=-1)) + 1
    if families < FEWEST:
        return None
    rng = np.random.default_rng(seed)
    found = []
    batch = max(1, BLOCK // families)
    for start in range(0, count, batch):
        draws = min(batch, count - start)
        times = np.stack(
            [np.bincount(rng.integers(families, size=families), minlength=families) for _ in range(draws)],
            axis=1,
        )
        found.append(of_pair @ times.astype(float))
    return np.concatenate(found, axis=1)


def _compare(
    networks: Mapping[str, tuple[pl.DataFrame, np.ndarray, np.ndarray | None]],
    world: tuple[pl.DataFrame, np.ndarray],
    permutations: int,
    seed: int,
) -> dict[str, float]:
    """Compare two networks, each its pairs, their counts, and the counts of resamples if it has any.

    And the world: its pairs and their counts.
    """
    names = pl.concat([pairs[end] for pairs, *_ in networks.values() for end in ("source", "target")])
    place = {name: i for i, name in enumerate(names.unique().sort())}
    n = len(place)
    if n < 3 or any(pairs.is_empty() for pairs, *_ in networks.values()):
        return {"technologies": n}
    upper = np.triu_indices(n, 1)
    cell = np.zeros((n, n), dtype=np.int64)
    cell[upper] = np.arange(len(upper[0]))
    whole, drawn = [], []
    for pairs, counts, resamples in networks.values():
        square, source, target = _square(pairs, counts, place)
        whole.append(square)
        if resamples is not None:
            drawn.append((cell[source, target], resamples))
    # Of technologies that neither has there is nothing to compare.
    known = pl.col("source", "target").is_in(list(place))
    pairs, counts = world
    there = pairs.select(pl.all_horizontal(known)).to_series().to_numpy()
    rest = _square(pairs.filter(there), counts[there], place)[0] - whole[0] - whole[1]
    result: dict[str, float] = {"technologies": n}
    for name, ranked in (("pearson", False), ("spearman", True)):
        result[name], result[f"{name}_p"] = qap(whole[0], whole[1], permutations, seed, ranked)
    result["weighted_jaccard"] = weighted_jaccard(whole[0][upper], whole[1][upper])
    result["partial"], result["partial_p"] = partial_qap(
        whole[0], whole[1], rest.round(9), permutations, seed
    )
    if len(drawn) < len(networks):
        return result
    values: dict[str, list[float]] = {"pearson": [], "spearman": [], "weighted_jaccard": []}
    for draw in range(drawn[0][1].shape[1]):
        one, other = np.zeros(len(upper[0])), np.zeros(len(upper[0]))
        for counts, (place_of, resamples) in zip((one, other), drawn, strict=True):
            counts[place_of] = resamples[:, draw]
        values["pearson"].append((cells(one, False) * cells(other, False)).sum())
        values["spearman"].append((cells(one, True) * cells(other, True)).sum())
        values["weighted_jaccard"].append(weighted_jaccard(one, other))
    for name, found in values.items():
        known = np.array(found)[np.isfinite(found)]
        if len(known):
            # Resamples lose pairs, so that they are less alike than the families were. How far they
            # are apart tells how far another as many families would be from these.
            below, above = np.quantile(known - known.mean(), ENDS)
            least = 0 if name == "weighted_jaccard" else -1
            result[f"{name}_lower"] = max(result[name] + min(below, 0), least)
            result[f"{name}_upper"] = min(result[name] + max(above, 0), 1)
    return result


def _square(
    pairs: pl.DataFrame, counts: np.ndarray, place: Mapping[str, int]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Put the counts of pairs into a matrix; with the places of their ends."""
    source, target = (
        pairs[end].replace_strict(place, return_dtype=pl.Int64).to_numpy() for end in ("source", "target")
    )
    square = np.zeros((len(place), len(place)))
    square[source, target] = square[target, source] = counts
    return square, source, target
