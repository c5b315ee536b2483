"""Compare a generated world with real data, margin by margin: `python -m corepath.synthetic.margins`.

The real data are the folder `../shared/data` beside the project; what they are stands in its
SOURCES.md. Prints a table of Markdown, as docs/world.md has it.
"""

import argparse
import tempfile
from collections.abc import Iterator
from pathlib import Path

import duckdb

from corepath.synthetic import world
from corepath.warehouse.settings import ROOT

SHARED = ROOT.parent / "shared" / "data"
# Each gives one row of numbers; tables are those of the layout.
US_GRANTS = {
    "IPC symbols of a US grant: mean, median, 90 %": """
        select avg(n), median(n), quantile_cont(n, 0.9) from (
            select count(*) as n from g_ipc_at_issue inner join utility using (patent_id)
            group by patent_id)""",
    "IPC subclasses of a US grant: mean, share with two or more": """
        select avg(n), avg((n > 1)::int) from (
            select count(distinct section || ipc_class || subclass) as n
            from g_ipc_at_issue inner join utility using (patent_id) group by patent_id)""",
    "claims of a US grant: mean, median, 90 %, 99 %": """
        select avg(num_claims::int), median(num_claims::int),
            quantile_cont(num_claims::int, 0.9), quantile_cont(num_claims::int, 0.99)
        from utility""",
    "US patents that a US grant cites: mean, median, 90 %, 99 %": """
        select avg(n), median(n), quantile_cont(n, 0.9), quantile_cont(n, 0.99) from (
            select count(*) as n from g_us_patent_citation inner join utility using (patent_id)
            group by patent_id)""",
    "years from the cited to the citing US grant: 10 %, 25 %, 50 %": """
        select quantile_cont(age, 0.1), quantile_cont(age, 0.25), quantile_cont(age, 0.5) from (
            select date_diff('day', try_cast(citation_date as date), patent_date::date) / 365.25
                as age
            from g_us_patent_citation inner join utility using (patent_id))""",
    "inventors of a US grant: mean, median, 90 %": """
        select avg(n), median(n), quantile_cont(n, 0.9) from (
            select count(*) as n from inventor inner join utility using (patent_id)
            group by patent_id)""",
    "years from filing to grant in the US: 10 %, 50 %, 90 %": """
        select quantile_cont(wait, 0.1), median(wait), quantile_cont(wait, 0.9) from (
            select date_diff('day', filing_date::date, patent_date::date) / 365.25 as wait
            from g_application inner join utility using (patent_id))""",
    "US grants with two or more assignees, of those with one": """
        select avg((n > 1)::int) from (
            select count(*) as n from assignee inner join utility using (patent_id)
            group by patent_id)""",
    "US grants without an IPC code (designs)": """
        select avg((i.patent_id is null)::int)
        from g_patent left join (select distinct patent_id from g_ipc_at_issue) as i
            using (patent_id)
        where patent_type = 'design'""",
}
APPLICATIONS = {
    "documents of a family: mean, share of one, 90 %, 99 %": """
        select avg(docdb_family_size), avg((docdb_family_size = 1)::int),
            quantile_cont(docdb_family_size, 0.9), quantile_cont(docdb_family_size, 0.99)
        from application""",
    "citing families: mean, median, 90 %, 99 %, share of none": """
        select avg(nb_citing_docdb_fam), median(nb_citing_docdb_fam),
            quantile_cont(nb_citing_docdb_fam, 0.9), quantile_cont(nb_citing_docdb_fam, 0.99),
            avg((nb_citing_docdb_fam = 0)::int)
        from application""",
    "citing families, exponent of the tail (Hill, upper 5 %)": """
        with top as (
            select nb_citing_docdb_fam::double as n,
                quantile_cont(nb_citing_docdb_fam, 0.95) over () as cut
            from application)
        select 1 + 1 / avg(ln(n / cut)) from top where n > cut""",
    "citing families of filings of 2000–2004 over those of 2008–2012": """
        select avg(nb_citing_docdb_fam) filter (appln_filing_year between 2000 and 2004)
            / avg(nb_citing_docdb_fam) filter (appln_filing_year between 2008 and 2012)
        from application""",
    "inventors of an application: mean, median, 90 %, 99 %": """
        select avg(nb_inventors), median(nb_inventors), quantile_cont(nb_inventors, 0.9),
            quantile_cont(nb_inventors, 0.99) from application""",
    "applications of the largest applicant, of the largest ten": """
        with sizes as (
            select psn_name, count(distinct appln_id) as n from holder group by all)
        select max(n) / sum(n), sum(n) filter (place <= 10) / sum(n)
        from (select n, row_number() over (order by n desc) as place from sizes)""",
    "applicants with one application only": """
        select avg((n = 1)::int) from (
            select psn_name, count(distinct appln_id) as n from holder group by all)""",
    "persons without a country": """
        select avg((coalesce(person_ctry_code, '') = '')::int) from tls206""",
}
SYMBOLS = {
    "IPC symbols: slope of log frequency on log rank, ranks 1–100": """
        select regr_slope(ln(n), ln(place)) from (
            select count(*) as n, row_number() over (order by count(*) desc) as place
            from symbol group by symbol) where place <= 100""",
    "share of the 100 most frequent IPC symbols": """
        select sum(n) filter (place <= 100) / sum(n) from (
            select count(*) as n, row_number() over (order by count(*) desc) as place
            from symbol group by symbol)""",
    "symbols met once, of all symbols met": """
        select avg((n = 1)::int) from (select count(*) as n from symbol group by symbol)""",
}


def _patentsview(con: duckdb.DuckDBPyConnection, folder: Path) -> None:
    for path in folder.glob("g_*.tsv"):
        con.execute(
            f"create or replace view {path.stem} as from read_csv('{path}', delim = '\t', "
            "quote = '\"', all_varchar = true)"
        )
    con.execute("create or replace view utility as from g_patent where patent_type = 'utility'")
    ending = "disambiguated" if (folder / "g_inventor_disambiguated.tsv").exists() else ("not_disambiguated")
    for name in ("inventor", "assignee"):
        con.execute(f"create or replace view {name} as from g_{name}_{ending}")


def _patstat(con: duckdb.DuckDBPyConnection, folder: Path) -> None:
    for table in ("tls201", "tls206", "tls207"):
        con.execute(f"create or replace view {table} as from read_csv('{folder}/{table}*.csv*')")
    has_name = "psn_name" in [row[0] for row in con.execute("describe tls206").fetchall()]
    granted = "granted = 'Y' and ipr_type = 'PI'" if has_name else "true"
    con.execute(f"""
        create or replace view application as
        from tls201 where {granted} and appln_filing_year between 2000 and 2012
    """)
    con.execute(f"""
        create or replace view holder as
        select {"psn_name" if has_name else "han_name"} as psn_name, appln_id
        from tls206
        inner join tls207 using (person_id)
        inner join application using (appln_id)
        where applt_seq_nr > 0 and invt_seq_nr = 0
    """)


def compare(shared: Path, families: int, seed: int = 0) -> Iterator[tuple[str, str, str]]:
    """Measure real data and a world.

    Parameters
    ----------
    shared
        Folder with `patentsview`, `patstat` and `ppubs`.
    families
        Size of the world, which is written into a temporary folder.
    seed
        Its seed.

    Yields
    ------
    What is measured, the real numbers, those of the world.
    """
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder)
        for layout in ("patentsview", "patstat"):
            options = f"--families {families} --seed {seed} --layout {layout}"
            world.main([*options.split(), "--out", str(made / layout)])
        con = duckdb.connect()
        for read, queries in ((_patentsview, US_GRANTS), (_patstat, APPLICATIONS)):
            name = read.__name__.strip("_")
            answers = []
            for at in (shared, made):
                read(con, at / name)
                answers.append([con.execute(query).fetchone() for query in queries.values()])
            for what, real, ours in zip(queries, *answers, strict=True):
                yield what, _shown(real), _shown(ours)
        # As many symbols on both sides: frequencies depend on how many there are.
        con.execute(f"""
            create or replace temp table symbol as
            select unnest(string_split(ipcCodeFlattened, ';')) as symbol
            from read_json('{shared}/ppubs/ppubs.jsonl.gz')
        """)
        real = [con.execute(query).fetchone() for query in SYMBOLS.values()]
        _patentsview(con, made / "patentsview")
        con.execute("""
            create or replace temp table symbol as
            select section || ipc_class || subclass || main_group || '/' || subgroup as symbol
            from g_ipc_at_issue
            order by hash(patent_id)
            limit (select count(*) from symbol)
        """)
        ours = [con.execute(query).fetchone() for query in SYMBOLS.values()]
        for what, theirs, own in zip(SYMBOLS, real, ours, strict=True):
            yield what, _shown(theirs), _shown(own)


def _shown(numbers: tuple[float, ...] | None) -> str:
    return ", ".join(f"{number:.2f}" if number else "0" for number in numbers or ())


def main() -> None:
    """Print the comparison."""
    parser = argparse.ArgumentParser(prog="python -m corepath.synthetic.margins", description=__doc__)
    parser.add_argument("--shared", type=Path, default=SHARED, help="folder of the real data")
    parser.add_argument("--families", type=int, default=100_000, help="size of the world [100000]")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    rows = list(compare(args.shared, args.families, args.seed))
    print("| margin | real | world |\n|---|---|---|")
    for row in rows:
        print("| " + " | ".join(row) + " |")


if __name__ == "__main__":
    main()
