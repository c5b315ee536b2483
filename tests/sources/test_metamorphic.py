"""The same rows in another dress, order, number of files or sources tell the same."""

import random
import re
from collections import Counter, defaultdict
from contextlib import ExitStack
from dataclasses import replace

import pytest

from corepath.warehouse.load.loader import load
from corepath.warehouse.settings import ROOT
from tests.sources.damaged import (
    CANONICAL,
    DUMPS,
    Dump,
    File,
    Row,
    built,
    delimited,
    gzipped,
    rejects,
    warehouse,
    zipped,
)
from tests.worlds import SOURCES, rows

# Each loads and stages whole dumps.
pytestmark = pytest.mark.whole

SHARED = ROOT.parent / "shared" / "data"
UNITED = [f"sources.{name}" for name in CANONICAL]
LINES = [name for name in DUMPS if name not in ("uspto", "docdb", "google_patents_parquet")]
DELIMITED = ["patentsview", "patstat", "lens_csv"]


def told(connection, tables=UNITED):
    """Give all rows of tables, however they are ordered."""
    return {t: Counter(connection.sql(f"from {t}").fetchall()) for t in tables}


def told_by(source, path):
    """Load a dump; give what it tells and why rows are rejected."""
    with built({source: path}, *UNITED) as connection:
        return told(connection), Counter(reason for *_, reason in rejects(connection))


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    """What each dump tells as it stands, read once."""
    found = {}

    def of(name):
        if name not in found:
            dump = DUMPS[name]()
            path = dump.written(tmp_path_factory.mktemp(name) / "dump")
            found[name] = told_by(dump.source, path)
            assert found[name][0]["sources.stg_document"].total() >= 20
        return found[name]

    return of


def reasons_without_place(counts):
    """Byte and line numbers of parsers change with what stands before; the damage does not."""
    return Counter(reason.split(":")[0] for reason in counts.elements())


@pytest.mark.parametrize("name", DUMPS)
def test_loading_twice_is_loading_once(name, tmp_path):
    dump = DUMPS[name]()
    path = dump.written(tmp_path / "dump")
    with warehouse() as connection:
        first = load(connection, SOURCES[dump.source], path, 1.0)
        again = load(connection, SOURCES[dump.source], path, 1.0)
        assert (first.read, again.read) == (len(dump.files), 0)
        assert (again.rows, again.rejected) == (first.rows, first.rejected)
        # And so is loading what came back under another name.
        for file in dump.files:
            (path / file.name).rename(path / f"x-{file.name}")
        (path / "later").mkdir()
        for file in dump.files:
            (path / f"x-{file.name}").rename(path / "later" / file.name)
        moved = load(connection, SOURCES[dump.source], path, 1.0)
        assert (moved.read, moved.removed) == (len(dump.files), len(dump.files))
        assert (moved.rows, moved.rejected) == (first.rows, first.rejected)


@pytest.mark.parametrize("name", DUMPS)
def test_a_copy_of_every_file_tells_nothing_more(name, tmp_path, plain):
    """Raw tables hold every row twice; no publication is two, and no number is twice as high."""
    dump = DUMPS[name]()
    for copy in ("1", "2"):
        dump.written(tmp_path / "dump" / copy)
    whole, _ = plain(name)
    twice, _ = told_by(dump.source, tmp_path / "dump")
    assert twice["sources.stg_document"] == whole["sources.stg_document"]
    assert {table: set(found) for table, found in twice.items()} == {
        table: set(found) for table, found in whole.items()
    }


@pytest.mark.parametrize("name", DUMPS)
def test_two_files_tell_what_one_tells(name, tmp_path, plain):
    dump = DUMPS[name]()
    for part in (0, 1):
        # Backwards, so that no file ends with a document that is cut, as if its download had broken.
        half = [replace(file, rows=file.rows[part::2][::-1]) if file.rows else file for file in dump.files]
        Dump(dump.source, half).written(tmp_path / "dump" / str(part))
    whole, whole_rejects = plain(name)
    halves, half_rejects = told_by(dump.source, tmp_path / "dump")
    assert halves == whole
    assert reasons_without_place(half_rejects) == reasons_without_place(whole_rejects)


@pytest.mark.parametrize("name", DUMPS)
def test_order_tells_nothing(name, tmp_path, plain):
    dump = DUMPS[name]()
    shuffled = [
        replace(file, rows=random.Random(20).sample(file.rows, len(file.rows))) for file in dump.files
    ]
    path = Dump(dump.source, shuffled).written(tmp_path / "dump")
    ours, ours_rejected = told_by(dump.source, path)
    whole, whole_rejects = plain(name)
    assert ours == whole
    assert reasons_without_place(ours_rejected) == reasons_without_place(whole_rejects)


@pytest.mark.parametrize("pack", [gzipped, zipped])
@pytest.mark.parametrize("name", DUMPS)
def test_what_is_packed_tells_what_is_not(name, pack, tmp_path, plain):
    dump = DUMPS[name]()
    path = dump.written(tmp_path / "dump")
    pack(path)
    assert told_by(dump.source, path) == plain(name)


@pytest.mark.parametrize("name", LINES)
def test_a_byte_order_mark_and_returns_at_the_end_of_lines_tell_nothing(name, tmp_path, plain):
    dump = DUMPS[name]()
    path = dump.written(tmp_path / "dump")
    for file in dump.files:
        if file.rows:
            dressed = replace(file, end=b"\r\n").content
            # A mark makes latin-1 no UTF-8.
            mark = b"" if name == "lens_csv" else b"\xef\xbb\xbf"
            (path / file.name).write_bytes(mark + dressed)
    assert told_by(dump.source, path)[0] == plain(name)[0]


@pytest.mark.parametrize("name", ["uspto", "docdb"])
def test_a_byte_order_mark_before_documents_tells_nothing(name, tmp_path, plain):
    dump = DUMPS[name]()
    path = dump.written(tmp_path / "dump")
    for file in dump.files:
        (path / file.name).write_bytes(b"\xef\xbb\xbf" + file.content)
    assert told_by(dump.source, path) == plain(name)


@pytest.mark.parametrize("name", DELIMITED)
def test_lone_returns_will_do_for_ends_of_line(name, tmp_path):
    """Of rows without any within, or a return could end a row or stand in it."""
    dump = DUMPS[name]()
    found = []
    for end in (b"\n", b"\r"):
        files = [
            replace(file, end=end, rows=[r for r in file.rows if not r.reject and b"\n" not in r.content])
            for file in dump.files
        ]
        path = Dump(dump.source, files).written(tmp_path / end.hex())
        found.append(told_by(dump.source, path))
    assert found[0] == found[1]
    assert not found[0][1]
    assert found[0][0]["sources.stg_document"].total() >= 20


def test_google_patents_tells_the_same_in_parquet_and_in_json(plain):
    assert plain("google_patents_jsonl")[0] == plain("google_patents_parquet")[0]


# --- Records that contradict each other ----------------------------------------------------------

# Of a file: its columns, a row, and what another row of the same key may have instead. Lens has
# blanks where these have underscores.
_CONTRADICTIONS = {
    "g_patent.tsv": (
        "patentsview",
        "patent_id patent_date wipo_kind patent_title patent_abstract num_claims",
        "2010-01-19 B1 Chip Small 7",
        "2010-01-26 B2 Unit Large 9",
    ),
    "g_application.tsv": (
        "patentsview",
        "patent_id application_id filing_date",
        "12000001 2009-03-02",
        "12000002 2009-03-03",
    ),
    "g_patent_abstract.tsv": ("patentsview", "patent_id patent_abstract", "Small", "Large"),
    "tls201.csv": (
        "patstat",
        "appln_id appln_auth appln_nr appln_filing_date ipr_type earliest_filing_date "
        "earliest_filing_id docdb_family_id docdb_family_size nb_citing_docdb_fam nb_inventors",
        "US 200900001 2009-03-02 PI 2008-03-02 1 11 2 3 4",
        "EP 200900002 2009-03-03 UM 2008-03-03 2 12 5 6 7",
    ),
    "tls202.csv": ("patstat", "appln_id appln_title_lg appln_title", "en Chip", "de Unit"),
    "tls203.csv": ("patstat", "appln_id appln_abstract", "Small", "Large"),
    "tls211.csv": (
        "patstat",
        "pat_publn_id publn_auth publn_nr publn_kind appln_id publn_date publn_claims",
        "US 7650331 B1 1 2010-01-19 7",
        "EP 7650332 B2 2 2010-01-20 9",
    ),
    "export.csv": (
        "lens",
        "Publication_Number Title Abstract Publication_Date Application_Number Applicants Simple_Family_Size",
        "Chip Small 2010-01-19 US_200900001_A A 2",
        "Unit Large 2010-01-20 US_200900002_A B 3",
    ),
}
# What is beside it, for each key.
_BESIDE = {
    "patentsview": {"g_patent.tsv": ("patent_id patent_date wipo_kind", "{} 2010-01-19 B1")},
    "patstat": {
        "tls201.csv": ("appln_id appln_filing_date", "{} 2009-03-02"),
        "tls211.csv": (
            "pat_publn_id publn_auth publn_nr publn_kind appln_id publn_date",
            "{0} US 765033{0} B1 {0} 2010-01-19",
        ),
    },
    "lens": {},
}


@pytest.mark.parametrize("name", _CONTRADICTIONS)
def test_order_does_not_decide_between_records_that_contradict_each_other(name, tmp_path):
    source, header, first, other = _CONTRADICTIONS[name]
    keys = range(1, len(header.split()))  # the record of key n is contradicted in column n

    def line(fields):
        parts = [field.replace("_", " ") if source == "lens" else field for field in fields]
        return Row("", delimited(parts, "\t" if source == "patentsview" else ","))

    ones, others = [], []
    for key in keys:
        start = f"US_765033{key}_B1" if source == "lens" else str(key)
        fields = [start, *first.split()]
        if name == "tls211.csv":
            fields[2] = f"765033{key}"
        ones.append(line(fields))
        fields[key] = other.split()[key - 1]
        others.append(line(fields))
    found = []
    for place, order in enumerate((ones + others, others + ones)):
        files = [File(name, order, line(header.split()).content)] + [
            File(file, [line(row.format(key).split()) for key in keys], line(top.split()).content)
            for file, (top, row) in _BESIDE[source].items()
            if file != name
        ]
        path = Dump(source, files).written(tmp_path / str(place))
        with built({source: path}, *UNITED) as connection:
            found.append(
                {
                    (table, column): Counter(
                        connection.sql(f'select publication_number, "{column}" from {table}').fetchall()
                    )
                    for table in UNITED
                    if table != "sources.stg_citation"
                    for column in connection.sql(f"from {table}").columns
                }
            )
    assert found[0]["sources.stg_document", "publication_date"]
    assert [place for place, content in found[0].items() if content != found[1][place]] == []


# --- Several sources of the same patents ---------------------------------------------------------


def test_sources_of_the_same_publications_agree_on_what_they_are(tmp_path):
    """Each alone, and all together, have the same numbers, kinds and dates."""
    names = ["docdb", "patstat", "google_patents_parquet", "lens_csv"]
    paths, found = {}, {}
    query = (
        "select publication_number, is_invention, publication_date, filing_date "
        "from staging.stg_document where publication_number <> 'US-8999997-B2'"  # DOCDB's own
    )
    for name in names:
        dump = DUMPS[name]()
        paths[dump.source] = dump.written(tmp_path / name)
        with built({dump.source: paths[dump.source]}, "staging.stg_document") as connection:
            found[name] = set(connection.sql(query).fetchall())
    with built(paths, "staging.stg_document") as connection:
        together = set(connection.sql(query).fetchall())
        counts = connection.sql(
            "select distinct source_count from staging.stg_document "
            "where publication_number <> 'US-8999997-B2'"
        ).fetchall()
    assert len(together) > 60
    assert {name: sorted(told ^ together, key=str) for name, told in found.items()} == {
        name: [] for name in names
    }
    assert counts == [(len(names),)]


@pytest.fixture(scope="module")
def real():
    """The shipped files of the USPTO and of PatentsView: each alone, and both."""
    samples = {name: ROOT / "samples" / name for name in ("uspto", "patentsview")}
    staging = [f"staging.{name}" for name in CANONICAL]
    with ExitStack() as stack:
        yield [
            stack.enter_context(built({name: samples[name] for name in names}, *staging))
            for names in (["uspto"], ["patentsview"], ["uspto", "patentsview"])
        ]


def listed(connection, table, *key):
    """Read a staging table; its rows by key."""
    found = defaultdict(list)
    for row in rows(connection, f"from staging.{table}"):
        found[tuple(row[k] for k in key)].append(row)
    return found


def test_pct_publications_of_real_references_are_numbered_as_in_docdb(real):
    """Printed as WO200121446, WO 02/037687, WO 02/052150 and WO 2004/006400."""
    for connection in real:
        cited = {
            row["cited_publication"] or ""
            for row in rows(connection, "select cited_publication from staging.stg_citation")
        }
        bare = {"-".join(number.split("-")[:2]) for number in cited}
        assert {"WO-0121446", "WO-2004006400"} < bare
        assert not [n for n in bare if re.fullmatch(r"WO-(19[789]\d|200[0-3])\d{5,6}", n)]
    usptos = {row["cited_publication"] for row in rows(real[0], "from staging.stg_citation")}
    assert {"WO-0237687-A3", "WO-02052150-A1"} < usptos


def test_a_document_of_two_sources_has_the_fields_of_the_better_and_what_only_the_other_has(real):
    first, second, both = (listed(c, "stg_document", "publication_number") for c in real)
    assert len(first.keys() & second.keys()) == 371
    assert both.keys() == first.keys() | second.keys()
    odd = {}
    for key, [ours] in both.items():
        better, other = (d[key][0] if key in d else {} for d in (first, second))
        expected = {
            column: better.get(column) if better.get(column) is not None else other.get(column)
            for column in ours
        }
        expected |= {
            "source": "uspto" if better else "patentsview",
            "source_count": bool(better) + bool(other),
        }
        if ours != expected:
            odd[key] = {c: (ours[c], expected[c]) for c in ours if ours[c] != expected[c]}
    assert odd == {}
    # Each alone knows something that the other does not.
    assert both.keys() - first.keys()
    assert both.keys() - second.keys()


@pytest.mark.parametrize(
    ("table", "key", "content"),
    [
        ("stg_classification", ("publication_number", "scheme"), ("symbol", "is_inventive")),
        ("stg_party", ("publication_number", "role"), ("position", "name")),
        ("stg_priority", ("publication_number",), ("priority_number", "priority_office")),
    ],
)
def test_a_list_of_two_sources_is_the_betters_or_where_it_has_none_the_others(real, table, key, content):
    first, second, both = (listed(c, table, *key) for c in real)

    def counted(found):
        return Counter(tuple(row[c] for c in content) for row in found)

    assert both.keys() == first.keys() | second.keys()
    for place, found in both.items():
        assert counted(found) == counted(first[place] if place in first else second[place]), place
    assert first.keys() & second.keys() or table == "stg_priority"


def test_no_country_or_sector_of_a_party_is_lost(real):
    keys = ("publication_number", "role", "position")
    first, second, both = (listed(c, "stg_party", *keys) for c in real)
    for alone in (first, second):
        for place, [theirs] in alone.items():
            [ours] = both[place]
            if ours["name"] == theirs["name"]:
                for column in ("country", "sector"):
                    known = theirs[column] is None or ours[column] is not None
                    assert known, (place, column)
    for place, [theirs] in first.items():
        kept = {c: v for c, v in theirs.items() if v is not None}
        assert both[place][0] == both[place][0] | kept


def test_references_of_two_sources_are_the_betters_list_and_keep_who_cited(real):
    def cited(found):
        # A kind may come from a publication that only the other source has.
        return {
            (r["cited_publication"] or "").rsplit("-", 1)[0]
            if (r["cited_publication"] or "").count("-") == 2
            else r["cited_publication"] or r["npl"]: r["origin"]
            for r in found
        }

    first, second, both = (defaultdict(list), defaultdict(list), defaultdict(list))
    for connection, found in zip(real, (first, second, both), strict=True):
        for row in rows(connection, "from staging.stg_citation"):
            found[row["citing_publication"], row["npl"] is None].append(row)
    assert both.keys() == first.keys() | second.keys()
    for place, found in both.items():
        better, other = cited(first.get(place, [])), cited(second.get(place, []))
        ours = cited(found)
        assert ours.keys() == (better or other).keys(), place
        for reference, origin in ours.items():
            known = {better.get(reference), other.get(reference)} - {None, "unknown"}
            assert origin in (known or {"unknown"}), (place, reference)


def linked_and_expected(connection):
    """Give the numbers that references meet, and those that they have and that are loaded."""
    documents = rows(connection, "select publication_number from staging.stg_document")
    found = rows(connection, "from staging.stg_citation where cited_publication is not null")

    def bare(number):
        return "-".join(number.split("-")[:2])

    loaded = {bare(row["publication_number"]) for row in documents}
    cited = {bare(row["cited_publication"]) for row in found}
    return {bare(row["cited_publication"]) for row in found if row["is_loaded"]}, loaded & cited


def test_next_to_none_of_the_real_references_has_a_number_that_no_rule_reads(real):
    for connection in real:
        found = rows(connection, "from staging.stg_citation where cited_publication is not null")
        foreign = [row["cited_publication"] for row in found if row["cited_publication"][:2] != "US"]
        unread = {number for number in foreign if "?" in number}
        assert len(foreign) > 500
        assert 0 < len(unread) < len(foreign) / 20
        # Designs of the EUIPO and of WIPO, which are no patents, and misprints of Japanese numbers.
        assert {number[:2] for number in unread} <= {"DE", "EP", "JP", "WO"}
        linked, expected = linked_and_expected(connection)
        assert linked == expected


def test_references_of_a_real_search_meet_the_patent_that_was_searched_for():
    """138 documents of the sample were found because they cite US 6,103,599."""
    with built({"ppubs": ROOT / "samples" / "ppubs"}, "staging.stg_citation") as connection:
        linked, expected = linked_and_expected(connection)
        citing = rows(connection, "from staging.stg_citation where cited_publication = 'US-6103599-A'")
    assert linked == expected
    assert len(linked) > 100
    assert len(citing) > 130
    assert all(row["is_loaded"] and row["cited_class"] == "invention" for row in citing)


@pytest.mark.skipif(not SHARED.exists(), reason="no ../shared beside the project")
def test_every_reference_of_real_records_that_may_not_ship_is_read():
    dumps = {"docdb": SHARED / "docdb_xml", "lens": SHARED / "lens" / "lens_10_valid.jsonl"}
    with built(dumps, "staging.stg_citation") as connection:
        linked, expected = linked_and_expected(connection)
        cited = rows(connection, "from staging.stg_citation where cited_publication is not null")
    assert len(cited) > 30
    assert not [row for row in cited if "?" in row["cited_publication"] or row["cited_class"] == "unknown"]
    assert linked == expected
