"""Write a world of patents, of any size, in the layout of a source: `python -m corepath.synthetic.world`.

The world is drawn by SQL (`benchmarks/world/*.sql`) from a seed: every number is a hash of the
seed, a purpose and an id, so that neither order nor threads matter. `family` tells in a few bytes
each what the families are; all else is made of it, one block of families after the other.
"""

import argparse
import csv
import hashlib
import shutil
import time
import tomllib
from collections.abc import Iterator
from copy import deepcopy
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from corepath.synthetic import corruption, truth

FOLDER = Path(__file__).parent / "world_sql"
# US first: reference.sql and patentsview/ count on its number.
OFFICES = ["US", "EP", "JP", "KR", "CN", "TW", "WO"]
_PAIRS = "kadorivelumonazipetosakubireganofidulametivoraxejo"
SYLLABLES = [_PAIRS[i : i + 2] for i in range(0, len(_PAIRS), 2)]
# What is made of a block of families, in this order.
BLOCK = ["code", "party", "inventor", "citation", "reference", "member", "publication", "wording"]
FAMILIES_OF_BLOCK = 100_000
LAYOUTS = ["patentsview", "google_patents", "patstat"]
Plan = dict[str, Any]


def read_plan(path: Path | None = None, *, null: bool = False) -> Plan:
    """Read what is to be planted.

    Parameters
    ----------
    path
        TOML laid over `synthetic/world_sql/plan.toml`, key by key.
    null
        Take all that is planted out again: no core, no paths, no lag, no surge, one mix of
        industries for all.

    Returns
    -------
    The plan, as the TOML file has it, and `null`.

    Raises
    ------
    ValueError
        A key that the plan does not know, or a path without a description.

    Examples
    --------
    >>> read_plan()["country"]["JP"]["paths"]
    ['I3', 'T1', 'C2']
    >>> read_plan(null=True)["country"]["JP"]["paths"]
    ['none', 'none', 'none']
    """
    plan = tomllib.loads((FOLDER / "plan.toml").read_text())
    even = {industry: round(1 / len(plan["industry"]), 9) for industry in plan["industry"]}
    plain = {"growth": 0.0, "paths": ["none"] * 3, "shares": even}
    plan["country"] = {name: plain | country for name, country in plan["country"].items()}
    if path:
        _lay_over(plan, tomllib.loads(path.read_text()), str(path))
    plan["null"] = null
    if null:
        plan["surge"]["factor"] = 1.0
        plan["core"]["pull"] = 1.0
    for name, country in plan["country"].items():
        if null:
            country |= {"core": 0.0, "lag": 0.0, "paths": ["none"] * 3, "shares": even}
        kinds = zip(("industry", "technology", "collaboration"), country["paths"], strict=True)
        for kind, label in kinds:
            if label not in plan[f"{kind}_path"]:
                raise ValueError(f"country.{name}: no {kind}_path.{label} in the plan")
        if set(country["shares"]) != set(plan["industry"]):
            raise ValueError(f"country.{name}.shares must name every industry")
        if abs(sum(country["shares"].values()) - 1) > 1e-6:
            raise ValueError(f"country.{name}.shares must add up to 1")
    _see_technologies(plan["core"]["technologies"])
    return plan


def _see_technologies(technologies: list[str]) -> None:
    with (FOLDER / "symbol.csv").open(encoding="utf-8", newline="") as file:
        known = {(row["industry"], row["symbol"][:4]) for row in csv.DictReader(file)}
    for technology in technologies:
        if technology not in {subclass for _, subclass in known}:
            raise ValueError(f"core.technologies: no industry has symbols of {technology}")
    industries = [industry for industry, subclass in known if subclass in technologies]
    if len(industries) != len(set(industries)):
        raise ValueError("core.technologies: no more than one subclass of an industry")


def _lay_over(plan: Plan, upper: Plan, where: str) -> None:
    """Replace values in place. Only countries may be new; what one leaves out is as in NL."""
    for key, value in upper.items():
        if where.endswith(".country"):
            plan.setdefault(key, deepcopy(plan["NL"]))
        if key not in plan:
            raise ValueError(f"{where}: unknown key {key!r}; the plan knows {', '.join(plan)}")
        if isinstance(value, dict) and key != "shares":
            _lay_over(plan[key], value, f"{where}.{key}")
        else:
            plan[key] = value


def _select(name: str) -> str:
    return (FOLDER / f"{name}.sql").read_text()


def _make(con: duckdb.DuckDBPyConnection, name: str) -> None:
    con.execute(f"create or replace table {name} as {_select(name)}")


def _set(con: duckdb.DuckDBPyConnection, **variables: Any) -> None:
    for name, value in variables.items():
        con.execute(f"set variable {name} = $value", {"value": value})


def create(
    con: duckdb.DuckDBPyConnection, plan: Plan, families: int, seed: int = 0, topic_share: float = 0.9
) -> None:
    """Draw the families of a world.

    Parameters
    ----------
    con
        Receives the tables `family` (one row a family), `applicant`, `country`, `industry`, `cell`
        and those that say how the rest is drawn.
    plan
        From :func:`read_plan`.
    families
        How many.
    seed
        Another seed is another world.
    topic_share
        Share of the families in the topic information_technology; the others are in no topic.
    """
    quarters = _quarters(plan)
    industries = list(plan["industry"])
    background = len(industries)
    salt = int.from_bytes(hashlib.sha256(str(seed).encode()).digest()[:8], "big") >> 2
    core = sum(c["core"] * c["weight"] for c in plan["country"].values()) / sum(
        c["weight"] for c in plan["country"].values()
    )
    pulled = plan["core"]["pull"] * core
    rates, wave = plan["rates"], plan["wave"]
    claims = ["What is claimed is: 1. An apparatus comprising a first unit and a second unit."] + [
        f"{i}. The apparatus of claim 1, wherein the first unit is in state {i}." for i in range(2, 301)
    ]
    con.execute("create or replace type type_of_family as enum ('invention', 'utility model', 'design')")
    _set(
        con,
        salt=salt,
        families=families,
        first_year=plan["first_year"],
        quarters=quarters,
        cut_off=date.fromisoformat(plan["cut_off"]),
        growth=plan["growth"],
        surge_year=plan["surge"]["year"],
        surge_factor=plan["surge"]["factor"],
        core_pull=pulled / (pulled + 1 - core),
        technology_share=plan["core"]["technology_share"],
        topic_symbol=plan["topic"]["symbol"],
        background=background,
        nothing_planted=plan["null"],
        offices=OFFICES,
        reach=[plan["reach"][office] for office in OFFICES],
        syllables=SYLLABLES,
        # Numbers of US patents have seven digits where there is room.
        stride=max(1, 8_000_000 // families),
        # As there are two serials for a family that is filed.
        places=1_000_000 if families < 6_000_000 else 10_000_000,
        claims_text="\n".join(claims),
        claims_ends=np.cumsum([len(claim) + 1 for claim in claims]).tolist(),
        base_rate=rates["base_co_application"],
        rare_flag=plan["distraction"]["rare_flag"],
        affiliates=plan["distraction"]["affiliates"],
        # Beyond every applicant, and below the inventors.
        affiliate_offset=50_000_000,
        claims_factor=plan["distraction"]["claims"],
        citations_factor=plan["distraction"]["citations"],
        **{
            k: rates[k]
            for k in ("citations", "ai_title", "abroad_grant", "small_company", "utility_model", "design")
        },
        **{f"wave_{key}": float(value) for key, value in wave.items()},
    )
    con.execute(_select("macros"))
    _create_plan_tables(con, plan, industries, topic_share)
    for name in ["quarter", "cell", "calendar", "target", "family", "pool", "team", "applicant"]:
        _make(con, name)


def _quarters(plan: Plan) -> int:
    last = date.fromisoformat(plan["last_quarter"])
    return (last.year - plan["first_year"]) * 4 + (last.month - 1) // 3 + 1


def _create_plan_tables(
    con: duckdb.DuckDBPyConnection, plan: Plan, industries: list[str], topic_share: float
) -> None:
    con.execute("""
        create or replace table industry (
            position utinyint, industry varchar, branch varchar, section varchar, is_topic boolean,
            partners int[], opposite int[], beside int[]
        )
    """)
    sections = {name: plan["industry"][name]["section"] for name in industries}
    for position, name in enumerate(industries):
        entry = plan["industry"][name]
        beside, opposite = (
            [
                i
                for i, other in enumerate(industries)
                if other != name and (sections[other] == sections[name]) is is_same
            ]
            for is_same in (True, False)
        )
        partners = [industries.index(partner) for partner in entry["partners"]]
        con.execute(
            "insert into industry values (?, ?, ?, ?, true, ?, ?, ?)",
            [position, name, entry["branch"], sections[name], partners, opposite, beside],
        )
    con.execute(
        "insert into industry values (?, ?, null, null, false, null, null, null)",
        [len(industries), plan["background"]],
    )
    con.execute("""
        create or replace table country (
            position utinyint, country varchar, first_office varchar, weight double, growth double,
            core double, lag double, stay_home double, missing double, shares double[],
            draw utinyint[], loyal double, group_size double, skew double, fixed_partners boolean,
            crossing double, narrow double, is_free boolean, rate double, university double,
            institute double, other_industry double, leader double, with_leader double
        )
    """)
    for position, (name, entry) in enumerate(plan["country"].items(), 1):
        industry, technology, collaboration = (
            plan[f"{kind}_path"][label]
            for kind, label in zip(("industry", "technology", "collaboration"), entry["paths"], strict=True)
        )
        shares = [entry["shares"][i] for i in industries]
        ends = np.rint(np.cumsum(shares) * 1000).astype(int)
        draw = np.repeat(np.arange(len(industries)), np.diff(ends, prepend=0)).tolist()
        con.execute(
            f"insert into country values ({', '.join('?' * 24)})",
            [
                position,
                name,
                entry["first_office"],
                entry["weight"],
                entry["growth"],
                entry["core"],
                entry["lag"],
                entry["stay_home"],
                entry["missing"],
                [share * topic_share for share in shares] + [1 - topic_share],
                draw,
                industry["loyal"],
                industry["group_size"],
                industry["skew"],
                industry["partners"] == "fixed",
                technology["cross"],
                technology["narrow"],
                technology["free"],
                collaboration["rate"],
                collaboration["university"],
                collaboration["institute"],
                collaboration["other_industry"],
                collaboration["leader"],
                collaboration["with_leader"],
            ],
        )
    con.execute(
        """
        create or replace table symbol as
        select
            industry.position as industry,
            listed.position,
            listed.symbol,
            (min(listed.position) over subclass)::int as subclass_first,
            (count(*) over subclass)::int as subclass_symbols
        from read_csv(?, types = {'position': 'INTEGER'}) as listed
        inner join industry on listed.industry = industry.industry
        window subclass as (partition by listed.industry, left(listed.symbol, 4))
        order by all
        """,
        [str(FOLDER / "symbol.csv")],
    )
    con.execute(
        """
        create or replace table planted as
        select industry, list(position order by position) as positions
        from symbol
        where list_contains(?::varchar[], left(symbol, 4))
        group by industry
        """,
        [plan["core"]["technologies"]],
    )
    con.execute("""
        create or replace table shelf as
        select industry, count(*)::int as symbols from symbol group by all order by all
    """)
    con.execute(
        """
        create or replace table phrase as
        select industry, language, string_split(phrase, '|') as phrase
        from read_csv(?, all_varchar = true)
        """,
        [str(FOLDER / "phrase.csv")],
    )
    con.execute(
        """
        create or replace table form as
        select language, string_split(plain, '|') as plain, string_split(ai_chip, '|') as ai_chip
        from read_csv(?, all_varchar = true)
        """,
        [str(FOLDER / "form.csv")],
    )
    if title := plan["topic"]["title"].translate(str.maketrans("", "", "{}")):
        con.execute("update form set ai_chip = ?", [[f"{title}: {{a}}", f"{title} with {{b}}"]])
    con.execute(
        """
        create or replace table name as
        with names as (from read_csv(?, all_varchar = true))
        select
            country.country,
            string_split(names.company, '|') as company,
            string_split(names.university, '|') as university,
            string_split(names.institute, '|') as institute,
            string_split(names.hospital, '|') as hospital,
            string_split(names.surnames, '|') as surnames,
            string_split(names.given, '|') as given
        from country
        inner join names
            on names.country = case
                when country.country in (select country from names) then country.country else '*'
            end
        """,
        [str(FOLDER / "name.csv")],
    )


def blocks(families: int, count: int) -> Iterator[tuple[int, int]]:
    """First and last family of each of `count` blocks.

    Examples
    --------
    >>> list(blocks(10, 3))
    [(0, 2), (3, 5), (6, 9)]
    """
    for number in range(count):
        first, after = families * number // count, families * (number + 1) // count
        if after > first:
            yield first, after - 1


def draw_block(
    con: duckdb.DuckDBPyConnection, first: int, last: int, tables: list[str] | None = None
) -> None:
    """Draw codes, parties, citations, publications and texts of the families from first to last.

    Parameters
    ----------
    con
        As :func:`create` left it; receives one table for each name in `BLOCK`, in place of those of
        the block before.
    first, last
        Numbers of families, from 0, both included.
    tables
        Only these, and nothing that they need.
    """
    _set(con, from_family=first, to_family=last)
    for name in tables or BLOCK:
        _make(con, name)


def _copy(con: duckdb.DuckDBPyConnection, select: str, path: Path, options: str) -> None:
    con.execute(f"copy ({select}) to '{path}' ({options})")


def _append(con: duckdb.DuckDBPyConnection, select: str, path: Path, options: str) -> None:
    """Write a file, or more rows to a file that is there."""
    if not path.exists():
        _copy(con, select, path, f"{options}, header true")
        return
    part = path.with_suffix(".part")
    _copy(con, select, part, f"{options}, header false")
    with part.open("rb") as source, path.open("ab") as target:
        shutil.copyfileobj(source, target, 1 << 20)
    part.unlink()


def write_patentsview(con: duckdb.DuckDBPyConnection, families: int, out: Path) -> None:
    """Write the granted US patents as PatentsView's bulk tables, one file a table."""
    options = "format csv, delimiter '\t', force_quote *"
    selects = {path.stem: path.read_text() for path in sorted((FOLDER / "patentsview").glob("*"))}
    for first, last in blocks(families, -(-families // FAMILIES_OF_BLOCK)):
        draw_block(con, first, last)
        for table, select in selects.items():
            path = out / f"{table}.tsv"
            if table == "g_location_disambiguated" and path.exists():
                continue
            # The real files quote what is empty, too.
            quoted = f"select coalesce(columns(*)::varchar, '') from ({select})"
            _append(con, quoted, path, options)


def write_google_patents(
    con: duckdb.DuckDBPyConnection, families: int, out: Path, shards: int, form: str = "parquet"
) -> None:
    """Write all publications as nested records, one file a shard."""
    select = _select("google_patents/publications")
    options = "format json" if form == "jsonl" else "format parquet, compression snappy"
    for number, (first, last) in enumerate(blocks(families, shards)):
        draw_block(con, first, last)
        _copy(con, select, out / f"publications_{number:012d}.{form}", options)


def write_patstat(con: duckdb.DuckDBPyConnection, families: int, out: Path, shards: int) -> None:
    """Write PATSTAT's tables, each in parts: tls201_part01.csv, tls201_part02.csv, ..."""
    selects = {path.stem: path.read_text() for path in sorted((FOLDER / "patstat").glob("*.sql"))}
    citing = np.zeros(families, dtype=np.int64)
    for first, last in blocks(families, -(-families // FAMILIES_OF_BLOCK)):
        draw_block(con, first, last, ["citation"])
        places = con.execute("select place from citation where place is not null").fetchnumpy()
        citing += np.bincount(places["place"].astype(np.int64), minlength=families)
    counted = {"place": np.flatnonzero(citing), "citing": citing[citing > 0]}
    con.register("cited_place", counted)
    applicants, inventors = (
        con.sql(f"select sum(size)::bigint from {table}").fetchall()[0][0] for table in ("pool", "team")
    )
    people = zip(blocks(applicants, shards), blocks(inventors, shards), strict=False)
    for number, ((first, last), persons) in enumerate(zip(blocks(families, shards), people, strict=False), 1):
        draw_block(con, first, last)
        (from_applicant, to_applicant), (from_inventor, to_inventor) = persons
        _set(
            con,
            from_applicant=from_applicant,
            to_applicant=to_applicant,
            from_inventor=from_inventor,
            to_inventor=to_inventor,
        )
        for name in ("cited", "everyone"):
            _make(con, name)
        for table, select in selects.items():
            described = con.execute(f"describe {select}").fetchall()
            texts = ", ".join(column for column, kind, *_ in described if kind == "VARCHAR")
            options = "format csv, header true" + (f", force_quote ({texts})" if texts else "")
            _copy(con, select, out / f"{table[:6]}_part{number:02d}.csv", options)
    con.unregister("cited_place")


def connect(memory: str, threads: int | None, temporary: Path) -> duckdb.DuckDBPyConnection:
    """Open a database in memory that spills into a folder beyond its limit."""
    con = duckdb.connect()
    con.execute(f"set memory_limit = '{memory}'")
    con.execute(f"set temp_directory = '{temporary}'")
    con.execute("set preserve_insertion_order = true")
    if threads:
        con.execute(f"set threads = {threads}")
    return con


def beside(out: Path, ending: str) -> Path:
    """Path beside a folder, with its name and an ending."""
    return out.with_name(f"{out.name}.{ending}")


def main(arguments: list[str] | None = None) -> None:
    """Write the world that the command line asks for."""
    args = _parser().parse_args(arguments)
    started = time.perf_counter()
    plan = read_plan(args.plan, null=args.null)
    if args.out.exists() and any(args.out.iterdir()):
        raise SystemExit(f"{args.out} is not empty: name a new folder, or remove this one")
    args.out.mkdir(parents=True, exist_ok=True)
    temporary = args.out / ".spill"
    shards = args.shards or -(-args.families // FAMILIES_OF_BLOCK)
    con = connect(args.memory, args.threads, temporary)
    create(con, plan, args.families, args.seed, args.topic_share)
    if args.layout == "patentsview":
        write_patentsview(con, args.families, args.out)
    elif args.layout == "google_patents":
        write_google_patents(con, args.families, args.out, shards, args.format)
    else:
        write_patstat(con, args.families, args.out, shards)
    facts = vars(args) | {"shards": shards, "duckdb": duckdb.__version__}
    truth.write(con, plan, facts, args.truth or beside(args.out, "truth.toml"))
    con.close()
    shutil.rmtree(temporary, ignore_errors=True)
    if args.corrupt:
        ledger = beside(args.out, "corrupt.jsonl")
        damaged = corruption.damage(args.out, args.corrupt, args.seed, ledger, archives=args.corrupt_archives)
        print(f"{damaged} places damaged, told in {ledger}")
    written = sum(path.stat().st_size for path in args.out.rglob("*") if path.is_file())
    print(
        f"{args.families} families, {written / 1e9:.2f} GB in {args.out}, "
        f"{time.perf_counter() - started:.1f} s"
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m corepath.synthetic.world",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description=__doc__,
        epilog="""
examples:
  a small world to look at:
    python -m corepath.synthetic.world --families 10000 --layout google_patents --out /tmp/small
  the same families as PATSTAT's tables, in 100 parts each:
    python -m corepath.synthetic.world --families 10000 --layout patstat --shards 100 --out /tmp/parts
  nothing to find in it:
    python -m corepath.synthetic.world --families 10000 --layout patstat --null --out /tmp/null
  one row in a thousand damaged, each listed in /tmp/bad.corrupt.jsonl:
    python -m corepath.synthetic.world --families 10000 --layout patentsview --corrupt 0.001 --out /tmp/bad

What is planted stands in synthetic/world_sql/plan.toml; a file of your own, laid over it with --plan,
changes single keys. What was planted is written beside the folder: OUT.truth.toml, and
OUT.core.csv with every core family. docs/world.md explains both.
""",
    )
    parser.add_argument("--families", type=int, required=True, help="how many families there are")
    parser.add_argument("--seed", type=int, default=0, help="another seed, another world [0]")
    parser.add_argument(
        "--layout",
        choices=LAYOUTS,
        required=True,
        help="whose files to write; patentsview shows only what was granted in the US",
    )
    parser.add_argument("--out", type=Path, required=True, help="a new folder for the files")
    parser.add_argument("--truth", type=Path, help="where to tell what is planted [OUT.truth.toml]")
    parser.add_argument("--plan", type=Path, help="TOML over synthetic/world_sql/plan.toml")
    parser.add_argument("--null", action="store_true", help="plant nothing")
    parser.add_argument(
        "--topic-share",
        type=float,
        default=0.9,
        help="share of families in the topic information_technology [0.9]",
    )
    parser.add_argument(
        "--shards",
        type=int,
        help="files (google_patents) or parts of each table (patstat) [one for 100,000 families]",
    )
    parser.add_argument("--format", choices=["parquet", "jsonl"], default="parquet", help="of google_patents")
    parser.add_argument("--corrupt", type=float, default=0.0, help="share of rows to damage [0]")
    parser.add_argument(
        "--corrupt-archives",
        action="store_true",
        help="with --corrupt: also add a .gz and a .zip that are cut short",
    )
    parser.add_argument("--memory", default="4GB", help="limit of DuckDB's memory [4GB]")
    parser.add_argument("--threads", type=int, help="threads of DuckDB [all]")
    return parser


if __name__ == "__main__":
    main()
