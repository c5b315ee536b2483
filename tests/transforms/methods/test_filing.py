"""Numbers of filings: each pair is one filing as two kinds of source write it."""

from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corepath.transforms.methods.filing import filing_number


def key(office, number, filed=None):
    frame = pl.DataFrame(
        {"office": [office], "number": [number], "date": [filed and date.fromisoformat(filed)]},
        schema={"office": pl.String, "number": pl.String, "date": pl.Date},
    )
    found = filing_number(frame.lazy(), "office", "number", "date").collect()
    assert found.columns == ["office", "number", "date", "filing"]
    return found["filing"].item()


@pytest.mark.parametrize(
    ("office", "docdb", "printed", "filed", "expected"),
    [
        # United States. DOCDB's numbers from Lens and Google, the office's from the documents:
        # US 2013/0101709, its provisional, US 3982033, US 6103599, US D533981, US 4314796, ...
        ("US", "201213657122", "13/657,122", "2012-10-22", "US 13657122"),
        ("US", "201161550506", "61550506", "2011-10-24", "US 61550506"),
        ("US", "201514863446", "14/863446", "2015-09-23", "US 14863446"),
        ("US", "201229440506", "29/440506", "2012-12-21", "US 29440506"),
        ("US", "17439471", "05174394", "1971-08-24", "US 174394 1971-08-24"),
        ("US", "7087079", "06070870", "1979-08-29", "US 070870 1979-08-29"),
        ("US", "7087079", "6/070870", "1979-08-29", "US 070870 1979-08-29"),
        ("US", "95479992", "07/954,799", "1992-09-30", "US 954799 1992-09-30"),
        ("US", "42609095", "08426090", "1995-04-21", "US 426090 1995-04-21"),
        ("US", "8993198", "09/089931", "1998-06-03", "US 089931 1998-06-03"),
        ("US", "871793", "08008717", "1993-01-22", "US 008717 1993-01-22"),
        ("US", "5456502", "10054565", "2002-01-22", "US 054565 2002-01-22"),
        ("US", "22309605", "29/223096", "2005-02-09", "US 223096 2005-02-09"),
        ("US", "74995805", "60749958", "2005-12-13", "US 749958 2005-12-13"),
        ("US", "1410807", "61014108", "2007-12-17", "US 014108 2007-12-17"),
        # The last of series 12 were filed in January 2011.
        ("US", "98400111", "12984001", "2011-01-04", "US 984001 2011-01-04"),
        # A national stage has the year of its PCT filing, before its series began.
        ("US", "201013512345", "13512345", "2010-11-26", "US 13512345"),
        # PCT, by the receiving office
        ("US", "2017034582", "PCT/US2017/034582", "2017-05-25", "PCT US2017034582"),
        ("US", "20070016552", "PCT/US2007/016552", "2007-07-23", "PCT US2007016552"),
        ("US", "9700408", "PCT/US97/00408", "1997-01-15", "PCT US1997000408"),
        ("US", "0226824", "PCT/US02/26824", "2002-08-23", "PCT US2002026824"),
        ("IB", "2022055385", "PCT/IB2022/055385", "2022-06-09", "PCT IB2022055385"),
        ("EP", "0211355", "PCT/EP02/11355", "2002-09-10", "PCT EP2002011355"),
        ("EP", "2003011007", "PCT/EP03/011007", "2003-10-06", "PCT EP2003011007"),
        ("CN", "2008071839", "PCT/CN2008/071839", "2008-07-31", "PCT CN2008071839"),
        # Japan: eras; DOCDB puts two digits of the year behind until 1999.
        ("JP", "2012219861", "2012-219861", "2012-10-01", "JP 2012219861 2012-10-01"),
        ("JP", "2003084861", "2003-84861", "2003-03-26", "JP 2003084861 2003-03-26"),
        ("JP", "2003321368", "P. 2003-321368", "2003-09-12", "JP 2003321368 2003-09-12"),
        ("JP", "10054299", "11-100542", "1999-04-07", "JP 1999100542 1999-04-07"),
        ("JP", "29568499", "P. 11-295684", "1999-10-18", "JP 1999295684 1999-10-18"),
        ("JP", "29568499", "平11-295684", "1999-10-18", "JP 1999295684 1999-10-18"),
        ("JP", "1501397", "H9-15013", "1997-01-29", "JP 1997015013 1997-01-29"),
        ("JP", "1501397", "09-015013", "1997-01-29", "JP 1997015013 1997-01-29"),
        ("JP", "5879887", "S62-058798", "1987-03-16", "JP 1987058798 1987-03-16"),
        ("JP", "10841378", "53-108413", "1978-09-04", "JP 1978108413 1978-09-04"),
        # Korea
        ("KR", "20110012345", "10-2011-0012345", "2011-02-11", "KR 20110012345 2011-02-11"),
        ("KR", "20030095224", "2003-95224", "2003-12-23", "KR 20030095224 2003-12-23"),
        ("KR", "19950012345", "95-12345", "1995-05-18", "KR 19950012345 1995-05-18"),
        # China, Germany, the EPO and Taiwan: a number alone is enough.
        ("CN", "201110089928", "201110089928.X", "2011-04-11", "CN 201110089928"),
        ("CN", "200910095505", "ZL 2009 1 0095505", "2009-01-19", "CN 200910095505"),
        ("CN", "98123456", "98123456.7", "1998-10-20", "CN 98123456"),
        ("DE", "102011012345", "10 2011 012 345.6", "2011-02-24", "DE 102011012345"),
        ("DE", "19859145", "198 59 145.8", "1998-12-21", "DE 19859145"),
        ("DE", "4308212", "P 43 08 212.5", "1993-03-09", "DE 4308212"),
        ("EP", "11123456", "11123456.7", "2011-01-26", "EP 11123456"),
        ("EP", "05750385", "5750385", "2005-06-10", "EP 05750385"),
        ("EP", "96203707", "96203707.5", "1996-12-24", "EP 96203707"),
        ("TW", "92211693", "092211693", "2003-06-26", "TW 92211693"),
        ("TW", "95139327", "95139327 A", "2006-10-25", "TW 95139327"),
        ("TW", "104205784", "104205784", "2015-04-17", "TW 104205784"),
        # Britain and France
        ("GB", "0225961", "0225961.2", "2002-11-07", "GB 0225961 2002-11-07"),
        ("GB", "201210284", "1210284.3", "2012-06-11", "GB 1210284 2012-06-11"),
        ("GB", "9921064", "9921064", "1999-09-08", "GB 9921064 1999-09-08"),
        ("FR", "0350590", "03 50590", "2003-09-23", "FR 0350590 2003-09-23"),
        # Anywhere else
        ("AU", "2007100463", "2007/100463", "2007-05-31", "AU 2007100463 2007-05-31"),
        ("SE", "9904350", "9904350", "1999-11-30", "SE 9904350 1999-11-30"),
    ],
)
def test_one_filing_has_one_key(office, docdb, printed, filed, expected):
    assert (key(office, docdb, filed), key(office, printed, filed)) == (expected, expected)


def test_a_pct_filing_is_known_under_any_office():
    assert key("WO", "PCT/US2017/034582") == key("US", "PCT/US2017/034582", "2017-05-25")
    assert key("WO", "US2017034582W") == "PCT US2017034582"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        # A serial is used by every series: a utility and a design patent of 2005.
        (("US", "22309605", "2005-09-09"), ("US", "22309605", "2005-02-09")),
        (("US", "10123456", "2002-04-15"), ("US", "11123456", "2005-04-15")),
        # Utility models are numbered beside patents in Japan and Korea.
        (("JP", "2005001234", "2005-01-06"), ("JP", "2005001234", "2005-03-01")),
        (("KR", "20110001234", "2011-01-06"), ("KR", "20110001234", "2011-02-07")),
        (("WO", "PCT/US2017/034582", None), ("WO", "PCT/JP2017/034582", None)),
        # A design claims a design, and a European patent's translation has no check digit.
        (("JP", "D2010-027843", "2010-11-19"), ("JP", "2010-027843", "2010-11-19")),
        (("DE", "69012345", "1990-05-01"), ("DE", "69012346", "1990-05-01")),
        (("EP", "001804014", "2011-01-12"), ("EP", "00180401", "2000-12-20")),
    ],
)
def test_two_filings_have_two_keys(one, other):
    assert key(*one) != key(*other)


@pytest.mark.parametrize(("office", "number"), [("US", None), (None, "7"), ("WO", "2017034582")])
def test_what_names_no_filing_has_no_key(office, number):
    assert key(office, number) is None


def test_what_reads_both_ways_is_docdbs_and_joins_nobody_wrongly():
    # The USPTO's 10/123,402 and DOCDB's 101234 of 2002 were filed on different days.
    assert key("US", "10123402", "2002-04-15") == "US 101234 2002-04-15"
    assert key("US", "10123402", "2002-03-12") == "US 101234 2002-03-12"
    assert key("US", "200210123402", "2002-04-15") != key("US", "10123402", "2002-04-15")


@pytest.mark.parametrize(
    ("office", "number"),
    [("US", "13657122"), ("US", "05174394"), ("JP", "7"), ("KR", "20110012345"), ("SE", "9904350")],
)
def test_without_a_date_a_number_is_as_it_is(office, number):
    assert key(office, number) == f"{office} {number}"


OFFICES = st.sampled_from(["US", "JP", "KR", "CN", "DE", "EP", "GB", "FR", "TW", "WO", "IB", "SE"])


@given(OFFICES, st.text("0123456789ADHPSXZL-/. 平", min_size=1), st.none() | st.dates())
def test_any_text_gives_a_key_of_its_office_or_none(office, number, filed):
    found = key(office, number, filed and filed.isoformat())
    assert found is None or found.startswith((office + " ", "PCT "))


@given(OFFICES, st.from_regex(r"[0-9]{5,12}", fullmatch=True), st.dates(date(1971, 1, 1)))
def test_punctuation_and_case_decide_nothing(office, number, filed):
    spelt = f"{number[:2]}/{number[2:5]}-{number[5:]}"
    assert key(office, spelt, filed.isoformat()) == key(office, number, filed.isoformat())


@given(st.integers(1, 999_999), st.dates(date(1970, 1, 1), date(2010, 12, 31)))
def test_every_us_filing_before_2011_is_one_whether_docdb_or_the_office_writes_it(serial, filed):
    series = {2010: 12, 2000: 9, 1990: 7, 1980: 6, 1975: 5}
    mine = next((s for y, s in series.items() if filed.year >= y), 5)
    office = f"{mine:02}{serial:06}"
    docdb = f"{serial}{filed.year % 100:02}"
    same = key("US", office, filed.isoformat()) == key("US", docdb, filed.isoformat())
    # 12/000010 could be serial 120000 of 2010. A short 9700497 is DOCDB's, too.
    assert same or (mine >= 10 and serial % 100 == filed.year % 100)
