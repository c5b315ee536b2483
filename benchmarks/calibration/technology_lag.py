"""Technology lag: none where growth alone differs, and the planted ones where they are."""

from itertools import combinations

import duckdb

from benchmarks.calibration import other_maker
from benchmarks.calibration.inference import Claim, Counts, Inference, World
from corepath.synthetic.world import read_plan

# Seeds below 2,000 were used to make the rule.
FIRST_SEED = 2_000
# A core of half of the families: many of them from a small world.
METHOD = (("minimum_coverage", 0.2), ("core_share", 0.5))
EVEN = ("sizes", (0.25,) * 4)
DRIFTS = (EVEN, ("drifts", True))
KINDS = {
    "no lag, growth of 0 to 12 % a year": (*DRIFTS, ("growth", (0.0, 0.04, 0.08, 0.12))),
    "delays of 0, 0.5, 3 and 6 years, growth of 2 to 12 %": (
        *DRIFTS,
        ("lags", (0.0, 0.5, 3.0, 6.0)),
        ("growth", (0.02, 0.12, 0.08, 0.05)),
    ),
    "one mix for all, growth of 0 to 12 %": (EVEN, ("growth", (0.0, 0.04, 0.08, 0.12))),
    "delays of 0, 0.5, 3 and 6 years, half of each country's families of one applicant": (
        *DRIFTS,
        ("lags", (0.0, 0.5, 3.0, 6.0)),
        ("giant", 0.5),
    ),
}
SKEWED = (
    ("sizes", (0.5, 0.25, 0.15, 0.1)),
    ("drifts", True),
    ("lags", (0.0, 0.5, 3.0, 6.0)),
    ("growth", (0.02, 0.12, 0.08, 0.05)),
)


def worlds(size: str) -> list[World]:
    """Worlds of another maker, of 300 and 1,500 core families a country; and the generator's own."""
    is_full = size == "full"
    seeds = range(FIRST_SEED, FIRST_SEED + (20 if is_full else 2))
    found = [
        World(
            f"{kind}; {families // 8:,} core families a country",
            seed,
            families,
            "other",
            options,
            METHOD,
            everything=True,
        )
        for families in ((2_400, 12_000) if is_full else (2_400,))
        for kind, options in KINDS.items()
        for seed in seeds
    ]
    kind = "the same delays and growth, sizes of 5 to 1; 300 core families of the smallest country"
    found += [World(kind, seed, 6_000, "other", SKEWED, METHOD, True) for seed in seeds]
    if is_full:
        method = (("core_share", 0.5),)
        found += [
            World(kind, seed, 12_000, options=(("null", is_null),), method=method)
            for kind, is_null in (("generator, no lag", True), ("generator, planted lags", False))
            for seed in seeds
        ]
    return found


def count(connection: duckdb.DuckDBPyConnection, world: World) -> Counts:
    """Hold each pair's lag and conclusion against the planted lag."""
    making = other_maker.Making(**dict(world.options)) if world.maker == "other" else None
    if making:
        lags = dict(zip(making.countries, making.lags, strict=True))
        growth = dict(zip(making.countries, making.growth, strict=True))
    else:
        plan = read_plan(null=dict(world.options)["null"])
        lags = {name: country["lag"] for name, country in plan["country"].items()}
        growth = dict.fromkeys(lags, 0.0)
    rows = connection.sql("""
        select country, reference, lag, lag_low, lag_high, conclusion
        from intermediate.int_technology_lag where subfield = 'all'
    """).fetchall()
    told = {(country, reference): row for country, reference, *row in rows}
    # Where the mix is the same at all times there is nothing that could come later.
    is_defined = making is None or making.drifts
    pairs = held = known = false = level = found = planted = 0
    off = missed = late = 0.0
    for country, reference in combinations(sorted({one for one, _ in told}), 2):
        lag, low, high, conclusion = told[country, reference]
        truth = lags[country] - lags[reference]
        right = "behind" if truth > 0 else "ahead" if truth < 0 else "level"
        pairs += 1
        false += conclusion in {"behind", "ahead"} and conclusion != right
        level += conclusion == "level" and abs(truth) > 1
        planted += abs(truth) >= 0.5
        found += abs(truth) >= 0.5 and conclusion == right
        if is_defined and lag is not None:
            known += 1
            held += low <= truth <= high
            if truth:
                missed += (lag - truth) * (1 if truth > 0 else -1)
                late += 1
            else:
                # Who grows faster has its families later.
                off += (lag - truth) * (1 if growth[country] >= growth[reference] else -1)
    return {
        "covers": (held, known),
        "false direction": (false, pairs),
        "false level": (level, pairs),
        "finds": (found, planted),
        "no lag": (off, known - late),
        "bias": (missed, late),
    }


INFERENCE = Inference(
    name="technology lag",
    column="fct_technology_lag.conclusion",
    claims=(
        Claim("covers", "intervals of 95 % that hold the planted lag", least=0.92),
        Claim("false direction", "pairs called behind or ahead that are not", most=0.07),
        Claim("no lag", "of a year by which lags of none are off on average", most=0.2, is_mean=True),
        Claim("bias", "of a year by which planted lags are off on average", most=0.25, is_mean=True),
        Claim("false level", "pairs called level that are more than a year apart", most=0.05),
        Claim("finds", "pairs half a year apart or more that are called behind or ahead, rightly"),
    ),
    tables=("intermediate.int_technology_lag",),
    worlds=worlds,
    count=count,
    about="""A pair of countries is a case. Where all have one mix at all times there is no lag, and
`cannot tell` is right; only false directions are counted there. Lags are off on average by the mean of
what was found less what was planted, taken in the direction of the planted lag, or of faster growth where
there is none: single ones are off by more, as intervals say. Half a year is seldom told from none
by 300 core families a country, and one of the six pairs is that near.""",
)
