"""Breaks in trends: none where growth is steady, the planted one where it is not, and no other."""

import duckdb

from benchmarks.calibration.inference import Claim, Counts, Inference, World
from benchmarks.calibration.other_maker import Making

# Seeds below 100 were used to make the rule.
FIRST_SEED = 100
METHOD = (("minimum_coverage", 0.2), ("samples", 10))
STEADY = {
    "one mix for all": (),
    "growth only": (("growth", (0.0, 0.04, 0.08, 0.12)),),
    "skewed sizes": (("sizes", (0.7, 0.2, 0.08, 0.02)),),
    "one giant applicant": (("giant", 0.5),),
    "one office": (("offices", 1),),
    "years vary by 15 %, of which half carries over": (("swing", 0.15), ("carried_over", 0.5)),
}


def worlds(size: str) -> list[World]:
    """Worlds of another maker without a break, and some in which a country has a surge."""
    is_full = size == "full"
    kinds = {f"nothing planted, another maker, {name}": (3_000, options) for name, options in STEADY.items()}
    for families in (3_000, 12_000, 40_000) if is_full else (12_000,):
        kind = f"a surge of 1.8 in one of four countries, {families:,} families"
        kinds[kind] = (families, (("surge", 1.8),))
    return [
        World(kind, seed, families, "other", options, METHOD, everything=True)
        for kind, (families, options) in kinds.items()
        for seed in range(FIRST_SEED, FIRST_SEED + (20 if is_full else 1))
    ]


def count(connection: duckdb.DuckDBPyConnection, world: World) -> Counts:
    """Count breaks that are none, and whether the planted one is found within a year."""
    making = Making(**dict(world.options))
    first = making.countries[0]
    rows = connection.sql(
        """
        select country, first_year, break_earliest, break_latest, segment > 1 as is_break
        from intermediate.int_trend_segment
        where series = 'families' and reason is null
        """
    ).fetchall()
    breaks: dict[str, list[tuple[int, int, int]]] = {country: [] for country, *_ in rows}
    for country, year, earliest, latest, is_break in rows:
        if is_break:
            breaks[country].append((year, earliest, latest))
    if making.surge == 1:
        return {"fires": (sum(map(bool, breaks.values())), len(breaks))}
    near = [span for span in breaks[first] if abs(span[0] - making.surge_year) <= 1]
    held = [earliest <= making.surge_year <= latest for _, earliest, latest in breaks[first]]
    # The world has a smaller surge, which is one all the same.
    others = [spans for country, spans in breaks.items() if country not in (first, "WORLD")]
    return {
        "finds": (bool(near), 1),
        "dates": (sum(earliest <= making.surge_year <= latest for _, earliest, latest in near), len(near)),
        "beside": (not all(held), 1),
        "elsewhere": (sum(map(bool, others)), len(others)),
    }


INFERENCE = Inference(
    name="break in a trend",
    column="fct_trend_segment.segment",
    claims=(
        Claim("fires", "series of steady growth that get a break", most=0.05),
        Claim(
            "elsewhere", "series of steady growth that get a break beside a country with a surge", most=0.05
        ),
        Claim("beside", "series with a surge that get a break whose 95 % interval lies elsewhere", most=0.05),
        Claim("dates", "breaks found within a year whose 95 % interval holds the planted one", least=0.92),
        Claim("finds", "planted surges that are found within a year"),
    ),
    tables=("intermediate.int_trend_segment",),
    worlds=worlds,
    count=count,
    about="""Series are those of all families, of four countries and the world; they vary by chance alone,
but for one kind of world. The planted surge multiplies the families of one country by 1.8 from 2007 on: of
3,000 families the country has some 27 a year, of 12,000 some 110, of 40,000 some 360. A surge of few families
is not told from chance, and what is not found is no proof that there is none.""",
)
