"""Say what was planted in a world, beside its files."""

import json
from pathlib import Path
from typing import Any

import duckdb

REASONS = [
    "cited more often than others of its quarter and industry (core.pull)",
    "filed at more offices (reach times 1.4, a fifth of stay_home)",
    "one IPC symbol more",
    "five claims more",
    "in US grants, other literature twice as often and twice as much",
]


def write(con: duckdb.DuckDBPyConnection, plan: dict[str, Any], facts: dict[str, Any], path: Path) -> None:
    """Write the truth as TOML, and the core families as CSV beside it.

    Parameters
    ----------
    con
        As `corepath.synthetic.world.create` left it.
    plan
        What was planted.
    facts
        Options of the run that made the world.
    path
        The TOML file; the CSV has its name with `.core.csv` in place of `.truth.toml` or `.toml`.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    listed = path.with_name(path.name.removesuffix(".toml").removesuffix(".truth") + ".core.csv")
    con.execute(
        f"""
        copy (
            select
                (20000000 + family.family)::varchar as family_id,
                country.country,
                (getvariable('first_year') + family.quarter // 4)::int as year,
                industry.industry,
                case
                    when family.us_wait is not null
                        then 4000000 + family.family * getvariable('stride')
                end as us_patent
            from family
            inner join country on family.country = country.position
            inner join industry on family.industry = industry.position
            where family.is_core
            order by family.family
        ) to '{listed}' (format csv, header true)
        """
    )
    path.write_text(_text(con, plan, facts, listed.name))


def _text(con: duckdb.DuckDBPyConnection, plan: dict[str, Any], facts: dict[str, Any], listed: str) -> str:
    null = plan["null"]
    counts = {
        country: (families, core)
        for country, families, core in con.execute("""
            select country.country, count(*), count(*) filter (family.is_core)
            from family inner join country on family.country = country.position
            group by all
        """).fetchall()
    }
    types = dict(con.execute("select type::varchar, count(*) from family group by all").fetchall())
    titles, topic, core = con.execute("""
        select
            avg(is_ai_title::int) filter (type = 'invention' and is_topic),
            avg(is_topic::int),
            count(*) filter (is_core)
        from family inner join industry on family.industry = industry.position
    """).fetchall()[0]
    lines = [
        "# What is planted in this world of python -m corepath.synthetic.world. See docs/world.md.",
        f"null = {_value(null)}",
        "",
        "[run]",
        *(
            f"{key} = {_value(facts[key])}"
            for key in ("families", "seed", "layout", "topic_share", "shards", "corrupt", "duckdb")
            if key in facts
        ),
        "",
        "[families]",
        f"in_topic = {topic:.6f}  # share",
        *(f"{_value(kind)} = {count}" for kind, count in sorted(types.items())),
        "",
        "[titles]",
        f"ai_chip = {titles:.6f}  # share of the topic's inventions",
        'languages = ["en", "ja", "ko", "zh"]',
        "",
        "[core]",
        f"families = {core}",
        f"listed_in = {_value(listed)}",
        f"pull = {plan['core']['pull']}  # times as often cited",
        f"because = {_value([] if null else REASONS)}",
        f"technologies = {_value([] if null else plan['core']['technologies'])}  # key core technologies",
        "",
        "[surge]",
        f"year = {plan['surge']['year']}" if plan["surge"]["factor"] != 1 else "# none",
        f"factor = {plan['surge']['factor']}",
        f"growth = {plan['growth']}  # a year, before and after",
        "",
    ]
    lifts = {} if null else _lifts(con)
    for rank, name in enumerate(
        sorted(plan["country"], key=lambda country: (-counts.get(country, (0, 0))[1], country)), 1
    ):
        country = plan["country"][name]
        families, core = counts.get(name, (0, 0))
        lines += [f"[country.{name}]", f"families = {families}", f"core_families = {core}"]
        if not null:
            lines.append(f"core_rank = {rank}")
        for kind, label in zip(("industry", "technology", "collaboration"), country["paths"], strict=True):
            lines.append(f"{kind}_path = {_value('' if label == 'none' else label)}")
        technology = plan["technology_path"][country["paths"][1]]
        collaboration = plan["collaboration_path"][country["paths"][2]]
        lines += [
            f"lag = {country['lag']}  # years behind the first",
            f"cross = {technology['cross']}  # share of further codes from another industry",
            f"co_application = {collaboration['rate']}  # share of its topic families",
        ]
        if name in lifts:
            by_industry, by_section = lifts[name]
            lines += [
                f"lift_of_industries = {by_industry:.4f}  # pairs across, over those by chance",
                f"lift_of_sections = {by_section:.4f}",
            ]
        lines += [f"shares = {_value(country['shares'])}", ""]
    return "\n".join(lines)


def _lifts(con: duckdb.DuckDBPyConnection) -> dict[str, tuple[float, float]]:
    """Pairs of codes across industries and sections over what margins alone would give.

    Measured on the first 20,000 families of the topic that have room for it, drawn anew.
    """
    from corepath.synthetic.world import draw_block

    families = con.sql("select count(*) from family").fetchall()[0][0]
    first = max(0, families * 2 // 3 - 20_000)
    draw_block(con, first, min(families, first + 40_000) - 1, ["code"])
    return {
        country: (industries, sections)
        for country, industries, sections in con.execute("""
            with coded as (
                select
                    code.family,
                    country.country,
                    symbol.industry,
                    left(code.symbol, 1) as section
                from code
                inner join family on code.family = family.family
                inner join country on family.country = country.position
                inner join symbol on code.symbol = symbol.symbol
                where symbol.industry < getvariable('background')
            ),

            pairs as (
                select
                    a.country,
                    (a.industry <> b.industry)::int as crosses_industry,
                    (a.section <> b.section)::int as crosses_section,
                    a.industry as industry,
                    a.section as section
                from coded as a
                inner join coded as b on a.family = b.family
            ),

            observed as (
                -- A code meets itself once in each family; those pairs are taken out.
                select
                    pairs.country,
                    sum(crosses_industry) as across_industries,
                    sum(crosses_section) as across_sections,
                    count(*) - any_value(alone.codes) as pairs
                from pairs
                inner join (select country, count(*) as codes from coded group by all) as alone
                    using (country)
                group by all
            ),

            -- Strength: how many pairs a code's industry takes part in.
            strength as (
                select
                    country,
                    industry,
                    section,
                    count(*) as ends
                from pairs
                group by all
            ),

            by_chance as (
                select
                    country,
                    1 - sum(pow(ends, 2)) / pow(sum(ends), 2) as industries
                from (select country, industry, sum(ends) as ends from strength group by all)
                group by all
            ),

            by_chance_section as (
                select
                    country,
                    1 - sum(pow(ends, 2)) / pow(sum(ends), 2) as sections
                from (select country, section, sum(ends) as ends from strength group by all)
                group by all
            )

            select
                observed.country,
                across_industries / nullif(pairs, 0) / industries,
                across_sections / nullif(pairs, 0) / sections
            from observed
            inner join by_chance using (country)
            inner join by_chance_section using (country)
            where pairs > 0 and industries > 0 and sections > 0
            order by observed.country
        """).fetchall()
    }


def _value(value: Any) -> str:
    """TOML of plain values: JSON is it, but for tables."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_value(each)}" for key, each in value.items()) + " }"
    return json.dumps(value, ensure_ascii=False)
