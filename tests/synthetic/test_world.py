"""A generated world is the same for a seed, looks as sources look, and holds what it says."""

import csv
import hashlib
import json
import re
import tomllib
from collections import Counter
from pathlib import Path

import duckdb
import numpy as np
import pytest

from corepath.synthetic import world
from corepath.synthetic.corruption import damage
from corepath.transforms.methods.trend import find_trend
from corepath.warehouse.topic.files import read

SHARED = world.FOLDER.parents[2] / "shared"
FAMILIES = 20_000
LAYOUTS = [
    ("patentsview", "parquet"),
    ("google_patents", "parquet"),
    ("google_patents", "jsonl"),
    ("patstat", "parquet"),
]


def write(out: Path, layout: str, form: str = "parquet", *options: str) -> Path:
    arguments = ["--families", "1500", "--layout", layout, "--format", form, "--out", str(out)]
    world.main([*arguments, *options])
    return out


def digests(folder: Path) -> dict[str, str]:
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def drawn(tmp_path_factory: pytest.TempPathFactory, *, null: bool) -> duckdb.DuckDBPyConnection:
    con = world.connect("2GB", 1, tmp_path_factory.mktemp("spill"))
    world.create(con, world.read_plan(null=null), FAMILIES, seed=7)
    world.draw_block(con, 0, FAMILIES - 1)
    return con


@pytest.fixture(scope="module")
def planted(tmp_path_factory):
    return drawn(tmp_path_factory, null=False)


@pytest.fixture(scope="module")
def null(tmp_path_factory):
    return drawn(tmp_path_factory, null=True)


def by_country(con: duckdb.DuckDBPyConnection, select: str) -> dict[str, float]:
    """What a query tells of each country; `topic` holds the topic's families with their country."""
    con.execute("""
        create or replace temp view topic as
        select family.*, country.country as code
        from family inner join country on family.country = country.position
        where family.industry < getvariable('background')
    """)
    return dict(con.execute(select).fetchall())


@pytest.mark.whole
@pytest.mark.parametrize(("layout", "form"), LAYOUTS)
def test_a_seed_gives_the_same_bytes_on_any_number_of_threads(layout, form, tmp_path):
    one = write(tmp_path / "one", layout, form, "--threads", "1", "--shards", "2")
    two = write(tmp_path / "two", layout, form, "--threads", "2", "--shards", "2")
    other = write(tmp_path / "other", layout, form, "--seed", "1", "--shards", "2")
    assert digests(one) == digests(two)
    assert all(
        digest != digests(one)[name]
        for name, digest in digests(other).items()
        if not name.startswith("g_location")
    )


@pytest.mark.whole
def test_shards_hold_the_same_rows(tmp_path):
    one = write(tmp_path / "one", "patstat", "parquet", "--shards", "1")
    many = write(tmp_path / "many", "patstat", "parquet", "--shards", "7")
    for path in one.iterdir():
        parts = sorted(many.glob(f"{path.name[:6]}_part*.csv"))
        assert len(parts) == 7
        lines = [line for part in parts for line in part.read_text().splitlines()[1:]]
        assert sorted(lines) == sorted(path.read_text().splitlines()[1:])


def test_layouts_have_the_official_columns(tmp_path):
    if not SHARED.exists():
        pytest.skip("the official column lists are not here")
    official = json.loads((SHARED / "data/patentsview/table_config_bulk_exp_granted.json").read_text())
    for path in write(tmp_path / "patentsview", "patentsview").iterdir():
        with path.open(newline="") as file:
            header = next(csv.reader(file, delimiter="\t"))
        assert header == list(official[path.stem]["fields"]), path.name
    tables = json.loads((SHARED / "reference/patstat_columns.json").read_text())
    columns = {name[:6]: [column for column, _ in each] for name, each in tables.items()}
    for path in write(tmp_path / "patstat", "patstat").iterdir():
        with path.open(newline="") as file:
            assert next(csv.reader(file)) == columns[path.name[:6]], path.name
    google = json.loads((SHARED / "reference/google_patents_columns.json").read_text())
    folder = write(tmp_path / "google", "google_patents")
    described = duckdb.sql(f"describe from '{folder}/*.parquet'").fetchall()
    assert [name for name, *_ in described] == [name for name, _ in google]
    kinds = {"STRING": "VARCHAR", "INTEGER": "BIGINT"}
    for (_, kind, *_), (name, told) in zip(described, google, strict=True):
        word = told.split()[0]
        assert kind.endswith("[]") if "REPEATED" in told else kind == kinds[word], name


def test_every_family_shows_and_every_number_is_its_own(planted):
    families, numbers, publications, applications = planted.execute("""
        select count(distinct family), count(distinct (office, kind, number)), count(*),
            count(distinct (office, application_number, type)) - (select count(*) from member)
        from publication
    """).fetchall()[0]
    assert families == FAMILIES
    assert numbers == publications
    assert applications == 0


def test_what_is_cited_exists_and_is_older(planted):
    missing, younger, same, old = planted.execute("""
        select
            count(*) filter (reference.cited_family is not null and cited.number is null),
            count(*) filter (cited.priority >= citing.priority),
            count(*) filter (reference.cited_family = reference.family),
            avg((reference.cited_family is null)::int)
        from reference
        inner join (select distinct family, priority from publication) as citing using (family)
        left join publication as cited
            on (reference.office, reference.number, reference.kind)
            = (cited.office, cited.number, cited.kind)
    """).fetchall()[0]
    assert missing == younger == same == 0
    assert 0 < old < 0.5


def test_nested_references_name_documents_of_the_world(tmp_path):
    folder = write(tmp_path / "out", "google_patents")
    ((references, found, old),) = duckdb.execute(f"""
        with record as (from read_parquet('{folder}/*.parquet')),

        cited as (select unnest(citation).publication_number as number from record)

        select
            count(*),
            count(*) filter (number in (select publication_number from record)),
            count(*) filter (regexp_matches(number, '^US-[23][0-9]{{6}}-A$'))
        from cited where number <> ''
    """).fetchall()
    assert references == found + old
    assert found > 0


def test_dates_are_in_order_and_nothing_is_published_after_the_end(planted):
    assert planted.execute("""
        select count(*) from publication
        where not (priority <= filing and filing < date and date <= getvariable('cut_off'))
    """).fetchall() == [(0,)]


def test_citations_have_a_long_tail(planted):
    mean, median, most = planted.execute("""
        select avg(n), median(n), max(n)
        from (select cited_family, count(*) as n from reference group by all)
        where cited_family is not null
    """).fetchall()[0]
    assert mean > 1.5 * median
    assert most > 15 * median


def test_core_families_are_cited_more_and_filed_further(planted):
    by_country(planted, "select null, null")
    others, core = planted.execute("""
        with cited as (select cited_family as family, count(*) as n from reference group by all)
        select avg(coalesce(n, 0)), avg(bit_count(offices))
        from topic left join cited using (family)
        where type = 'invention' and topic.quarter < 80
        group by is_core order by is_core
    """).fetchall()
    assert core[0] > 4 * others[0]
    assert core[1] > others[1] + 0.5


def test_china_has_many_families_and_few_core_ones(planted):
    core = by_country(planted, "select code, count(*) filter (is_core) from topic group by all")
    families = by_country(planted, "select code, count(*) from topic group by all")
    assert max(families, key=families.__getitem__) == "CN"
    assert sorted(core, key=core.__getitem__, reverse=True).index("CN") >= 5
    assert min(core.values()) >= 30


def test_families_jump_in_the_year_of_the_surge(planted, null):
    def jump(con):
        count = "select count(*) from family where quarter // 4 + 1990 = ?"
        before, after = (con.execute(count, [year]).fetchall()[0][0] for year in (2006, 2007))
        return after / before

    assert jump(planted) == pytest.approx(1.8 * 1.025, rel=0.03)
    assert jump(null) == pytest.approx(1.025, rel=0.03)


def test_the_trend_breaks_at_the_surge_and_nowhere_in_a_world_without(planted, null):
    def breaks(con):
        counts = con.execute(
            "select count(*) from family where quarter // 4 < 33 group by quarter // 4 order by quarter // 4"
        ).fetchall()
        segments = find_trend(np.array(counts)[:, 0]).segments
        return [1990 + segment.start for segment in segments[1:]]

    assert breaks(planted) == [2007]
    assert breaks(null) == []


def test_countries_take_up_technologies_with_their_lag(planted, null):
    # When the first twentieth of a country's families in a technology is there; technologies are
    # runs of twenty symbols.
    select = """
        with coded as (
            select code, symbol.industry, symbol.position // 20 as technology,
                1990 + topic.quarter / 4 as year
            from topic
            inner join code using (family)
            inner join symbol using (symbol)
            where symbol.industry < 7
        ),

        emerged as (
            select code, industry, technology, quantile_cont(year, 0.05) as year
            from coded group by all having count(*) >= 20 and min(year) > 1993
        )

        select own.code, median(own.year - us.year)
        from emerged as own inner join emerged as us using (industry, technology)
        where us.code = 'US' group by all
    """
    lags = by_country(planted, select)
    for country, lag in {"JP": 1.5, "KR": 3.0, "CN": 4.0}.items():
        assert lags[country] == pytest.approx(lag, abs=1.0), country
    assert all(abs(by_country(null, select)[country]) < 1 for country in ("JP", "KR", "CN"))


def test_pairs_of_codes_cross_sections_as_planted(planted, null):
    # Pairs of codes of a family over pairs of any two codes of the country.
    select = """
        with coded as (
            select topic.code, family, symbol, left(symbol, 1) as section
            from topic inner join code using (family)
        ),

        pairs as (
            select a.code, avg((a.section <> b.section)::int) as crossing
            from coded as a
            inner join coded as b on a.family = b.family and a.symbol <> b.symbol
            group by a.code
        ),

        shares as (
            select code, section, count(*) / sum(count(*)) over (partition by code) as share
            from coded group by code, section
        ),

        chance as (select code, 1 - sum(share * share) as crossing from shares group by code)

        select code, pairs.crossing / chance.crossing from pairs inner join chance using (code)
    """
    lift = by_country(planted, select)
    assert lift["US"] > 1.1
    assert lift["JP"] > 1.1
    assert lift["KR"] < 0.6
    assert lift["CN"] < 0.6
    assert all(abs(each - 1) < 0.08 for each in by_country(null, select).values())


def test_industries_are_spread_as_planted(planted):
    # How many industries a group of at least three families has, families per group and industry,
    # and the largest industry of the country.
    held = """
        with held as (
            select code, applicant, symbol.industry, count(distinct family) as n
            from topic
            inner join party using (family)
            inner join code using (family)
            inner join symbol using (symbol)
            where party.position = 1 and symbol.industry < 7
            group by all
        )
    """
    variety = by_country(
        planted,
        held
        + """
        select code, median(industries) from (
            select code, applicant, exp(-sum(share * ln(share))) as industries
            from (
                select *, n / sum(n) over (partition by applicant) as share,
                    sum(n) over (partition by applicant) as total
                from held
            )
            where total >= 3 group by all
        ) group by all
        """,
    )
    assert max(variety, key=variety.__getitem__) == "JP"
    assert variety["CN"] < 2
    cell = by_country(planted, held + "select code, avg(n) from held group by all")
    assert min(("JP", "US", "KR", "CN"), key=cell.__getitem__) == "JP"
    largest = by_country(
        planted,
        "select code, max(n) / sum(n) from (select code, industry, count(*) as n from topic "
        "group by all) group by all",
    )
    assert largest["KR"] > 0.6
    assert max(largest[country] for country in ("US", "JP", "CN")) < 0.3
    together = by_country(
        planted,
        """
        select code, avg((n > 1)::int) from (
            select code, family, count(distinct symbol.industry) as n
            from topic inner join code using (family) inner join symbol using (symbol) group by all
        ) group by all
        """,
    )
    assert together["US"] > 2 * together["CN"]


def test_applicants_work_together_as_planted(planted):
    rate = by_country(
        planted,
        "select code, avg((n > 1)::int) from (select code, family, count(*) as n from topic "
        "inner join party using (family) group by all) group by all",
    )
    assert min(rate["US"], rate["JP"]) > 2 * rate["KR"]
    assert rate["KR"] > 2 * rate["CN"]
    second = """
        from topic
        inner join party using (family)
        inner join applicant using (applicant)
        where party.position = 2 group by all
    """
    public = by_country(
        planted, "select code, avg((sector in ('UNIVERSITY', 'GOV NON-PROFIT'))::int)" + second
    )
    assert public["US"] > 0.6
    assert public["JP"] < 0.3
    largest = by_country(
        planted,
        """
        select code, sum(n) filter (place <= 4) / sum(n) from (
            select code, count(*) as n,
                row_number() over (partition by code order by count(*) desc) as place
            from topic inner join party using (family)
            where party.position = 1 group by code, applicant
        ) group by all
        """,
    )
    assert largest["KR"] > 0.4
    assert max(largest["US"], largest["JP"]) < 0.2


def test_sizes_of_applicants_have_a_long_tail(planted):
    (ones, most) = planted.execute("""
        select avg((n = 1)::int), max(n) / avg(n)
        from (select applicant, count(*) as n from party group by all)
    """).fetchall()[0]
    assert 0.2 < ones < 0.8
    assert most > 20


def test_nothing_sets_countries_apart_in_a_null_world(null):
    assert null.execute("select count(*) from family where is_core").fetchall() == [(0,)]
    rate = by_country(
        null,
        "select code, avg((n > 1)::int) from (select code, family, count(*) as n from topic "
        "inner join party using (family) group by all) group by all",
    )
    assert max(rate.values()) - min(rate.values()) < 0.04


def test_missing_countries_are_as_planted(planted):
    missing = by_country(planted, "select home, avg((country is null)::int) from applicant group by all")
    plan = world.read_plan()["country"]
    assert all(missing[name] == pytest.approx(plan[name]["missing"], abs=0.06) for name in plan)


def test_titles_say_what_was_planted_in_four_languages(planted):
    patterns = read("ai_chips").terms["ai"]
    titles = planted.execute(
        "select language, title, is_ai_title from wording inner join family using (family)"
    ).fetchall()
    found = Counter()
    for language, title, is_planted in titles:
        assert bool(re.search(patterns[language], title, re.IGNORECASE)) == is_planted, title
        found[language] += is_planted
    assert set(found) == {"en", "zh", "ja", "ko"}
    assert min(found.values()) > 50


@pytest.mark.parametrize("share", [0.3, 1.0])
def test_the_topic_takes_its_share_of_the_families(share, tmp_path):
    folder = write(tmp_path / "out", "google_patents", "parquet", "--topic-share", str(share))
    classes = read("information_technology").include[0].classes
    pattern = "^(" + "|".join(classes) + ")"
    ((found,),) = duckdb.execute(
        f"""
        select avg(hit::int) from (
            select family_id, bool_or(regexp_matches(symbol, ?)) as hit from (
                select family_id, unnest(ipc).code as symbol from '{folder}/*.parquet'
            ) group by all
        )
        """,
        [pattern],
    ).fetchall()
    assert found == pytest.approx(share, abs=0.02)


def test_truth_can_be_read_and_names_every_country(tmp_path):
    write(tmp_path / "out", "patentsview", "parquet", "--truth", str(tmp_path / "t.toml"))
    truth = tomllib.loads((tmp_path / "t.toml").read_text())
    paths = {
        name: tuple(country[f"{kind}_path"] for kind in ("industry", "technology", "collaboration"))
        for name, country in truth["country"].items()
    }
    assert paths["JP"] == ("I3", "T1", "C2")
    assert paths["US"] == ("I2", "T1", "C1")
    assert paths["KR"] == ("I1", "T2", "C3")
    assert paths["CN"] == ("I4", "T3", "C4")
    assert paths["DE"] == ("", "", "")
    assert set(paths) == set(world.read_plan()["country"])
    assert truth["surge"]["year"] == 2007
    assert truth["country"]["CN"]["lag"] - truth["country"]["US"]["lag"] == 4
    with (tmp_path / truth["core"]["listed_in"]).open() as file:
        core = list(csv.DictReader(file))
    assert len(core) == truth["core"]["families"] > 0
    patents = {
        row["patent_id"] for row in csv.DictReader((tmp_path / "out/g_patent.tsv").open(), delimiter="\t")
    }
    assert {row["us_patent"] for row in core} - {""} <= patents


def test_null_truth_names_no_surge_and_no_core(tmp_path):
    write(tmp_path / "out", "patentsview", "parquet", "--null")
    truth = tomllib.loads((tmp_path / "out.truth.toml").read_text())
    assert truth["null"]
    assert "year" not in truth["surge"]
    assert truth["core"]["families"] == 0
    assert {country["industry_path"] for country in truth["country"].values()} == {""}


def test_a_plan_of_ones_own_is_laid_over(tmp_path):
    path = tmp_path / "plan.toml"
    path.write_text("[country.US]\nlag = 7.0\n[country.SE]\nfirst_office = 'EP'\n")
    plan = world.read_plan(path)
    assert plan["country"]["US"]["lag"] == 7
    assert plan["country"]["US"]["core"] == world.read_plan()["country"]["US"]["core"]
    assert plan["country"]["SE"]["paths"] == ["none"] * 3


def test_core_families_have_the_planted_technologies_and_others_do_not(tmp_path):
    path = tmp_path / "plan.toml"
    path.write_text("[core]\ntechnologies = ['G06N', 'H03K']\ntechnology_share = 0.5\n")
    con = world.connect("2GB", 1, tmp_path)
    world.create(con, world.read_plan(path), FAMILIES, seed=7)
    world.draw_block(con, 0, FAMILIES - 1, ["code"])
    shares = con.sql("""
        select industry.industry, is_core, avg((left(symbol, 4) in ('G06N', 'H03K'))::int)
        from code inner join family using (family) inner join industry on family.industry = industry.position
        where code.position = 1 group by all
    """).fetchall()
    core, others = ({i: share for i, c, share in shares if c is is_core} for is_core in (True, False))
    for industry in ("cloud", "intelligence", "electronics"):
        assert core[industry] - others[industry] * 0.5 == pytest.approx(0.5, abs=0.08)
    for industry in ("network", "content"):
        assert core[industry] == others[industry] == 0


def test_technologies_that_no_industry_or_one_has_twice_are_refused(tmp_path):
    path = tmp_path / "plan.toml"
    for technologies, why in (("['G99X']", "no industry has"), ("['G06N', 'G06V']", "no more than one")):
        path.write_text(f"[core]\ntechnologies = {technologies}\n")
        with pytest.raises(ValueError, match=why):
            world.read_plan(path)


@pytest.mark.parametrize(
    "text", ["[countries.US]\nlag = 1", "[core]\npush = 3", "[country.US]\npaths = ['I9', 'T1', 'C1']"]
)
def test_a_wrong_plan_is_refused(text, tmp_path):
    path = tmp_path / "plan.toml"
    path.write_text(text)
    with pytest.raises(ValueError, match=r"unknown key|no industry_path"):
        world.read_plan(path)


@pytest.mark.whole
@pytest.mark.parametrize(("layout", "form"), LAYOUTS)
def test_every_damaged_row_is_written_down(layout, form, tmp_path):
    clean = write(tmp_path / "clean", layout, form)
    damaged_folder = write(tmp_path / "damaged", layout, form, "--corrupt", "0.05")
    ledger = [json.loads(line) for line in (tmp_path / "damaged.corrupt.jsonl").read_text().splitlines()]
    told = Counter(each["file"] for each in ledger if each["line"])
    whole = {(each["file"], each["kind"]) for each in ledger if not each["line"]}
    assert set(told) == {path.name for path in clean.iterdir()}
    for path in clean.iterdir():
        if path.suffix == ".parquet":
            continue
        before = path.read_bytes().splitlines(keepends=True)
        text = (damaged_folder / path.name).read_bytes()
        if (path.name, "bom") in whole:
            assert text.startswith(b"\xef\xbb\xbf")
            text = text[3:]
        if (path.name, "crlf") in whole:
            text = text.replace(b"\r\n", b"\n")
        # What a line turned into, from the ledger; all others must be as before.
        after = text.split(b"\n")
        extra = {"embedded_newline": 1, "duplicate": 1, "blank_line": 1}
        marks = {each["line"]: each for each in ledger if each["file"] == path.name}
        line, changed = 1, 0
        for row in before:
            taken = 1
            if line in marks:
                changed += 1
                taken += extra.get(marks[line]["kind"], 0)
                assert after[line - 1 : line - 1 + taken] != [row.rstrip(b"\n")]
            else:
                assert after[line - 1] == row.rstrip(b"\n")
            line += taken
        assert changed == told[path.name]
        assert line == len(after)


def test_damage_comes_in_every_kind(tmp_path):
    folder = write(tmp_path / "out", "patentsview")
    ledger = tmp_path / "ledger.jsonl"
    damaged = damage(folder, 0.2, 1, ledger, archives=True)
    found = [json.loads(line) for line in ledger.read_text().splitlines()]
    assert len(found) == damaged
    assert {each["kind"]: each["must_reject"] for each in found} == {
        "embedded_newline": False,
        "embedded_quote": False,
        "lone_cr": False,
        "nul_byte": True,
        "stray_quote": True,
        "short_line": True,
        "long_line": True,
        "duplicate": False,
        "leading_zeros": False,
        "wrong_encoding": True,
        "impossible_date": False,
        "odd_number": False,
        "bom": False,
        "crlf": False,
        "empty_file": False,
        "cut_gzip": True,
        "cut_zip": True,
    }


def test_damaged_parquet_holds_what_the_ledger_says(tmp_path):
    folder = write(tmp_path / "out", "google_patents", "parquet", "--corrupt", "0.05")
    ledger = [json.loads(line) for line in (tmp_path / "out.corrupt.jsonl").read_text().splitlines()]
    (path,) = (path for path in folder.iterdir() if path.stat().st_size)
    keys = [key for (key,) in duckdb.sql(f"select publication_number from '{path}'").fetchall()]
    for each in ledger:
        if each["kind"] == "null_key":
            assert keys[each["line"] - 1] is None
        elif each["kind"] == "duplicate":
            assert keys[each["line"] - 1] == keys[each["line"]] == each["key"]
    assert keys.count(None) == sum(each["kind"] == "null_key" for each in ledger)


def test_a_folder_that_is_not_empty_is_refused(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(SystemExit, match="not empty"):
        write(tmp_path, "patentsview")


def test_distractions_are_what_the_plan_says_and_off_by_default(tmp_path):
    """With them, affiliates apply, claims and citations multiply, and the flag is core or not."""
    plan = world.read_plan()
    plan["reach"]["WO"] = 0.0
    figures = {}
    for name, on in (
        ("off", {}),
        ("on", {"rare_flag": 0.1, "affiliates": 0.3, "claims": 3.0, "citations": 4.0}),
    ):
        plan["distraction"] |= on
        with world.connect("1GB", 1, tmp_path / name) as con:
            world.create(con, plan, 3000, seed=1)
            world.draw_block(con, 0, 2999)
            [figures[name]] = con.sql(
                "select (select count(*) from family where (offices >> 6) & 1 = 1), "
                "(select count(*) from family where (offices >> 6) & 1 = 1 and is_core), "
                "(select count(*) from party where applicant >= 50000000), "
                "(select avg(claims) from member where first_office = 'US'), "
                "(select avg(claims) from member where first_office = 'JP'), "
                "(select count(*) from citation inner join family using (family) where industry = 0), "
                "(select count(*) from family where type = 'invention')"
            ).fetchall()
    assert figures["off"][:3] == (0, 0, 0)
    flagged, flagged_core, affiliated, us, jp, references, inventions = figures["on"]
    assert flagged == pytest.approx(0.1 * inventions, rel=0.15)
    assert flagged_core < 0.3 * flagged
    assert affiliated > 400
    assert us == pytest.approx(3 * figures["off"][3], rel=0.1)
    assert jp == pytest.approx(figures["off"][4], rel=0.02)
    assert references > 2.5 * figures["off"][5]
