"""Breaks in trends: none where growth is steady, the planted one where it is not, and no other."""

import duckdb

from benchmarks.calibration import core_technology
from benchmarks.calibration.inference import Claim, Counts, Inference, World
from benchmarks.calibration.other_maker import Making


def worlds(size: str) -> list[World]:
    """Worlds of another maker without a break, and some in which a country has a surge."""
    seeds = range(core_technology.FIRST_SEED, core_technology.FIRST_SEED + (5 if size == "full" else 1))
    steady = [
        world
        for world in core_technology.worlds(size)
        if world.maker == "other" and dict(world.options).keys() <= {"growth", "sizes", "giant", "offices"}
    ]
    for families in (3_000, 12_000) if size == "full" else (3_000,):
        kind = f"a surge of 1.8 in one of four countries, {families:,} families"
        options = (("surge", 1.8),)
        method = core_technology.METHOD
        steady += [World(kind, seed, families, "other", options, method, everything=True) for seed in seeds]
    return steady


def count(connection: duckdb.DuckDBPyConnection, world: World) -> Counts:
    """Count breaks that are none, and whether the planted one is found within a year."""
    making = Making(**dict(world.options))
    first = making.countries[0]
    rows = connection.sql(
        """
        select country, list(first_year) filter (where segment > 1) as breaks
        from intermediate.int_trend_segment
        where series = 'families' and reason is null
        group by country
        """
    ).fetchall()
    found = {country: breaks or [] for country, breaks in rows}
    if making.surge == 1:
        return {"fires": (sum(bool(breaks) for breaks in found.values()), len(found))}
    near = [abs(year - making.surge_year) <= 1 for year in found.get(first, [])]
    # The world has a smaller surge, which is one all the same.
    others = [breaks for country, breaks in found.items() if country not in (first, "WORLD")]
    return {
        "finds": (any(near), 1),
        "beside": (not all(near), 1),
        "elsewhere": (sum(bool(breaks) for breaks in others), len(others)),
    }


INFERENCE = Inference(
    name="break in a trend",
    column="fct_trend_segment.segment",
    claims=(
        Claim("fires", "series of steady growth that get a break", most=0.05),
        Claim(
            "elsewhere", "series of steady growth that get a break beside a country with a surge", most=0.05
        ),
        Claim("beside", "series with a surge that get a break in another year, too", most=0.05),
        Claim("finds", "planted surges that are found within a year"),
    ),
    tables=("intermediate.int_trend_segment",),
    worlds=worlds,
    count=count,
    about="""Series are those of all families, of four countries and the world; they vary by chance alone.
The planted surge multiplies the families of one country by 1.8 from 2007 on.""",
)
