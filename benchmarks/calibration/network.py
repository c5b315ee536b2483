"""Networks and advantages: nothing where technologies meet by chance and countries are alike."""

import duckdb
import numpy as np

from benchmarks.calibration import core_technology, other_maker
from benchmarks.calibration.inference import Claim, Counts, Inference, World
from corepath.transforms.methods.link_prediction import emerged, features, fit, in_networks, last_transition

FIRST_SEED = 500
EVEN = ("sizes", (0.25,) * 4)
# Few permutations and resamples: a p below 0.05 needs no more.
METHOD = (*core_technology.METHOD, ("permutations", 500), ("rarefaction_draws", 20), ("samples", 200))
# Pairs that go together, and how often.
JOINED = (("joined", 4), ("together", 0.1))
# Technologies that are key core, so that countries are compared in them; and one that has more of them.
PULLED = (("pulled", 4), ("pull", 8.0))
UNDIVIDED = "period = 'all' and subfield = 'all' and level = 'subclass'"


def worlds(size: str) -> list[World]:
    """Worlds in which technologies meet by chance, worlds of pairs, and of countries of own mixes."""
    is_full = size == "full"
    seeds = range(FIRST_SEED, FIRST_SEED + (20 if is_full else 1))
    kinds = {
        "technologies meet by chance, countries have one mix": (EVEN,),
        "technologies meet by chance, each country has its own mix": (EVEN, ("alike", False)),
        "4 pairs of technologies of which 10 % go together": (EVEN, *JOINED),
    }
    return [
        World(f"{kind}, 3,000 families", seed, 3_000, "other", options, METHOD, everything=True)
        for kind, options in kinds.items()
        for seed in seeds
    ]


def ties(connection: duckdb.DuckDBPyConnection, world: World) -> Counts:
    """Count ties that a test or a backbone names, among those of pairs and among the others."""
    making = other_maker.Making(**dict(world.options))
    pairs = {tuple(sorted(pair)) for pair in other_maker.joined(making)}
    rows = connection.sql(f"""
        select source, target, coalesce(dealt_q < 0.05, false), disparity_alpha < 0.05,
            coalesce(noise_score > 1.64 * noise_deviation, false)
        from intermediate.int_convergence_edge
        where network = 'WORLD' and population = 'all' and {UNDIVIDED}
    """).fetchall()
    is_pair = np.array([(source, target) in pairs for source, target, *_ in rows])
    sure, disparity, noise = np.array([flags for _, _, *flags in rows]).T
    false = int((sure & ~is_pair).sum())
    found = {
        "false tie": (false / max(1, int(sure.sum())), 1),
        "finds tie": (int((sure & is_pair).sum()), len(pairs)),
        "finds backbone": (int((noise & is_pair).sum()), len(pairs)),
    }
    if not pairs:
        found |= {"noise": (int(noise.sum()), len(rows)), "disparity": (int(disparity.sum()), len(rows))}
        core = connection.sql(f"""
            select core_periphery_p < 0.05 from intermediate.int_small_world
            where population = 'all' and core_periphery_p is not null and {UNDIVIDED}
        """).fetchall()
        found["core"] = (sum(is_core for (is_core,) in core), len(core))
    return found


def likeness(connection: duckdb.DuckDBPyConnection, world: World) -> Counts:
    """Count pairs of countries whose networks are called alike, where they are and where not."""
    rows = connection.sql("""
        select pearson_p < 0.05, spearman_p < 0.05, partial_p < 0.05
        from intermediate.int_network_similarity
        where population = 'all' and level = 'subclass' and pearson_p is not null
    """).fetchall()
    alike = dict(world.options).get("alike", True)
    measures = ("pearson", "spearman", "partial") if not alike else ("pearson", "spearman")
    return {
        f"{'finds' if alike else 'fires'} {measure}": (sum(bool(each) for each in column), len(rows))
        for measure, column in zip(("pearson", "spearman", "partial"), zip(*rows, strict=True), strict=True)
        if measure in measures
    }


def emergence(connection: duckdb.DuckDBPyConnection, world: World) -> Counts:
    """Hold the chances of the hundred likeliest pairs against how many of them met."""
    pairs, nodes, periods = (
        connection.sql(query).pl().lazy()
        for query in (
            "from intermediate.int_convergence_pair",
            "from intermediate.int_convergence_occurrence",
            "from reference.period",
        )
    )
    chance = met = many = 0.0
    for network, found in in_networks(pairs, nodes, periods):
        last = last_transition(found)
        if network == "WORLD" or last is None or last < 2:
            continue
        before, tested, following = found[last - 2 : last + 1]
        learnt = emerged(before, tested)
        if not learnt.any():
            continue
        said = fit(features(before), learnt).chance(features(tested))
        likeliest = np.argsort(-said)[:100]
        chance += said[likeliest].sum()
        met += emerged(tested, following)[likeliest].sum()
        many += len(likeliest)
    return {"said": (chance, many), "met": (met, many)}


def advantage_worlds(size: str) -> list[World]:
    """Countries of one mix; and such in which the first has twice as many of four technologies."""
    is_full = size == "full"
    seeds = range(FIRST_SEED, FIRST_SEED + (20 if is_full else 1))
    families = 12_000 if is_full else 4_000
    kinds = {
        f"four countries of one mix, {families:,} families": (EVEN, *PULLED),
        f"one of four countries has twice as many of 4 technologies, {families:,} families": (
            EVEN,
            *PULLED,
            ("favour", 2.0),
        ),
    }
    return [
        World(kind, seed, families, "other", options, METHOD, everything=True)
        for kind, options in kinds.items()
        for seed in seeds
    ]


def advantages(connection: duckdb.DuckDBPyConnection, world: World) -> Counts:
    """Count advantages and standings in key core technologies, and advantages in fields."""
    making = other_maker.Making(**dict(world.options))
    planted, first = other_maker.planted(making), making.countries[0]
    rows = connection.sql(
        "select technology, country, is_advantage, standing from intermediate.int_technology_standing"
    ).fetchall()
    own = [row for row in rows if row[0] in planted and row[1] == first]
    if making.favour != 1:
        others = [row for row in rows if row[0] in planted and row[1] != first]
        return {
            "finds advantage": (sum(row[2] for row in own), len(own)),
            "finds lagging": (sum(row[3] == "lagging" for row in others), len(others)),
        }
    fields = connection.sql("""
        select coalesce(families >= minimum_cell and rsca_low > 0, false)
        from intermediate.int_industry_profile cross join topic.topic
        where scheme = 'WIPO' and industry <> 'none' and population = 'all'
    """).fetchall()
    return {
        "false field": (sum(is_one for (is_one,) in fields), len(fields)),
        "false advantage": (sum(row[2] for row in rows), len(rows)),
        "false lagging": (sum(row[3] == "lagging" for row in rows), len(rows)),
    }


INFERENCES = [
    Inference(
        name="tie of a network",
        column="fct_convergence_edge.dealt_q and others",
        claims=(
            Claim("false tie", "ties of q below 0.05 that chance made (fct_convergence_edge)", most=0.05),
            Claim("finds tie", "planted pairs that have a q below 0.05"),
            Claim("noise", "ties by chance in the noise-corrected backbone"),
            Claim("finds backbone", "planted pairs in the noise-corrected backbone"),
            Claim("disparity", "ties by chance in the disparity backbone"),
            Claim(
                "core", "networks by chance of core_periphery_p below 0.05 (fct_network_metric)", most=0.05
            ),
        ),
        tables=("intermediate.int_convergence_edge", "intermediate.int_small_world"),
        worlds=worlds,
        count=ties,
        about="""In worlds without pairs, technologies meet by how frequent they are alone. False ties are
counted as their share among all that are called so, which is what a q promises. A planted pair's
technologies meet in a tenth of the families that have the first, besides those that chance gives.
Backbones are filters, and no tests: that of noise does not know that a family of many technologies makes
many ties.""",
    ),
    Inference(
        name="likeness of networks",
        column="fct_network_similarity.pearson_p and others",
        claims=(
            Claim("fires pearson", "pairs of unrelated networks whose pearson_p is below 0.05", most=0.05),
            Claim("fires spearman", "pairs of unrelated networks whose spearman_p is below 0.05", most=0.05),
            Claim("fires partial", "pairs of unrelated networks whose partial_p is below 0.05", most=0.05),
            Claim("finds pearson", "pairs of alike networks whose pearson_p is below 0.05"),
            Claim("finds spearman", "pairs of alike networks whose spearman_p is below 0.05"),
        ),
        tables=("intermediate.int_network_similarity",),
        worlds=worlds,
        count=likeness,
        about="""Networks are unrelated where each country has its own mix of technologies, and alike
where all have one. A pair of countries is a case.""",
    ),
    Inference(
        name="link prediction",
        column="fct_emerging_link.chance",
        claims=(
            Claim("said", "chance that the hundred likeliest pairs were given"),
            Claim("met", "hundred likeliest pairs that met in the period that followed"),
        ),
        tables=("intermediate.int_convergence_pair", "intermediate.int_convergence_occurrence"),
        worlds=worlds,
        count=emergence,
        about="""A model that learnt from one period is asked about the next, in the networks of countries;
what it said on average stands beside what came true. The two need not agree: a chance is that of a
period like the last, and families, and with them pairs that meet, become more.""",
    ),
    Inference(
        name="advantage and standing",
        column="fct_industry_profile.is_advantage, fct_reference_path.is_advantage, standing",
        claims=(
            Claim("false field", "fields called an advantage where countries are alike", most=0.05),
            Claim("false advantage", "technologies called an advantage where countries are alike", most=0.05),
            Claim("false lagging", "standings called lagging where countries are alike", most=0.05),
            Claim("finds advantage", "technologies with twice the share that are called an advantage"),
            Claim("finds lagging", "standings behind a country with twice as many that are called lagging"),
        ),
        tables=("intermediate.int_technology_standing", "intermediate.int_industry_profile"),
        worlds=advantage_worlds,
        count=advantages,
        about="""Technologies are those that are called key core, and a technology and a country are a case.
A reference path is proposed to who is lagging.""",
    ),
]
