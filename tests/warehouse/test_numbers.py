"""Numbers of publications, office by office: pairs from real documents and from offices' own rules."""

import csv
from pathlib import Path

import duckdb
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from corepath.warehouse import numbers
from corepath.warehouse.errors import BadInput
from corepath.warehouse.numbers import publication_number

with Path(__file__).with_name("publication_numbers.csv").open(encoding="utf-8", newline="") as file:
    PAIRS = list(csv.DictReader(file))


def given_year(text):
    return int(text) if text else None


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: f"{pair['office']} {pair['printed']} {pair['kind']}")
def test_a_printed_number_is_written_as_docdb_does(pair):
    told = pair["office"], pair["printed"], pair["kind"] or None, given_year(pair["year"])
    assert publication_number(*told) == pair["number"]


def test_there_are_pairs_of_every_office_that_has_rules():
    assert len(PAIRS) >= 150
    assert set(numbers.read_rules()) - {"*"} <= {pair["office"] for pair in PAIRS}


@pytest.mark.parametrize(
    ("office", "printed", "kind", "year", "unread"),
    [
        # Neither 1995 nor 2020 is near; nor is 1989 for WO 01/38865, filed under Japan.
        ("JP", "7-248211", "A", 2005, "JP-7/248211?-A"),
        ("JP", "01/38865", None, 2001, "JP-01/38865?"),
        # Seven digits of unknown kind and date are a grant's or of a year and a serial.
        ("JP", "5275918", None, None, "JP-5275918?"),
        ("JP", "07-3200754", None, 1995, "JP-07/3200754?"),
        ("WO", "DM/074011", None, 2010, "WO-DM/074011?"),
        ("EP", "000385562-0106", None, 2005, "EP-000385562/0106?"),
        ("DE", "000644935-0001", None, 2006, "DE-000644935/0001?"),
    ],
)
def test_what_no_rule_reads_is_no_office_s_number(office, printed, kind, year, unread):
    assert publication_number(office, printed, kind, year) == unread


@pytest.mark.parametrize("printed", ["", " ", "000", "-", "0/0"])
def test_nothing_is_no_number(printed):
    assert publication_number("US", printed, "A", 1990) is None


def test_a_number_of_another_office_is_that_office_s():
    assert publication_number("JP", "EP1223083", None, 2000) == "EP-1223083"
    assert publication_number("SE", "SU 518345", None, 1976) == "SU-518345"


# --- Any document ---------------------------------------------------------------------------------


def serial(most, least=1):
    return st.integers(least, most)


def thousands(number):
    return f"{number:,}"


# What identifies a document of a series, and how it may be printed, with the year of publication.
SERIES = {
    "US grant": (
        st.tuples(serial(19_999_999)),
        lambda n: [("US", s, "B2", None) for s in (f"{n}", f"{n:08}", thousands(n), f"US {thousands(n)} B2")],
    ),
    "US design": (
        st.tuples(serial(1_200_000)),
        lambda n: [
            ("US", s, "S1", None) for s in (f"D{n}", f"D{n:07}", f"{n}", f"Des. {thousands(n)}", f"D {n}")
        ],
    ),
    "US reissue": (
        st.tuples(serial(60_000)),
        lambda n: [("US", s, "E1", None) for s in (f"RE{n}", f"RE{n:06}", f"{n}", f"Re. {thousands(n)}")],
    ),
    "US application": (
        st.tuples(st.integers(2001, 2030), serial(999_999)),
        lambda y, n: [
            ("US", s, "A1", None)
            for s in (f"{y}{n:07}", f"{y}{n:06}", f"{y}/{n:07}", f"{y}/{n}", f"{y}-{n:06}")
        ],
    ),
    "EP": (
        st.tuples(serial(4_999_999)),
        lambda n: [
            ("EP", s, "A1", None)
            for s in (f"{n}", f"{n:07}", f"{n // 10**6} {n // 1000 % 1000:03} {n % 1000:03}", f"EP{n:07}A1")
        ],
    ),
    "WO until 2001": (
        st.tuples(st.integers(1978, 2001), serial(99_999)),
        lambda y, n: [
            ("WO", s, "A1", y)
            for s in (
                *(f"{y % 100:02}{n:05}", f"{y % 100:02}/{n:05}", f"WO {y % 100:02}/{n:06}"),
                *(f"{y}{n:06}", f"{y}/{n:06}", f"{y}/{n}"),
            )
        ],
    ),
    "WO of 2002": (
        st.tuples(st.integers(1, 137_000)),
        lambda n: [("WO", s, "A1", 2002) for s in (f"2002/{n:06}", f"2002{n:06}", f"02/{n:06}", f"2002/{n}")],
    ),
    "WO since 2004": (
        st.tuples(st.integers(2004, 2030), serial(299_999)),
        lambda y, n: [("WO", s, "A1", y) for s in (f"{y}{n:06}", f"{y}/{n:06}", f"{y}/{n}", f"WO-{y}{n:06}")],
    ),
    "JP of Showa": (
        st.tuples(st.integers(46, 64), serial(399_999)),
        lambda e, n: [
            ("JP", s, "A", 1925 + e)
            for s in (
                *(f"S{e}{n}", f"S{e}-{n:06}", f"{e}-{n}", f"{e}-{n:06}", f"{e}{n:06}", f"昭{e}-{n}"),
                *(f"JP-A-{e}-{n:06}", f"3{e}{n:06}", f"{1925 + e}-{n}" if e < 64 else f"S{e}{n}"),
            )
        ],
    ),
    "JP of Heisei": (
        st.tuples(st.integers(1, 11), serial(399_999)),
        lambda e, n: [
            ("JP", s, "A", 1988 + e)
            for s in (
                *(f"H{e:02}{n}", f"H{e:02}-{n:06}", f"{e}-{n}", f"{e:02}-{n:06}", f"{e:02}{n:06}"),
                *(f"平{e}-{n}", f"4{e:02}{n:06}", f"{1988 + e}-{n}", f"H{e}-{n}"),
            )
        ],
    ),
    "JP since 2000": (
        st.tuples(st.integers(2000, 2030), serial(599_999)),
        lambda y, n: [
            ("JP", s, "A", y) for s in (f"{y}{n:06}", f"{y}-{n:06}", f"{y}-{n}", f"P{y}-{n:06}A", f"{y}/{n}")
        ],
    ),
    "JP grant": (
        st.tuples(st.integers(2_500_001, 7_999_999)),
        lambda n: [("JP", s, "B2", 2010) for s in (f"{n}", thousands(n), f"JP{n}B2")],
    ),
    "KR application": (
        st.tuples(st.integers(1998, 2030), serial(999_999)),
        lambda y, n: [
            ("KR", s, "A", None)
            for s in (f"{y}{n:07}", f"10{y}{n:07}", f"10-{y}-{n:07}", f"{y}-{n}", f"10-{y}-{n}")
        ],
    ),
    "KR utility model": (
        st.tuples(st.integers(1998, 2030), serial(999_999)),
        lambda y, n: [
            ("KR", f"{y}{n:07}", "U", None),
            ("KR", f"20{y}{n:07}", "U", None),
            ("KR", f"20-{y}-{n}", None, None),
        ],
    ),
    "KR until 1997": (
        st.tuples(st.integers(1970, 1997), serial(99_999)),
        lambda y, n: [
            ("KR", s, "A", None)
            for s in (f"{y % 100}{n:07}", f"10-{y}-{n:07}", f"{y}-{n:07}", f"{y % 100}-{n}", f"10{y}{n:07}")
        ],
    ),
    "KR grant": (
        st.tuples(serial(2_999_999)),
        lambda n: [("KR", s, "B1", None) for s in (f"10{n:07}", f"10-{n:07}", f"10-{n}")],
    ),
    "CN": (
        st.tuples(st.integers(1_030_001, 1_999_999) | st.integers(100_998_275, 120_000_000)),
        lambda n: [("CN", s, "A", None) for s in (f"{n}", thousands(n), f"CN{n}A")],
    ),
    "TW grant": (
        st.tuples(st.integers(220_001, 899_999)),
        lambda n: [("TW", s, "B", 2010) for s in (f"I{n}", f"I-{n}", f"{n}", f"TW I {n} B")],
    ),
    "DE until 1994": (
        st.tuples(st.integers(1_900_000, 4_499_999), st.integers(0, 9)),
        lambda n, check: [
            ("DE", s, "A1", None)
            for s in (
                *(f"{n}", f"{n}.{check}", f"P {n}.{check}"),
                f"{n // 10**5} {n // 1000 % 100:02} {n % 1000:03}.{check}",
            )
        ],
    ),
    "DE since 2004": (
        st.tuples(st.integers(2004, 2030), serial(999_999), st.integers(0, 9)),
        lambda y, n, check: [
            ("DE", s, "A1", None)
            for s in (
                *(f"10{y}{n:06}", f"10{y}{n:06}{check}", f"10 {y} {n:06}.{check}"),
                f"10 {y} {n // 1000:03} {n % 1000:03}.{check}",
            )
        ],
    ),
    "GB until 1915": (
        st.tuples(st.integers(1890, 1915), serial(29_999)),
        lambda y, n: [("GB", s, "A", None) for s in (f"{y}{n:05}", f"{n}/{y}", f"{y}/{n}", f"{n} of {y}")],
    ),
    "IN": (
        st.tuples(st.integers(1996, 2015), serial(19_999)),
        lambda y, n: [
            ("IN", s, "A", None)
            for s in (f"{y}DN{n:05}", f"{n}/DELNP/{y}", f"{n:05}/DEL-NP/{y}", f"IN {n}DELNP{y}")
        ],
    ),
    "AU until 2001": (
        st.tuples(st.integers(1980, 2001), st.integers(10_000, 99_999)),
        lambda y, n: [
            ("AU", s, "A", None)
            for s in (f"{n}{y % 100:02}", f"{n}/{y % 100:02}", f"{y}{n:06}", f"{y}{n}", f"A-{n}/{y % 100:02}")
        ],
    ),
}


@st.composite
def documents(draw):
    """Draw a document of any series: what identifies it, and its spellings."""
    name = draw(st.sampled_from(sorted(SERIES)))
    parts, spellings = SERIES[name]
    identity = draw(parts)
    # A check digit is told by the rest.
    known = identity[:-1] if name.startswith("DE") else identity
    return (name, known), spellings(*identity)


@given(documents())
def test_one_document_has_one_number_however_it_is_printed(document):
    _, spellings = document
    assert len({publication_number(*spelling) for spelling in spellings}) == 1


@given(documents(), documents())
def test_two_documents_never_have_one_number(first, second):
    assume(first[0] != second[0])
    ours, theirs = ({publication_number(*spelling) for spelling in of[1]} for of in (first, second))
    assert not ours & theirs


@given(documents())
def test_a_number_that_is_written_stays_as_it_is(document):
    (*_, year) = document[1][0]
    number = publication_number(*document[1][0])
    assert publication_number(*number.split("-"), year) == number


# --- In SQL ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def database():
    with duckdb.connect() as connection:
        numbers.define(connection)
        yield connection


def in_sql(database, rows):
    values = ", ".join(["(?::varchar, ?::varchar, ?::varchar, ?::bigint)"] * len(rows))
    query = f"select publication_number(o, n, k, y) from (values {values}) as t(o, n, k, y)"
    found = database.execute(query, [cell for row in rows for cell in row]).fetchall()
    return [number for (number,) in found]


def test_sql_says_what_python_says(database):
    rows = [(p["office"], p["printed"], p["kind"] or None, given_year(p["year"])) for p in PAIRS]
    written = [(*(parts := p["number"].split("-"))[:2], parts[2] if parts[2:] else None, None) for p in PAIRS]
    assert in_sql(database, rows) == [p["number"] for p in PAIRS]
    assert in_sql(database, written) == [publication_number(*row) for row in written]


@given(st.lists(documents(), min_size=1, max_size=20))
def test_sql_says_what_python_says_of_any_document(database, drawn):
    rows = [spelling for _, spellings in drawn for spelling in spellings]
    assert in_sql(database, rows) == [publication_number(*row) for row in rows]


def test_sql_gives_null_where_there_is_no_number(database):
    nothing = [(None, "1", "A", 1), ("US", None, "A", 1), ("US", "00", None, None), ("", "1", "A", None)]
    assert in_sql(database, nothing) == [None] * 4


# --- The rules ------------------------------------------------------------------------------------

HEAD = "office,kind,reads,when,number,as_kind,says\n"


@pytest.mark.parametrize(
    ("row", "what"),
    [("US,,(\\d+,,{1},,", "unterminated"), ("US,,(\\d+),year ~ 2000,{1},,", "no condition: year ~ 2000")],
)
def test_a_wrong_rule_is_told_with_its_line(tmp_path, row, what):
    file = tmp_path / "rules.csv"
    file.write_text(HEAD + "EP,,(\\d+),,{1},,\n" + row + "\n")
    with pytest.raises(BadInput, match=rf"rules\.csv:3: .*{what}"):
        numbers.read_rules(file)
