"""The parser against the published files, read a second time by other means, and against damage."""

import gzip
import io
import re
import tracemalloc
import zipfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corepath.warehouse.load import archive
from corepath.warehouse.load.archive import BrokenDownloadError, open_members
from corepath.warehouse.load.parsers import uspto
from corepath.warehouse.settings import ROOT

SAMPLES = ROOT / "samples" / "uspto"
SHARED = ROOT.parent / "shared" / "data" / "uspto_xml"
WEEKLY = sorted(SAMPLES.glob("ipg*.xml.gz"))
ALL = sorted(SAMPLES.glob("*.xml.gz"))

Rows = dict[str, list[dict[str, object]]]

GRANT = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE us-patent-grant SYSTEM "us-patent-grant-v45-2014-04-03.dtd" [ ]>
<us-patent-grant lang="EN" dtd-version="v4.5 2014-04-03" country="US">
<us-bibliographic-data-grant>
<publication-reference><document-id>
<country>US</country><doc-number>07650331</doc-number><kind>B1</kind><date>20100119</date>
</document-id></publication-reference>
<application-reference appl-type="utility"><document-id>
<country>US</country><doc-number>10871244</doc-number><date>20040618</date>
</document-id></application-reference>
<invention-title id="d0e43">Large-scale  <i>data</i>
processing</invention-title>
<number-of-claims>42</number-of-claims>
</us-bibliographic-data-grant>
<abstract id="abstract"><p>A large-scale &#x2014; system.</p></abstract>
<description><p>Text.</p></description>
<claims><claim><claim-text>1. A system.</claim-text></claim></claims>
</us-patent-grant>
"""
TWO = (GRANT + GRANT.replace("07650331", "07650332")).encode()
APPLICATION = (
    GRANT.replace("us-patent-grant", "us-patent-application")
    .replace("bibliographic-data-grant", "bibliographic-data-application")
    .replace("07650331</doc-number><kind>B1", "20050283710</doc-number><kind>A1")
    .replace("20100119", "20051222")
    .replace("<number-of-claims>42</number-of-claims>", "")
)
APPLICATION_BEFORE_2005 = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE patent-application-publication SYSTEM "pap-v16-2002-01-01.dtd" >
<patent-application-publication>
<subdoc-bibliographic-information>
<document-id><doc-number>20040000002</doc-number><kind-code>A1</kind-code>
<document-date>20040101</document-date></document-id>
<domestic-filing-data><application-number><doc-number>10189364</doc-number></application-number>
<filing-date>20020627</filing-date></domestic-filing-data>
<technical-information><title-of-invention>Large-scale <bold>data</bold>
processing</title-of-invention></technical-information>
</subdoc-bibliographic-information>
<subdoc-abstract><paragraph id="A-0001" lvl="0">A system.</paragraph></subdoc-abstract>
<subdoc-description><paragraph>Text.</paragraph></subdoc-description>
<subdoc-claims><claim id="CLM-00001"><claim-text>1. A system.</claim-text></claim></subdoc-claims>
</patent-application-publication>
"""
# What the readers of the three formats must all survive, one after the other.
MIXED = [GRANT, APPLICATION, APPLICATION_BEFORE_2005, GRANT.replace("07650331", "07650332")]


def parse(content: bytes | str) -> Rows:
    return tables(uspto.parse(io.BytesIO(content if isinstance(content, bytes) else content.encode())))


def read(path: Path) -> Rows:
    return tables(row for _, stream in open_members(path) for row in uspto.parse(stream))


def tables(rows: Iterator[tuple[str, dict[str, object]]]) -> Rows:
    result: Rows = defaultdict(list)
    for table, row in rows:
        result[table].append(row)
    return result


def with_bibliography(xml: str) -> Rows:
    """The rows of a sound grant with more in its bibliographic part."""
    rows = parse(GRANT.replace("<number-of-claims>", xml + "<number-of-claims>"))
    assert not rows["rejects"]
    return rows


def column(rows: Rows, table: str, name: str) -> list[object]:
    return [row[name] for row in rows[table]]


def squeeze(element: ElementTree.Element | None) -> str | None:
    return None if element is None else re.sub(r"\s+", " ", "".join(element.itertext())).strip()


def iso(digits: str | None) -> str | None:
    return f"{digits[:4]}-{digits[4:6]}-{digits[6:]}" if digits else None


@pytest.fixture(scope="module")
def raw() -> bytes:
    return b"".join(gzip.decompress(path.read_bytes()) for path in WEEKLY)


@pytest.fixture(scope="module")
def ours() -> dict[str, Rows]:
    """Rows of every shipped grant, by publication number."""
    result: dict[str, Rows] = {}
    for path in ALL:
        for _, stream in open_members(path):
            for table, row in uspto.parse(stream):
                if table != "rejects":
                    number = str(row["publication_number"])
                    result.setdefault(number, defaultdict(list))[table].append(row)
    return result


@pytest.fixture(scope="module")
def theirs() -> dict[str, ElementTree.Element]:
    """Whole trees of every shipped grant from the standard library, by publication number."""
    trees = {}
    for path in ALL:
        text = gzip.decompress(path.read_bytes()).decode()
        for document in re.split(r"(?=<\?xml )", text)[1:]:
            tree = ElementTree.fromstring(document.encode())
            if tree.tag == "us-patent-grant":
                # The file name has the number a second time: US08930553-20150106.XML
                letters, digits = re.match(r"US([A-Z]*)(\d+)-", tree.get("file", "")).groups()
                kind = tree.findtext(".//publication-reference//kind")
                trees[f"US-{letters}{int(digits)}-{kind}"] = tree
    return trees


# --- The published files -------------------------------------------------------------------------


def test_every_published_document_is_accounted_for(raw: bytes) -> None:
    rows = parse(raw)
    assert len(rows["document"]) == len(re.findall(rb"<us-patent-grant\s", raw)) == 371
    utility = column(rows, "document", "document_type").count("utility")
    assert utility == len(re.findall(rb'appl-type="utility"', raw)) == 154
    # Three sequence listings stand between the grants as documents of their own.
    assert len(rows["rejects"]) == len(re.findall(rb"<sequence-cwu\s", raw)) == 3
    assert all("sequence listing" in str(row["reason"]) for row in rows["rejects"])
    assert len(rows["document"]) + len(rows["rejects"]) == len(re.findall(rb"<\?xml ", raw))


def test_positions_are_where_the_documents_begin(raw: bytes) -> None:
    rows = parse(raw)
    positions = column(rows, "document", "position") + column(rows, "rejects", "position")
    assert sorted(positions) == [match.start() for match in re.finditer(rb"<\?xml ", raw)]


def inventors(tree: ElementTree.Element) -> list[ElementTree.Element]:
    return tree.findall(".//applicant[@app-type='applicant-inventor']") + tree.findall(".//inventor")


def person(element: ElementTree.Element) -> str:
    return f"{squeeze(element.find('.//last-name'))}, {squeeze(element.find('.//first-name'))}"


def ipc(tree: ElementTree.Element) -> list[str]:
    group = tree.find("us-bibliographic-data-grant/classification-ipc")
    codes = [] if group is None else [code.text for code in group if code.tag != "edition"]
    return [f"{code[:4]}{code[4:7].strip()}/{code[7:]}" for code in codes] + [
        "{}{}{}{}/{}".format(*(code[part].text for part in range(2, 7)))
        for code in tree.iter("classification-ipcr")
    ]


def earlier(tree: ElementTree.Element) -> list[tuple[str | None, str | None]]:
    paths = (".//priority-claim", ".//us-provisional-application/document-id", ".//parent-doc/document-id")
    return [
        (squeeze(claim.find("doc-number")), iso(claim.findtext("date")))
        for path in paths
        for claim in tree.findall(path)
    ]


@pytest.mark.parametrize(
    ("our_values", "their_values"),
    [
        pytest.param(
            lambda rows: column(rows, "document", "title"),
            lambda tree: [squeeze(tree.find(".//invention-title"))],
            id="title",
        ),
        pytest.param(
            lambda rows: column(rows, "document", "abstract"),
            lambda tree: [squeeze(tree.find("abstract"))],
            id="abstract",
        ),
        pytest.param(
            lambda rows: column(rows, "document", "claim_count"),
            lambda tree: [len(tree.findall("claims/claim"))],
            id="claims, counted in the text",
        ),
        pytest.param(
            lambda rows: column(rows, "document", "publication_date"),
            lambda tree: [iso(tree.get("date-publ"))],
            id="publication date",
        ),
        pytest.param(
            lambda rows: [
                (row["document_type"], row["application_number"], row["filing_date"])
                for row in rows["document"]
            ],
            lambda tree: [
                (
                    tree.find(".//application-reference").get("appl-type"),
                    tree.findtext(".//application-reference//doc-number"),
                    iso(tree.findtext(".//application-reference//date")),
                )
            ],
            id="application",
        ),
        pytest.param(
            lambda rows: [
                (row["name"], row["country"]) for row in rows["party"] if row["role"] == "inventor"
            ],
            lambda tree: [(person(each), each.findtext(".//address/country")) for each in inventors(tree)],
            id="inventors",
        ),
        pytest.param(
            lambda rows: [
                (row["name"], row["party_kind"], row["country"])
                for row in rows["party"]
                if row["role"] == "assignee"
            ],
            lambda tree: [
                (
                    squeeze(each.find(".//orgname")) or person(each),
                    str(int(each.findtext(".//role"))),
                    each.findtext(".//country"),
                )
                for each in tree.iter("assignee")
            ],
            id="assignees",
        ),
        pytest.param(lambda rows: column(rows, "classification", "symbol"), ipc, id="IPC"),
        pytest.param(
            lambda rows: [
                (row["cited_office"], row["cited_number"], row["cited_kind"])
                for row in rows["citation"]
                if row["cited_number"]
            ],
            lambda tree: [
                (each.findtext(".//country"), squeeze(each.find(".//doc-number")), each.findtext(".//kind"))
                for each in tree.iter("patcit")
            ],
            id="cited patents",
        ),
        pytest.param(
            lambda rows: [row["npl"] for row in rows["citation"] if row["npl"]],
            lambda tree: [squeeze(each) for each in tree.iter("nplcit")],
            id="cited literature",
        ),
        pytest.param(
            lambda rows: column(rows, "citation", "category"),
            lambda tree: [each.text for each in tree.iter("category")],
            id="citation categories",
        ),
        pytest.param(
            lambda rows: sorted((row["priority_number"], row["priority_date"]) for row in rows["priority"]),
            lambda tree: sorted(earlier(tree)),
            id="priorities",
        ),
    ],
)
def test_another_reader_finds_the_same(
    ours: dict[str, Rows],
    theirs: dict[str, ElementTree.Element],
    our_values: Callable[[Rows], list[object]],
    their_values: Callable[[ElementTree.Element], list[object]],
) -> None:
    assert len(theirs) == 372
    assert {number: our_values(rows) for number, rows in ours.items()} == {
        number: their_values(tree) for number, tree in theirs.items()
    }


def test_rows_carry_their_columns_in_order(ours: dict[str, Rows]) -> None:
    columns = {
        "document": "kind is_grant document_type application_number filing_date publication_date "
        "title abstract abstract_language claim_count position",
        "party": "role position name country is_inventor party_kind",
        "classification": "scheme symbol position is_first is_inventive",
        "citation": "position cited_office cited_number cited_kind cited_date cited_year npl category",
        "priority": "position priority_office priority_number priority_date priority_kind",
    }
    for rows in ours.values():
        for table, names in columns.items():
            for row in rows[table]:
                assert list(row) == ["publication_number", *names.split()]
                assert {type(value) for value in row.values()} <= {str, int, bool, type(None)}


# --- Documents read by eye -----------------------------------------------------------------------


def test_grant_of_2005(ours: dict[str, Rows]) -> None:
    rows = ours["US-6838578-B2"]
    document = dict(rows["document"][0])
    assert str(document.pop("abstract")).startswith(
        "The present invention relates to a process for preparing (cyclo)aliphatic diisocyanates "
        "and triisocyanates corresponding to the formula R—(NCO)n (I), wherein R represents"
    )
    assert document == {
        "publication_number": "US-6838578-B2",
        "kind": "B2",
        "is_grant": True,
        "document_type": "utility",
        "application_number": "10190265",
        "filing_date": "2002-07-03",
        "publication_date": "2005-01-04",
        "title": "Process for preparing (cyclo)aliphatic isocyanates",
        "abstract_language": "en",
        "claim_count": 10,
        "position": 1_112_099,
    }
    assert [list(row.values())[1:] for row in rows["party"]] == [
        ["assignee", 1, "Bayer Aktiengesellschaft", "DE", False, "3"],
        ["inventor", 1, "Leimkühler, Hans-Joachim", "DE", True, None],
        ["inventor", 2, "Stutz, Herbert", "DE", True, None],
        ["inventor", 3, "Leuckel, Wolfgang", "DE", True, None],
    ]
    assert [list(row.values())[1:] for row in rows["classification"]] == [
        ["IPC", "C07C249/00", 1, True, None]
    ]
    assert [list(row.values())[1:] for row in rows["citation"]][4:] == [
        [5, "US", "6225497", "B1", None, 2001, None, "cited by other"],
        [6, "EP", "0 676 393", None, None, 1995, None, "cited by other"],
        [7, "SU", "407567", None, None, 1973, None, "cited by other"],
    ]
    assert [list(row.values())[1:] for row in rows["priority"]] == [
        [1, "DE", "101 33 729", "2001-07-11", "national"]
    ]


def test_fixed_width_classification_of_2005(ours: dict[str, Rows]) -> None:
    # F25D 2312, F25D 2700, F28D 1500, H05K  720
    assert [list(row.values())[2:5] for row in ours["US-6837063-B1"]["classification"]] == [
        ["F25D23/12", 1, True],
        ["F25D27/00", 2, False],
        ["F28D15/00", 3, False],
        ["H05K7/20", 4, False],
    ]
    assert ours["US-6837063-B1"]["citation"][19]["npl"] == ("Lee Bruno, “Coooool!,” Red Herring, pp. 34-37.")


def test_grant_of_2012(ours: dict[str, Rows]) -> None:
    rows = ours["US-8088102-B2"]
    (document,) = rows["document"]
    assert document["title"] == "Dilation and stent delivery system for bifurcation lesions"
    assert (document["filing_date"], document["claim_count"]) == ("2008-10-27", 5)
    assert [list(row.values())[1:] for row in rows["party"]] == [
        ["assignee", 1, "Boston Scientific Scimed, Inc.", "US", False, "2"],
        ["inventor", 1, "Adams, Daniel O.", "US", True, None],
        ["inventor", 2, "Blaeser, David J.", "US", True, None],
        ["inventor", 3, "Mattison, Richard C.", "US", True, None],
    ]
    assert [list(row.values())[1:] for row in rows["classification"]] == [
        ["IPC", "A61M29/00", 1, True, True],
        ["IPC", "A61F2/06", 2, False, False],
    ]
    assert len(rows["citation"]) == 70
    assert [list(row.values())[1:] for row in rows["priority"]] == [
        [1, "US", "10768561", "2004-01-30", "continuation"],
        [2, "US", "09590885", "2000-06-09", "continuation"],
        [3, "US", "09035642", "1998-03-05", "continuation"],
    ]


def test_grant_in_the_format_of_2014(ours: dict[str, Rows]) -> None:
    rows = ours["US-8930553-B2"]
    (document,) = rows["document"]
    assert (document["publication_date"], document["claim_count"]) == ("2015-01-06", 8)
    assert [list(row.values())[1:] for row in rows["party"]] == [
        ["assignee", 1, "International Business Machines Corporation", "US", False, "2"],
        ["applicant", 1, "International Business Machines Corporation", "US", False, None],
        ["inventor", 1, "Nissim, Nitzan", "IL", True, None],
        ["inventor", 2, "Pulito, Brian", "US", True, None],
        ["inventor", 3, "Zinger, Asaf", "IL", True, None],
    ]
    assert [list(row.values())[1:] for row in rows["classification"]] == [["IPC", "G06F15/16", 1, True, True]]
    assert Counter(column(rows, "citation", "category")) == {"cited by applicant": 15, "cited by examiner": 6}
    assert rows["citation"][3]["cited_number"] == "2007/0140112"
    assert rows["priority"] == []


def test_design_statutory_registration_and_plant(ours: dict[str, Rows]) -> None:
    types = {number: rows["document"][0]["document_type"] for number, rows in ours.items()}
    assert types["US-D651432-S1"] == "design"
    assert types["US-H2140-H1"] == "sir"
    assert types["US-PP18398-P2"] == "plant"
    design = ours["US-D651432-S1"]
    assert design["document"][0]["abstract"] is None
    assert design["classification"] == []  # Locarno only
    assert column(design, "citation", "cited_number")[:2] == ["1701273", "D351077"]


def test_legal_representative_is_an_applicant(ours: dict[str, Rows]) -> None:
    (rows,) = (
        rows
        for rows in ours.values()
        if any("legal representative" in str(name) for name in column(rows, "party", "name"))
    )
    parties = [list(row.values())[1:6] for row in rows["party"] if row["role"] != "assignee"]
    assert parties == [
        ["applicant", 1, "Dumas, legal representative, Pierre-Alexis", "FR", False],
        ["applicant", 2, "Brekke-Dumas, legal representative, Sandrine", "FR", False],
        ["inventor", 1, "Dumas, Jean-Louis", "FR", True],
        ["inventor", 2, "Jobert, Couli", "FR", True],
    ]


# --- What the shipped files lack -----------------------------------------------------------------


def cpc(symbol: str, value: str) -> str:
    names = ("section", "class", "subclass", "main-group", "subgroup")
    parts = "".join(f"<{n}>{p}</{n}>" for n, p in zip(names, symbol.split(), strict=True))
    value = f"<classification-value>{value}</classification-value>"
    return f"<classification-cpc>{parts}{value}</classification-cpc>"


def test_cpc() -> None:
    rows = with_bibliography(
        f"<classifications-cpc><main-cpc>{cpc('H 05 K 7 2029', '')}</main-cpc><further-cpc>"
        f"{cpc('B 23 P 15 26', 'I')}{cpc('? 00 - 0 0', 'I')}{cpc('Y 02 E 0010 50', 'A')}"
        "</further-cpc></classifications-cpc>"
    )
    assert [list(row.values())[1:] for row in rows["classification"]] == [
        ["CPC", "H05K7/2029", 1, True, True],
        ["CPC", "B23P15/26", 2, False, True],
        ["CPC", "Y02E10/50", 4, False, False],  # the third is no symbol but keeps its place
    ]


@pytest.mark.parametrize(
    ("written", "symbol"),
    [
        ("H01L 21302", "H01L21/302"),
        ("G02F  1135", "G02F1/135"),
        ("C07C24900", "C07C249/00"),
        (" 7H01L 21/00", "H01L21/00"),
        ("A01B 100", None),
        ("0601", None),
        ("", None),
    ],
)
def test_fixed_width(written: str, symbol: str | None) -> None:
    rows = with_bibliography(
        f"<classification-ipc><main-classification>{written}</main-classification></classification-ipc>"
    )
    assert column(rows, "classification", "symbol") == ([symbol] if symbol else [])


def book(last: str, first: str, country: str) -> str:
    address = f"<address><country>{country}</country></address>"
    return (
        f"<addressbook><last-name>{last}</last-name><first-name>{first}</first-name>{address}"
        "</addressbook><nationality><country>JP</country></nationality>"
    )


def test_inventors_who_apply_are_marked() -> None:
    rows = with_bibliography(
        '<us-parties><us-applicants><us-applicant app-type="applicant-inventor">'
        f"{book('Feliciano', 'Y.', 'US')}</us-applicant>"
        f'<us-applicant app-type="applicant">{book("Mechling", "Nicholas", "kr")}'
        "<residence><country>unknown</country></residence></us-applicant>"
        f'<us-applicant app-type="applicant">{book("Roe", "Jane", "X")}'
        "<residence><country>XX</country></residence></us-applicant>"
        f"</us-applicants><inventors><inventor>{book('Feliciano', 'Yennifer', 'US')}</inventor>"
        f"<deceased-inventor>{book('Mechling', 'Nicholas', 'US')}</deceased-inventor></inventors>"
        "</us-parties>"
    )
    assert [list(row.values())[1:6] for row in rows["party"]] == [
        ["applicant", 1, "Feliciano, Y.", "US", True],
        ["applicant", 2, "Mechling, Nicholas", "KR", True],
        ["applicant", 3, "Roe, Jane", None, False],
        ["inventor", 1, "Feliciano, Yennifer", "US", True],
        ["inventor", 2, "Mechling, Nicholas", "US", True],
    ]


def test_related_documents() -> None:
    def relation(tag: str, number: str) -> str:
        return (
            f"<{tag}><relation><parent-doc><document-id><country>US</country><doc-number>{number}"
            "</doc-number><date>20010102</date></document-id><parent-grant-document><document-id>"
            "<country>US</country><doc-number>9</doc-number></document-id></parent-grant-document>"
            "</parent-doc><child-doc><document-id><country>US</country><doc-number>8</doc-number>"
            f"</document-id></child-doc></relation></{tag}>"
        )

    rows = with_bibliography(
        "<us-related-documents>"
        f"{relation('division', '1')}{relation('reissue', '2')}"
        f"{relation('us-divisional-reissue', '3')}"
        "<us-provisional-application><document-id><country>US</country><doc-number>60123456"
        "</doc-number><date>20001200</date></document-id></us-provisional-application>"
        "<related-publication><document-id><country>US</country><doc-number>20020000001"
        "</doc-number><date>20020103</date></document-id></related-publication>"
        "</us-related-documents>"
    )
    assert [list(row.values())[1:] for row in rows["priority"]] == [
        [1, "US", "1", "2001-01-02", "division"],
        [2, "US", "2", "2001-01-02", "reissue"],
        [3, "US", "3", "2001-01-02", "divisional-reissue"],
        [4, "US", "60123456", "20001200", "provisional"],
    ]


@pytest.mark.parametrize(
    ("number", "kind", "publication_number"),
    [
        ("07650331", "B1", "US-7650331-B1"),
        ("D0651432", "S1", "US-D651432-S1"),
        ("RE043091", "E1", "US-RE43091-E1"),
        ("PP012345", "P2", "US-PP12345-P2"),
        ("10000000", "B2", "US-10000000-B2"),
    ],
)
def test_publication_number(number: str, kind: str, publication_number: str) -> None:
    rows = parse(GRANT.replace("07650331", number).replace("B1", kind))
    assert column(rows, "document", "publication_number") == [publication_number]


@pytest.mark.parametrize("date", ["20040600", "20040000", "20130230", "2004", "soon", "", "00000000"])
def test_a_filing_date_that_is_none_is_handed_on_to_be_counted(date: str) -> None:
    given = date if date.strip("0") else None
    assert column(parse(GRANT.replace("20040618", date)), "document", "filing_date") == [given]


def claim(text: str) -> str:
    return f'<claim id="c"><claim-text>{text}</claim-text></claim>'


@pytest.mark.parametrize(
    ("claims", "count"),
    [
        (claim("1. A system.") + claim("2. The system of <claim-ref>claim 1</claim-ref>."), 2),
        # Given up before publication, alone or in a row.
        (claim("<b>1</b>.-<b>20</b>. (canceled)") + claim("21. A system."), 1),
        (claim("1. (Cancelled). ") + claim("2. (canceled)\n") + claim("3. A system."), 1),
        (claim("1. A (canceled) system."), 1),
        (None, None),
    ],
)
@pytest.mark.parametrize("application", [APPLICATION, APPLICATION_BEFORE_2005])
def test_claims_of_an_application_are_counted(
    application: str, claims: str | None, count: int | None
) -> None:
    part = re.compile(r"<((?:subdoc-)?claims)>.*</\1>", re.DOTALL)
    assert part.search(application)
    replaced = part.sub("" if claims is None else rf"<\1>{claims}</\1>", application)
    assert column(parse(replaced), "document", "claim_count") == [count]


def test_claims_of_a_grant_are_counted_where_it_does_not_say() -> None:
    rows = parse(GRANT.replace("<number-of-claims>42</number-of-claims>", ""))
    assert column(rows, "document", "claim_count") == [1]


# --- Applications --------------------------------------------------------------------------------


def shared(name: str) -> Path:
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"{path} is not there")
    return path


def test_applications_of_2013() -> None:
    rows = read(shared("ipa130117.one.xml"))
    assert not rows["rejects"]
    document = dict(rows["document"][1])
    assert str(document.pop("abstract")).startswith("A glove employable for mixed martial arts")
    assert document == {
        "publication_number": "US-20130014306-A1",
        "kind": "A1",
        "is_grant": False,
        "document_type": "utility",
        "application_number": "13353293",
        "filing_date": "2012-01-18",
        "publication_date": "2013-01-17",
        "title": "TACTICAL MIXED MARTIAL ARTS GLOVE",
        "abstract_language": "en",
        "claim_count": 14,
        "position": document["position"],
    }
    of_it = {
        table: [list(row.values())[1:] for row in found if row["publication_number"].endswith("06-A1")]
        for table, found in rows.items()
    }
    assert of_it["party"] == [
        ["applicant", 1, "Mechling, Christopher", "US", True, None],
        ["applicant", 2, "Mechling, Nicholas", "US", True, None],
        ["inventor", 1, "Mechling, Christopher", "US", True, None],
        ["inventor", 2, "Mechling, Nicholas", "US", True, None],
    ]
    assert of_it["classification"] == [
        ["IPC", "A41D13/08", 1, True, True],
        ["IPC", "A41D19/02", 2, False, True],
    ]
    assert of_it["priority"] == [
        [1, "US", "61433841", "2011-01-18", "provisional"],
        [2, "US", "61473378", "2011-04-08", "provisional"],
        [3, "US", "61526999", "2011-08-24", "provisional"],
    ]
    assert "citation" not in rows


def test_application_of_2004() -> None:
    rows = read(shared("pa040101.two.xml"))
    (document,) = rows.pop("document")
    assert str(document.pop("abstract")).startswith("A garment adapted for wear by persons")
    assert document == {
        "publication_number": "US-20040000002-A1",
        "kind": "A1",
        "is_grant": False,
        "document_type": "utility",
        "application_number": "10189364",
        "filing_date": "2002-06-27",
        "publication_date": "2004-01-01",
        "title": "Garment for preventing muscle strain",
        "abstract_language": "en",
        "claim_count": 1,
        "position": 0,
    }
    assert {table: [list(row.values())[1:] for row in found] for table, found in rows.items()} == {
        "party": [
            ["assignee", 1, "Hill-Rom Services, Inc.", None, False, "2"],
            ["inventor", 1, "Hollander, Scott", "US", True, None],
        ],
        "classification": [["IPC", "A41B1/00", 1, True, None]],
        "priority": [[1, "US", "09919271", "2001-07-30", "continuation"]],
    }


@pytest.mark.parametrize("name", ["ipa130117.one.xml", "pa040101.two.xml"])
def test_another_reader_finds_the_same_in_applications(name: str) -> None:
    content = shared(name).read_text()
    trees = [ElementTree.fromstring(part) for part in re.split(r"(?=<\?xml )", content)[1:]]
    rows = parse(content)
    assert len(rows["document"]) == len(trees) > 0
    for document, tree in zip(rows["document"], trees, strict=True):
        assert document["claim_count"] == len(tree.findall(".//claim"))
        title = tree.find(".//invention-title")
        assert document["title"] == squeeze(
            title if title is not None else tree.find(".//title-of-invention")
        )
    # In these, all countries of parties are residences or addresses of one.
    people = sum(len(tree.findall(".//inventors/*")) for tree in trees)
    assert column(rows, "party", "role").count("inventor") == people


def test_what_the_sample_of_2004_lacks() -> None:
    def person(given: str, family: str, more: str, country: str) -> str:
        return (
            f"<name><given-name>{given}</given-name>{more}<family-name>{family}</family-name></name>"
            f"<residence><residence-non-us><country-code>{country}</country-code>"
            "</residence-non-us></residence>"
        )

    def parent(relation: str, number: str) -> str:
        return (
            f"<{relation}><parent-child><child><document-id><doc-number>1</doc-number></document-id>"
            f"</child><parent><document-id><doc-number>{number}</doc-number><document-date>20010102"
            "</document-date><country-code>US</country-code></document-id></parent><parent-patent>"
            "<document-id><doc-number>2</doc-number></document-id></parent-patent></parent-child>"
            f"</{relation}>"
        )

    rows = parse(
        APPLICATION_BEFORE_2005.replace(
            "<technical-information>",
            "<foreign-priority-data><priority-application-number><doc-number>2001-12345</doc-number>"
            "</priority-application-number><filing-date>20010630</filing-date>"
            "<country-code>JP</country-code></foreign-priority-data><technical-information>"
            "<classification-ipc><classification-ipc-primary><ipc>H01L021/302</ipc>"
            "</classification-ipc-primary><classification-ipc-secondary><ipc>G06N003/02</ipc>"
            "</classification-ipc-secondary></classification-ipc>",
        )
        .replace(
            "</subdoc-bibliographic-information>",
            f"<continuity-data>{parent('division-of', '9')}<continuations>"
            f"{parent('continuation-in-part-of', '10')}</continuations>"
            "<non-provisional-of-provisional><document-id><doc-number>60123456</doc-number>"
            "<document-date>20011200</document-date><country-code>US</country-code></document-id>"
            "</non-provisional-of-provisional></continuity-data><inventors><first-named-inventor>"
            f"{person('Ada', 'Lovelace', '<middle-name>K.</middle-name>', 'GB')}"
            "</first-named-inventor><inventor>"
            f"{person('John', 'Doe', '<name-suffix>Jr.</name-suffix>', 'XX')}"
            "</inventor></inventors><assignee><organization-name>Sony</organization-name><address><city>Tokyo</city>"
            "<country><country-code>JP</country-code></country></address><assignee-type>03"
            "</assignee-type></assignee></subdoc-bibliographic-information>",
        )
        .replace("A1</kind-code>", "P1</kind-code>")
    )
    assert not rows["rejects"]
    assert column(rows, "document", "document_type") == ["plant"]
    assert [list(row.values())[1:] for row in rows["party"]] == [
        ["assignee", 1, "Sony", "JP", False, "3"],
        ["inventor", 1, "Lovelace, Ada K.", "GB", True, None],
        ["inventor", 2, "Doe, Jr., John", None, True, None],
    ]
    assert [list(row.values())[1:] for row in rows["classification"]] == [
        ["IPC", "H01L21/302", 1, True, None],
        ["IPC", "G06N3/02", 2, False, None],
    ]
    assert [list(row.values())[1:] for row in rows["priority"]] == [
        [1, "JP", "2001-12345", "2001-06-30", "foreign"],
        [2, "US", "9", "2001-01-02", "division"],
        [3, "US", "10", "2001-01-02", "continuation-in-part"],
        [4, "US", "60123456", "20011200", "provisional"],
    ]


def test_grants_and_applications_may_share_a_file() -> None:
    rows = parse("".join(MIXED))
    assert column(rows, "document", "publication_number") == [
        "US-7650331-B1",
        "US-20050283710-A1",
        "US-20040000002-A1",
        "US-7650332-B1",
    ]
    assert column(rows, "document", "is_grant") == [True, False, False, True]
    assert set(column(rows, "document", "title")) == {"Large-scale data processing"}


# --- Damage --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("<doc-number>07650331</doc-number>", "", "no publication number"),
        ("07650331", "O765O331", "no publication number"),
        ("20100119", "20100132", "no publication date"),
        ("<date>20100119</date>", "", "no publication date"),
        ("<number-of-claims>42", "<number-of-claims>many", "number of claims"),
        ("</kind>", "", "not well formed"),
        ("</us-bibliographic-data-grant>", "", "cut short"),
        ("<us-bibliographic-data-grant>", "", "not well formed"),
        ("</abstract>", "", "cut short"),
        ("us-bibliographic-data-grant>", "other>", "cut short"),
        ("</us-patent-grant>", "", "cut short"),
        ("</us-patent-grant>", "</us-patent-grant> and more", "bytes after the end"),
        ("us-patent-grant", "us-patent", "neither grant nor application: us-patent"),
        ("us-patent-grant", "us-patent-application", "us-bibliographic-data-application is not"),
        ("UTF-8", "UTF-16", None),  # what it says of itself does not matter: it is read as UTF-8
        ("Large", "L\x01rge", "not well formed"),
    ],
)
def test_a_damaged_document_is_rejected_alone(old: str, new: str, reason: str | None) -> None:
    damaged = GRANT.replace(old, new)
    rows = parse(damaged + GRANT.replace("07650331", "07650332"))
    assert column(rows, "document", "publication_number")[-1] == "US-7650332-B1"
    if reason is None:
        assert len(rows["document"]) == 2
    else:
        (reject,) = rows["rejects"]
        assert reason in str(reject["reason"])
        assert list(reject) == ["position", "reason", "raw"]
        assert (reject["position"], reject["raw"]) == (0, damaged)


def test_a_document_cut_in_the_middle_of_a_real_file() -> None:
    content = gzip.decompress(WEEKLY[0].read_bytes())
    sound = parse(content)
    start, end = sound["document"][7]["position"], sound["document"][8]["position"]
    cut = content[: start + 5000] + content[end:]
    rows = parse(cut)
    lost = sound["document"][7]["publication_number"]
    assert column(rows, "rejects", "position") == [start]
    for table in ("document", "party", "classification", "citation", "priority"):
        kept = [row for row in sound[table] if row["publication_number"] != lost]
        assert [row | {"position": 0} for row in rows[table]] == [row | {"position": 0} for row in kept]


def test_bytes_before_the_first_declaration() -> None:
    rows = parse("not a patent\n" + GRANT)
    assert len(rows["document"]) == 1
    assert rows["rejects"] == [
        {"position": 0, "reason": "bytes before the first XML declaration", "raw": "not a patent\n"}
    ]


@pytest.mark.parametrize("blank", ["", "\r\n \n", "\ufeff"])
def test_blanks_and_a_byte_order_mark_are_no_document(blank: str) -> None:
    rows = parse(blank + GRANT)
    assert column(rows, "document", "position") == [len(blank.encode())]
    assert not rows["rejects"]
    assert not parse(blank)


def test_a_damaged_declaration_does_not_hide_a_document() -> None:
    # Between two documents only the declaration separates: without it both are refused as one.
    rows = parse(TWO.replace(b"grant>\n<?xml", b"grant>\n<!xml"))
    assert not rows["document"]
    assert "bytes after the end" in str(rows["rejects"][0]["reason"])


def test_sgml_is_rejected() -> None:
    rows = read(shared("ppd_sgml_USD435854S1.xml"))
    assert set(rows) == {"rejects"}
    assert [str(row["reason"])[:35] for row in rows["rejects"]] == ["SGML of 2001 and before is not read"]


def test_a_week_of_sgml_is_recognised_though_it_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    # It has no XML declarations, so it is one document to us.
    monkeypatch.setattr(uspto, "MAX_DOCUMENT", 20_000)
    patent = '<!DOCTYPE PATDOC PUBLIC "-//USPTO//DTD ST.32 US PATENT GRANT V2.4 2000-09-20//EN" []>\n'
    rows = parse((patent + "<PATDOC><SDOBI></SDOBI></PATDOC>\n") * 1000)
    (reject,) = rows.pop("rejects")
    assert not rows
    assert str(reject["reason"]).startswith("SGML of 2001 and before is not read")


# --- Hostile input -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "subset",
    [
        '<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;">',
        '<!ENTITY c SYSTEM "file:///etc/passwd">',
        '<!ENTITY % c SYSTEM "http://localhost/evil.dtd"> %c;',
        '<!ENTITY c "<us-patent-application>">',
    ],
)
@pytest.mark.parametrize("root", ["us-patent-grant", "lolz"])
def test_entity_declarations_are_refused(subset: str, root: str) -> None:
    bomb = GRANT.replace("[ ]", f"[{subset}]").replace("Large-scale", "&c;")
    rows = parse(bomb.replace("us-patent-grant", root) + GRANT)
    assert len(rows["document"]) == 1
    assert len(rows["rejects"]) == 1
    if root == "us-patent-grant" and "<us-patent-application>" not in subset:
        assert rows["rejects"][0]["reason"] == "entity declarations are refused"


def test_an_external_dtd_is_not_read(tmp_path: Path) -> None:
    dtd = tmp_path / "us-patent-grant.dtd"
    dtd.write_text('<!ENTITY ndash "LEAK"> <and no DTD at all')
    outside = re.sub('SYSTEM "[^"]*"', f'SYSTEM "{dtd.as_uri()}"', GRANT)
    rows = parse(outside.replace("Large-scale", "Large&ndash;scale"))
    # A reference to what the DTD declares stays as it is written.
    assert column(rows, "document", "title") == ["Large&ndash;scale data processing"]


def test_a_document_too_large_is_rejected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uspto, "MAX_DOCUMENT", 20_000)
    large = GRANT.replace("Text.", "Text. " * 10_000)
    rows = parse(large + GRANT)
    assert column(rows, "document", "position") == [len(large.encode())]
    assert rows["rejects"] == [{"position": 0, "reason": "larger than 20000 bytes", "raw": large[:2000]}]


def test_a_document_too_large_is_not_held(monkeypatch: pytest.MonkeyPatch) -> None:
    class Long(io.RawIOBase):
        """A document of 200 MiB, made as it is read."""

        def __init__(self) -> None:
            self.rest = iter([b"<?xml ", *[b"x" * 2**20] * 200, b""])

        def read(self, size: int = -1) -> bytes:
            return next(self.rest)

    monkeypatch.setattr(uspto, "MAX_DOCUMENT", 2**20)
    tracemalloc.start()
    try:
        rows = tables(uspto.parse(Long()))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert len(rows["rejects"]) == 1
    assert peak < 8 * 2**20


# --- Archives ------------------------------------------------------------------------------------


def zipped(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def test_a_missing_file_raises(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        list(open_members(tmp_path / "none.zip"))


def test_a_truncated_archive_is_broken(tmp_path: Path) -> None:
    (tmp_path / "cut.xml.gz").write_bytes(WEEKLY[0].read_bytes()[:200_000])
    path = zipped(tmp_path / "ipg.zip", {"ipg.xml": TWO})
    path.write_bytes(path.read_bytes()[:-30])
    for broken in (tmp_path / "cut.xml.gz", path):
        with pytest.raises(BrokenDownloadError):
            read(broken)


def test_a_damaged_zip_member_is_broken(tmp_path: Path) -> None:
    path = zipped(tmp_path / "ipg.zip", {"1.xml": TWO, "2.xml": TWO})
    content = bytearray(path.read_bytes())
    content[100:120] = bytes(20)
    path.write_bytes(content)
    with pytest.raises(BrokenDownloadError):
        read(path)


@pytest.mark.parametrize("size", [len(TWO) - 3, len(TWO) // 2 + 10, len(TWO) - 400])
def test_a_file_that_ends_within_a_document_is_cut(size: int) -> None:
    with pytest.raises(BrokenDownloadError, match="ends within a document"):
        parse(TWO[:size])


@pytest.mark.parametrize("suffix", ["xml.gz", "zip"])
def test_a_decompression_bomb_is_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str
) -> None:
    monkeypatch.setattr(archive, "RATIO_FREE", 2**20)
    monkeypatch.setattr(uspto, "_CHUNK", 2**14)
    path = tmp_path / f"bomb.{suffix}"
    bomb = TWO + b"<?xml " + b" " * 20 * 2**20 + TWO
    if suffix == "zip":
        zipped(path, {"bomb.xml": bomb, "sound.xml": TWO})
    else:
        path.write_bytes(gzip.compress(bomb))
    with pytest.raises(BrokenDownloadError, match="decompression ratio over 200"):
        read(path)


# --- Properties ----------------------------------------------------------------------------------


# Without a database no failing example is stored beside the project.
class Chunks(io.RawIOBase):
    """A stream that returns as many bytes as it likes, at most what is asked."""

    def __init__(self, content: bytes, sizes: list[int]) -> None:
        self._content, self._sizes = io.BytesIO(content), sizes

    def read(self, size: int = -1) -> bytes:
        self._sizes = [*self._sizes[1:], self._sizes[0]]
        return self._content.read(min(size, self._sizes[0]))


@given(st.lists(st.integers(1, 5000), min_size=1, max_size=5))
def test_chunks_do_not_matter(sizes: list[int]) -> None:
    content = b"garbage" + TWO + GRANT.replace("Text.", "Text. " * 3000).encode() + TWO
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(uspto, "MAX_DOCUMENT", 10_000)
        expected = list(uspto.parse(io.BytesIO(content)))
        assert [table for table, _ in expected] == [
            *("rejects", "document", "document"),
            *("rejects", "document", "document"),
        ]
        assert list(uspto.parse(Chunks(content, sizes))) == expected


def test_chunks_of_a_real_file_do_not_matter() -> None:
    content = gzip.decompress(WEEKLY[1].read_bytes())
    assert list(uspto.parse(Chunks(content, [997]))) == list(uspto.parse(io.BytesIO(content)))


mutations = st.lists(
    st.tuples(
        st.sampled_from(["delete", "replace", "truncate"]),
        st.integers(0, len(TWO)),
        st.integers(1, 300),
        st.binary(max_size=6) | st.sampled_from([b"<?xml ", b"<", b"&x;", b"\xef\xbb\xbf", b"]]>"]),
    ),
    min_size=1,
    max_size=4,
)


@given(mutations)
def test_no_mutation_breaks_the_balance(changes: list[tuple[str, int, int, bytes]]) -> None:
    content = TWO
    for change, start, length, new in changes:
        if change == "delete":
            content = content[:start] + content[start + length :]
        elif change == "replace":
            content = content[:start] + new + content[start + len(new) :]
        else:
            content = content[: max(start, len(content) - length)]
    before, *documents = content.split(b"<?xml ")
    count = len(documents) + bool(before.removeprefix(b"\xef\xbb\xbf").strip())
    try:
        rows = parse(content)
    except BrokenDownloadError:
        assert not documents[-1].rstrip().endswith(b"</us-patent-grant>")
        return
    assert len(rows["document"]) + len(rows["rejects"]) == count
    positions = column(rows, "document", "position") + column(rows, "rejects", "position")
    assert len(set(positions)) == count


edits = st.one_of(
    st.tuples(st.just("delete"), st.integers(1, 300), st.just(b"")),
    st.tuples(st.just("insert"), st.just(0), st.binary(min_size=1, max_size=6)),
    st.tuples(
        st.just("insert"),
        st.just(0),
        st.sampled_from([b"<", b"&x;", b"]]>", b"<!--", b"</abstract>", b"<!ENTITY a 'b'>"]),
    ),
    st.tuples(st.just("flip"), st.just(1), st.integers(1, 255).map(lambda mask: bytes([mask]))),
)


@given(st.integers(0, len(MIXED) - 1), st.floats(0, 1, exclude_max=True), edits)
def test_damage_of_a_document_leaves_the_others_as_they_are(
    which: int, where: float, edit: tuple[str, int, bytes]
) -> None:
    documents = [document.encode() for document in MIXED]
    change, length, new = edit
    body = documents[which].removeprefix(b"<?xml ")
    at = int(where * len(body))
    if change == "flip":
        new = bytes([body[at] ^ new[0]])
    damaged = b"<?xml " + body[:at] + new + body[at + length :]
    if damaged.count(b"<?xml ") > 1:
        return
    documents[which] = damaged
    try:
        rows = list(uspto.parse(io.BytesIO(b"".join(documents))))
    except BrokenDownloadError:
        assert which == len(MIXED) - 1
        return
    starts = [sum(map(len, documents[:n])) for n in range(len(documents))]
    of_document: dict[int, list[tuple[str, dict[str, object]]]] = {}
    for table, row in rows:
        if table in ("document", "rejects"):
            of_document[starts.index(row["position"])] = current = []
        current.append((table, row))
    assert sorted(of_document) == list(range(len(documents)))
    for n, found in of_document.items():
        if n != which:
            alone = list(uspto.parse(io.BytesIO(documents[n])))
            assert [(t, r | {"position": 0}) for t, r in found[:1]] == alone[:1]
            assert found[1:] == alone[1:]
        elif found[0][0] == "rejects":
            assert len(found) == 1
