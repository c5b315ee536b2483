"""The parser on documents made for it, on the EPO's as others read them, and against damage."""

import io
import re
import tracemalloc
from collections import Counter, defaultdict
from collections.abc import Iterator
from xml.etree import ElementTree

import pytest
from hypothesis import assume, given, reject
from hypothesis import strategies as st

from corepath.warehouse.load.archive import BrokenDownloadError
from corepath.warehouse.load.parsers import docdb
from corepath.warehouse.settings import ROOT

SHARED = ROOT.parent / "shared" / "data" / "docdb_xml"
TABLES = ("document", "party", "classification", "citation", "priority")

Rows = dict[str, list[dict[str, object]]]

DOCUMENT = """\
<exch:exchange-document country="US" doc-number="2013101709" kind="A1" doc-id="390001" \
date-publ="20130425" family-id="048136183" is-representative="YES" \
date-of-last-exchange="20240104" originating-office="EP">
<exch:bibliographic-data>
<exch:publication-reference data-format="docdb"><document-id lang="en"><country>US</country>\
<doc-number>2013101709</doc-number><kind>A1</kind><date>20130425</date></document-id>\
</exch:publication-reference>
<exch:publication-reference data-format="epodoc"><document-id><doc-number>US2013101709\
</doc-number></document-id></exch:publication-reference>
<exch:classifications-ipcr>
<classification-ipcr sequence="1"><text>G06F  15/18        20060101ALN20130425BHUS        </text>\
</classification-ipcr>
<classification-ipcr sequence="2"><text>G06N   3/063       20060101AFI20130425BHUS        </text>\
</classification-ipcr>
</exch:classifications-ipcr>
<exch:patent-classifications>
<patent-classification sequence="1"><classification-scheme office="EP" scheme="CPCI">\
<date>20130101</date></classification-scheme>\
<classification-symbol>G06N   3/063       </classification-symbol><symbol-position>F\
</symbol-position><classification-value>I</classification-value></patent-classification>
<patent-classification sequence="2"><classification-scheme office="JP" scheme="FTERM"/>\
<classification-symbol>5B   057/AA</classification-symbol></patent-classification>
<patent-classification sequence="3"><classification-scheme office="EP" scheme="CPCI"/>\
<classification-symbol>Y02D  10/00        </classification-symbol><symbol-position>L\
</symbol-position><classification-value>A</classification-value></patent-classification>
</exch:patent-classifications>
<exch:application-reference is-representative="YES" doc-id="5001" data-format="docdb">\
<document-id><country>US</country><doc-number>201113278123</doc-number><kind>A</kind>\
<date>20111020</date></document-id></exch:application-reference>
<exch:application-reference data-format="original"><document-id><doc-number>13278123</doc-number>\
</document-id></exch:application-reference>
<exch:language-of-filing>de</exch:language-of-filing>
<exch:priority-claims>
<exch:priority-claim sequence="1" data-format="docdb"><document-id><country>KR</country>\
<doc-number>20100102345</doc-number><kind>A</kind><date>20101020</date></document-id>\
<exch:priority-linkage-type>W</exch:priority-linkage-type>\
<exch:priority-active-indicator>Y</exch:priority-active-indicator></exch:priority-claim>
<exch:priority-claim sequence="1" data-format="epodoc"><document-id><doc-number>KR20100102345\
</doc-number></document-id></exch:priority-claim>
<exch:priority-claim sequence="2" data-format="docdb"><document-id><country>US</country>\
<doc-number>201161512345</doc-number><kind>P</kind><date>20110000</date></document-id>\
<exch:priority-active-indicator>N</exch:priority-active-indicator></exch:priority-claim>
</exch:priority-claims>
<exch:parties>
<exch:applicants>
<exch:applicant sequence="1" data-format="docdb"><exch:applicant-name><name>CHIP &amp; CO</name>\
</exch:applicant-name><residence><country>KR</country></residence></exch:applicant>
<exch:applicant sequence="1" data-format="docdba"><exch:applicant-name><name>Chip and Company \
Limited</name></exch:applicant-name></exch:applicant>
</exch:applicants>
<exch:inventors>
<exch:inventor sequence="1" data-format="docdb"><exch:inventor-name><name>KIM AN</name>\
</exch:inventor-name><residence><country>KR</country></residence></exch:inventor>
<exch:inventor sequence="2" data-format="docdb"><exch:inventor-name/><residence><country>XX\
</country></residence></exch:inventor>
<exch:inventor sequence="1" data-format="docdba"><exch:inventor-name><name>Kim, An</name>\
</exch:inventor-name></exch:inventor>
<exch:inventor sequence="2" data-format="original"><exch:inventor-name><name>&#xC774; &#xBC14;\
</name></exch:inventor-name></exch:inventor>
</exch:inventors>
</exch:parties>
<exch:invention-title lang="fr" data-format="docdba">Accélérateur</exch:invention-title>
<exch:invention-title lang="en" data-format="docdba">Neural  network
accelerator</exch:invention-title>
<exch:references-cited>
<exch:citation cited-phase="SEA" sequence="1"><patcit num="1" dnum="US8000000B2" \
dnum-type="publication number"><document-id doc-id="7"><country>US</country>\
<doc-number>8000000</doc-number><kind>B2</kind><name>SOMEONE</name><date>20110816</date>\
</document-id></patcit><rel-passage><passage/><category>Y</category><rel-claims>1</rel-claims>\
<category>A</category><category>Y</category></rel-passage></exch:citation>
<exch:citation cited-phase="APP" sequence="1"><nplcit num="1" npl-type="s"><text>KO&SACUTE;NIK: \
"Chips", 2009 &lt;URL&gt;</text><article><atl>Chips</atl></article></nplcit>\
<category>X</category></exch:citation>
<exch:citation cited-phase="ISR" sequence="2"><patcit dnum="US201113000000" \
dnum-type="application number"><document-id><country>US</country><doc-number>201113000000\
</doc-number><kind>A</kind></document-id></patcit></exch:citation>
</exch:references-cited>
</exch:bibliographic-data>
<exch:abstract lang="ko" data-format="original"><exch:p>&#xCE69;</exch:p></exch:abstract>
<exch:abstract lang="en" data-format="docdba"><exch:p>A chip.</exch:p><exch:p>It is small.\
</exch:p></exch:abstract>
</exch:exchange-document>"""
DELETION = (
    '<exch:exchange-document country="AT" doc-number="000321" kind="T" status="D" originating-office="EP"/>'
)
HEAD = """\
<?xml version="1.0" encoding="UTF-8" standalone="no"?>\
<!DOCTYPE exch:exchange-documents SYSTEM "docdb-entities.dtd">\
<exch:exchange-documents xmlns:exch="http://www.epo.org/exchange" \
xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" date-of-exchange="20240111" \
dtd-version="2.5.9" file="DOCDB-202402-CreateDelete-US-0001" no-of-documents="0000002">
"""
FOOT = "</exch:exchange-documents>\n"
OTHER = DOCUMENT.replace("2013101709", "2013101710")


def file(*documents: str) -> str:
    return HEAD + "\n    ".join(documents) + "\n" + FOOT


THREE = file(DOCUMENT, OTHER, DELETION).encode()


def parse(content: bytes | str) -> Rows:
    content = content if isinstance(content, bytes) else content.encode()
    return tables(docdb.parse(io.BytesIO(content)))


def tables(rows: Iterator[tuple[str, dict[str, object]]]) -> Rows:
    result: Rows = defaultdict(list)
    for table, row in rows:
        result[table].append(row)
    return result


def column(rows: Rows, table: str, name: str) -> list[object]:
    return [row[name] for row in rows[table]]


def values(rows: Rows, table: str) -> list[list[object]]:
    """What rows say beside whose they are."""
    hidden = ("publication_number", "record", "position")
    return [[value for name, value in row.items() if name not in hidden] for row in rows[table]]


def changed(old: str, new: str) -> Rows:
    """The rows of the document with something else in it."""
    assert old in DOCUMENT
    rows = parse(DOCUMENT.replace(old, new))
    assert not rows["rejects"]
    return rows


# --- A document read by eye ----------------------------------------------------------------------


def test_a_document() -> None:
    rows = parse(file(DOCUMENT))
    assert not rows["rejects"]
    assert rows["document"] == [
        {
            "publication_number": "US-20130101709-A1",
            "office": "US",
            "doc_number": "2013101709",
            "kind": "A1",
            "doc_id": "390001",
            "family_id": "48136183",
            "is_representative": True,
            "originating_office": "EP",
            "status": None,
            "exchange_date": "2024-01-11",
            "last_exchange_date": "2024-01-04",
            "publication_date": "2013-04-25",
            "application_office": "US",
            "application_number": "201113278123",
            "application_kind": "A",
            "filing_date": "2011-10-20",
            "title": "Neural network accelerator",
            "title_language": "en",
            "abstract": "A chip. It is small.",
            "abstract_language": "en",
            "has_references": True,
            "record": len(HEAD),
        }
    ]
    assert values(rows, "party") == [
        ["applicant", "CHIP & CO", "KR"],
        ["inventor", "KIM AN", "KR"],
        ["inventor", "이 바", None],
    ]
    assert values(rows, "classification") == [
        ["IPC", "G06F15/18", False, False],
        ["IPC", "G06N3/063", True, True],
        ["CPC", "G06N3/063", True, True],
        ["CPC", "Y02D10/00", False, False],
    ]
    assert values(rows, "citation") == [
        ["US-8000000-B2", "2011-08-16", None, "SEA", None, "YA"],
        [None, None, 'KO&SACUTE;NIK: "Chips", 2009 <URL>', "APP", None, "X"],
        [None, None, None, "ISR", None, None],
    ]
    assert values(rows, "priority") == [
        ["KR", "20100102345", "A", "2010-10-20", "W", True],
        ["US", "201161512345", "P", "20110000", None, False],
    ]


def test_every_row_names_its_document_and_place() -> None:
    rows = parse(file(DOCUMENT, OTHER))
    for table in TABLES[1:]:
        found = [(r["publication_number"], r["record"], r["position"]) for r in rows[table]]
        half = len(found) // 2
        assert found == [
            (row["publication_number"], row["record"], place)
            for row in rows["document"]
            for place in range(1, half + 1)
        ]


def test_a_deletion_needs_a_number_only() -> None:
    rows = parse(file(DELETION, DELETION.replace('"D"', '"CV"')))
    assert column(rows, "document", "publication_number") == ["AT-E321-T"] * 2
    assert column(rows, "document", "status") == ["D", "CV"]
    assert column(rows, "document", "exchange_date") == ["2024-01-11"] * 2
    assert set(rows) == {"document"}


def test_a_record_without_data_is_rejected_unless_it_says_so() -> None:
    rows = parse(file(DELETION.replace('"D"', '"A"'), DOCUMENT))
    assert column(rows, "rejects", "reason") == ["no bibliographic data"]
    assert len(rows["document"]) == 1


@pytest.mark.parametrize(
    ("office", "number", "kind", "publication"),
    [
        ("US", "7650331", "B1", "US-7650331-B1"),
        ("US", "D656297", "S1", "US-D656297-S1"),
        ("US", "2001000123", "A1", "US-20010000123-A1"),
        ("US", "20130101709", "A1", "US-20130101709-A1"),
        ("EP", "0123456", "A1", "EP-123456-A1"),
        ("JP", "H11123456", "A", "JP-H11123456-A"),
        ("JP", "2013101709", "A", "JP-2013101709-A"),
        ("KR", "1020110012345", "A", "KR-20110012345-A"),
        ("WO", "2022/259205", "A1", "WO-2022259205-A1"),
        ("AP", "895", "A", "AP-895-A"),
    ],
)
def test_numbers_are_canonical_here_and_in_references(
    office: str, number: str, kind: str, publication: str
) -> None:
    rows = parse(
        DOCUMENT.replace(
            'country="US" doc-number="2013101709" kind="A1"',
            f'country="{office}" doc-number="{number}" kind="{kind}"',
        ).replace(
            "<country>US</country><doc-number>8000000</doc-number><kind>B2</kind>",
            f"<country>{office}</country><doc-number>{number}</doc-number><kind>{kind}</kind>",
        )
    )
    assert column(rows, "document", "publication_number") == [publication]
    assert rows["citation"][0]["cited_publication"] == publication


def test_a_number_that_the_element_lacks_is_in_its_reference() -> None:
    rows = changed(' doc-number="2013101709" kind="A1"', "")
    assert column(rows, "document", "publication_number") == ["US-20130101709-A1"]


def test_a_cited_publication_may_lack_its_kind() -> None:
    assert changed("<kind>B2</kind>", "")["citation"][0]["cited_publication"] == "US-8000000"


@pytest.mark.parametrize(
    ("filed", "taken"), [("", "ko"), ("<exch:language-of-filing>fr</exch:language-of-filing>", "fr")]
)
def test_without_english_the_language_of_the_document_is_taken(filed: str, taken: str) -> None:
    titles = "".join(
        f'<exch:invention-title lang="{code}">{code} title</exch:invention-title>'
        for code in ("ko", "fr", "ol")
    )
    content = re.sub(r"(?s)<exch:invention-title.*</exch:invention-title>", titles, DOCUMENT)
    content = content.replace("<exch:language-of-filing>de</exch:language-of-filing>", filed)
    (document,) = parse(content)["document"]
    assert (document["title"], document["title_language"]) == (f"{taken} title", taken)


def test_an_abstract_may_have_no_paragraphs() -> None:
    rows = changed("<exch:p>A chip.</exch:p><exch:p>It is small.</exch:p>", "A  chip.")
    assert column(rows, "document", "abstract") == ["A chip."]


@pytest.mark.parametrize("aside", ["<!-- checked -->", "<?page 2?>"])
def test_comments_and_instructions_are_no_text(aside: str) -> None:
    beside = changed("<exch:p>A chip.", aside + "<exch:p>A chip.")
    within = changed("A chip.", f"A {aside}chip.")
    assert column(beside, "document", "abstract") == ["A chip. It is small."]
    assert column(within, "document", "abstract") == ["A chip. It is small."]
    cited = changed("<doc-number>8000000", f"<doc-number>80{aside}00000")
    assert cited["citation"][0]["cited_publication"] == "US-8000000-B2"


def test_documents_that_correspond_to_a_citation_are_not_cited() -> None:
    others = (
        "</article></nplcit><corresponding-docs><document-id><country>US</country><doc-number>9"
        "</doc-number><kind>A</kind></document-id></corresponding-docs>"
    )
    rows = changed("</article></nplcit>", others)
    assert column(rows, "citation", "cited_publication") == ["US-8000000-B2", None, None]


def test_the_language_ol_is_none() -> None:
    rows = parse(DOCUMENT.replace('lang="en"', 'lang="ol"').replace('lang="fr"', 'lang="ol"'))
    assert column(rows, "document", "title_language") == [None]
    assert column(rows, "document", "title") == ["Accélérateur"]


@pytest.mark.parametrize(
    ("format_", "name"), [("docdba", "Chip and Company Limited"), ("original", "チップ")]
)
def test_parties_that_docdb_does_not_list_are_taken_as_others_do(format_: str, name: str) -> None:
    applicants = (
        f'<exch:applicants><exch:applicant sequence="1" data-format="{format_}">'
        f"<exch:applicant-name><name>{name}</name></exch:applicant-name></exch:applicant>"
        "</exch:applicants>"
    )
    content = re.sub(r"(?s)<exch:applicants>.*</exch:applicants>", applicants, DOCUMENT)
    assert values(parse(content), "party")[0] == ["applicant", name, None]


def test_parties_of_one_number_are_all_kept() -> None:
    rows = changed(
        'sequence="2" data-format="docdb"><exch:inventor-name/>',
        'sequence="1" data-format="docdb"><exch:inventor-name><name>LEE</name></exch:inventor-name>',
    )
    assert column(rows, "party", "name") == ["CHIP & CO", "KIM AN", "LEE"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("F02N  15/06        20060101A I20051008RMEP        ", ["F02N15/06", None, True]),
        ("H01L  21/02        20060101CFI20051110RMJP        ", ["H01L21/02", True, True]),
        ("H01L  21/02        20060101C  20051110RMJP        ", ["H01L21/02", None, None]),
        ("H01L0021/027", ["H01L21/027", None, None]),
    ],
)
def test_the_columns_of_an_ipc(text: str, expected: list[object]) -> None:
    rows = changed("G06F  15/18        20060101ALN20130425BHUS        ", text)
    assert values(rows, "classification")[0] == ["IPC", *expected]


def test_what_is_no_symbol_is_left_out() -> None:
    rows = changed("G06F  15/18 ", "G06F  XX/18 ")
    assert column(rows, "classification", "symbol") == ["G06N3/063", "G06N3/063", "Y02D10/00"]


def test_old_editions_of_the_ipc_count_where_there_is_no_new_one() -> None:
    old = (
        "<exch:classification-ipc><edition>7</edition><main-classification>G06F  15/18</main-"
        "classification><further-classification>G06N   3/06</further-classification>"
        "</exch:classification-ipc>"
    )
    with_both = parse(DOCUMENT.replace("<exch:classifications-ipcr>", old + "<exch:classifications-ipcr>"))
    assert column(with_both, "classification", "symbol")[:2] == ["G06F15/18", "G06N3/063"]
    alone = re.sub(r"(?s)<exch:classifications-ipcr>.*</exch:classifications-ipcr>", old, DOCUMENT)
    assert values(parse(alone), "classification")[:2] == [
        ["IPC", "G06F15/18", True, None],
        ["IPC", "G06N3/06", False, None],
    ]


def test_no_list_of_references_is_told_from_an_empty_one() -> None:
    pattern = r"(?s)<exch:references-cited>.*</exch:references-cited>"
    none = parse(re.sub(pattern, "", DOCUMENT))
    empty = parse(re.sub(pattern, "<exch:references-cited/>", DOCUMENT))
    assert column(none, "document", "has_references") == [False]
    assert column(empty, "document", "has_references") == [True]
    assert not none["citation"]
    assert not empty["citation"]


def test_the_phase_may_have_who_cites_beside_it() -> None:
    rows = changed('cited-phase="SEA"', 'cited-phase="undefined" cited-by="examiner"')
    assert values(rows, "citation")[0][3:5] == ["undefined", "examiner"]


@pytest.mark.parametrize("digits", ["00000000", "99990000", "20130230", "2013", ""])
def test_what_is_no_date_is_handed_on_to_be_counted_and_zeros_are_none(digits: str) -> None:
    rows = parse(DOCUMENT.replace("20130425", digits).replace("20111020", digits))
    given = digits if digits.strip("0") else None
    assert column(rows, "document", "publication_date") == [given]
    assert column(rows, "document", "filing_date") == [given]


@pytest.mark.parametrize("number", ["0", "", "-1"])
def test_a_family_number_that_is_none(number: str) -> None:
    assert column(changed("048136183", number), "document", "family_id") == [None]


# --- The frame -----------------------------------------------------------------------------------


NAMESPACE = '"http://www.epo.org/exchange"'


def without_prefix(text: str) -> str:
    return text.replace("<exch:", "<").replace("</exch:", "</")


@pytest.mark.parametrize(
    "content",
    [
        DOCUMENT,
        without_prefix(DOCUMENT),
        DOCUMENT.replace(" country", f" xmlns:exch={NAMESPACE} country", 1),
        without_prefix(DOCUMENT).replace(" country", f" xmlns={NAMESPACE} country", 1),
        "\ufeff" + file(DOCUMENT),
        without_prefix(file(DOCUMENT)).replace("xmlns:exch=", "xmlns="),
        '<?xml version="1.0"?>\n<!-- from the archive -->\n' + DOCUMENT,
        file(DOCUMENT).replace('entities.dtd">', 'entities.dtd" [ ]>'),
    ],
    ids=[
        "alone",
        "no prefix",
        "own namespace",
        "own default namespace",
        "byte order mark",
        "file without prefix",
        "declaration and comment",
        "empty subset",
    ],
)
def test_however_a_document_stands_its_rows_are_the_same(content: str) -> None:
    expected, rows = parse(DOCUMENT), parse(content)
    assert not rows["rejects"]
    for table in TABLES:
        ours, theirs = (
            [row | {"record": 0, "exchange_date": None} for row in each[table]] for each in (rows, expected)
        )
        assert ours == theirs


@pytest.mark.parametrize("content", ["", " \n", "\ufeff", HEAD + FOOT, HEAD[:-2] + "/>"])
def test_a_file_without_documents_gives_nothing(content: str) -> None:
    assert not parse(content)


def test_an_index_gives_nothing() -> None:
    index = (
        '<?xml version="1.0"?><!DOCTYPE docdb-package-index SYSTEM "docdb-package-v1.1.dtd">'
        '<docdb-package-index file="index.xml"><docdb-package-file id="1"><filename>'
        "DOCDB-202402-009-DE-0001.zip</filename></docdb-package-file></docdb-package-index>"
    )
    assert not parse(index)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("<us-patent-grant><p>No</p></us-patent-grant>", "no exchange-document, but us-patent-grant"),
        ("%PDF-1.7 and so on", "bytes outside of an exchange-document"),
        (file(DOCUMENT).encode("utf-16"), "bytes outside of an exchange-document"),
    ],
)
def test_something_else_is_one_reject(content: str | bytes, reason: str) -> None:
    assert column(parse(content), "rejects", "reason") == [reason]


def test_bytes_between_documents_are_one_reject_with_place_and_text() -> None:
    rows = parse(file(DOCUMENT, "what is this?", OTHER))
    assert len(rows["document"]) == 2
    assert rows["rejects"] == [
        {
            "position": len(HEAD) + len(DOCUMENT.encode()),
            "reason": "bytes outside of an exchange-document",
            "raw": "\n    what is this?\n    ",
        }
    ]


def test_a_file_that_ends_between_documents_is_cut() -> None:
    with pytest.raises(BrokenDownloadError, match="exchange-documents is not closed"):
        parse(HEAD + DOCUMENT + "\n")


# --- Damage --------------------------------------------------------------------------------------


@pytest.mark.parametrize("cut", [30, 200, 3000, len(OTHER) - 1])
def test_a_file_that_ends_within_a_document_is_cut(cut: int) -> None:
    for before in (HEAD + DOCUMENT, ""):
        with pytest.raises(BrokenDownloadError, match="ends within an exchange-document"):
            parse(before + OTHER[:cut])


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("</kind>", "", "not well formed"),
        ("</exch:bibliographic-data>", "", "not well formed"),
        ("exch:bibliographic-data>", "exch:other>", "no bibliographic data"),
        ("<exch:", "<else:", "bytes outside"),
        ("chip", "ch\x01p", "not well formed"),
        ("&amp;", "&", "not well formed"),
        ('country="US"', 'country="XX"', "no publication number"),
        ('doc-number="2013101709"', 'doc-number="0"', "no publication number"),
        ('kind="A1"', 'kind="1"', "no publication number"),
        ("\n</exch:exchange-document>", "", "cut short"),
    ],
)
def test_a_damaged_document_is_rejected_alone(old: str, new: str, reason: str) -> None:
    damaged = DOCUMENT.replace(old, new)
    assert damaged != DOCUMENT
    rows = parse(file(damaged, OTHER, DELETION))
    assert column(rows, "document", "publication_number") == ["US-20130101710-A1", "AT-E321-T"]
    (reject,) = rows["rejects"]
    assert reason in str(reject["reason"])
    assert len(str(reject["raw"])) <= 2000
    assert damaged[:1000] in str(reject["raw"])


# --- Hostile input -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "declaration",
    ['<!ENTITY a "ha"><!ENTITY SACUTE "&a;&a;&a;">', '<!ENTITY SACUTE SYSTEM "file:///etc/passwd">'],
)
def test_entity_declarations_are_told_and_not_followed(declaration: str) -> None:
    rows = parse(file(DOCUMENT).replace('entities.dtd">', f'entities.dtd" [{declaration}]>'))
    assert column(rows, "rejects", "reason") == ["entity declarations are refused"]
    assert str(rows["citation"][1]["npl"]).startswith("KO&SACUTE;NIK")
    within = parse(file(DOCUMENT.replace("<exch:parties>", declaration + "<exch:parties>"), OTHER))
    assert len(within["document"]) == len(within["rejects"]) == 1


def test_characters_by_number_are_read() -> None:
    assert changed("Accélérateur", "x").keys()
    rows = changed("network\naccelerator", "&#945;&#x3B2;")
    assert column(rows, "document", "title") == ["Neural αβ"]


def test_a_document_too_large_is_rejected_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(docdb, "MAX_DOCUMENT", 20_000)
    large = DOCUMENT.replace("A chip.", "A chip. " * 10_000)
    rows = parse(file(large, OTHER))
    assert column(rows, "document", "publication_number") == ["US-20130101710-A1"]
    assert rows["rejects"] == [
        {"position": len(HEAD), "reason": "larger than 20000 bytes", "raw": large[:2000]}
    ]


@pytest.mark.whole
@pytest.mark.parametrize("filler", [b"x" * 2**20, THREE[len(HEAD) : -len(FOOT)]])
def test_a_long_file_is_not_held(filler: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    class Long(io.RawIOBase):
        """A file of many megabytes, made as it is read."""

        def __init__(self) -> None:
            self.rest = iter([HEAD.encode(), *[filler] * (50 * 2**20 // len(filler)), FOOT.encode()])

        def read(self, size: int = -1) -> bytes:
            return next(self.rest, b"")

    monkeypatch.setattr(docdb, "MAX_DOCUMENT", 2**20)
    tracemalloc.start()
    try:
        found = Counter(table for table, _ in docdb.parse(Long()))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert found["rejects"] == filler.startswith(b"x")
    assert peak < 8 * 2**20


# --- The EPO's documents, read a second time by the standard library -----------------------------

EXCH = "{http://www.epo.org/exchange}"


@pytest.mark.skipif(not SHARED.exists(), reason="not shipped")
@pytest.mark.parametrize(("name", "count"), [("DE-backfile.xml", 10), ("WO-2022259205-A1_544370561.xml", 1)])
def test_another_reader_finds_the_same(name: str, count: int) -> None:
    content = (SHARED / name).read_text(encoding="utf-8").replace("&SACUTE;", "&amp;SACUTE;")
    if name.startswith("WO"):
        content = f'<x xmlns:exch="http://www.epo.org/exchange">{content}</x>'
    trees = ElementTree.fromstring(content.encode()).findall(f"{EXCH}exchange-document")
    with (SHARED / name).open("rb") as stream:
        rows = tables(docdb.parse(stream))
    assert not rows["rejects"]
    assert len(trees) == len(rows["document"]) == count
    for tree, document in zip(trees, rows["document"], strict=True):
        number = "-".join(tree.get(part, "") for part in ("country", "doc-number", "kind"))
        assert document["publication_number"] == number
        assert document["family_id"] == tree.get("family-id")
        assert str(document["publication_date"]).replace("-", "") == tree.get("date-publ")
        reference = tree.find(f".//{EXCH}application-reference[@data-format='docdb']")
        assert document["application_number"] == reference.findtext(".//doc-number")
        assert str(document["filing_date"]).replace("-", "") == reference.findtext(".//date")
        mine = {t: [r for r in rows[t] if r["record"] == document["record"]] for t in TABLES}
        for role in ("applicant", "inventor"):
            assert [(row["name"], row["country"]) for row in mine["party"] if row["role"] == role] == [
                (party.findtext(".//name"), party.findtext("residence/country"))
                for party in tree.iter(f"{EXCH}{role}")
                if party.get("data-format") == "docdb"
            ]
        texts = [text.text for text in tree.findall(".//classification-ipcr/text")]
        assert [
            (row["symbol"], row["is_first"], row["is_inventive"])
            for row in mine["classification"]
            if row["scheme"] == "IPC"
        ] == [
            (text[:15].replace(" ", ""), {"F": True, "L": False}.get(text[28]), text[29] == "I")
            for text in texts
        ]
        symbols = [symbol.text for symbol in tree.iter("classification-symbol")]
        assert [r["symbol"] for r in mine["classification"] if r["scheme"] == "CPC"] == [
            symbol.replace(" ", "") for symbol in symbols
        ]
        assert [r["cited_publication"] for r in mine["citation"] if r["cited_publication"]] == [
            "-".join(cited.findtext(f".//{part}") for part in ("country", "doc-number", "kind"))
            for cited in tree.iter("patcit")
        ]
        assert [r["npl"] for r in mine["citation"] if r["npl"]] == [
            " ".join(npl.findtext("text").split()) for npl in tree.iter("nplcit")
        ]
        assert [r["category"] for r in mine["citation"]] == [
            cited.findtext("category") for cited in tree.iter(f"{EXCH}citation")
        ]
        claims = tree.findall(f".//{EXCH}priority-claim[@data-format='docdb']")
        assert [(r["priority_office"], r["priority_number"]) for r in mine["priority"]] == [
            (claim.findtext(".//country"), claim.findtext(".//doc-number")) for claim in claims
        ]


@pytest.mark.skipif(not SHARED.exists(), reason="not shipped")
def test_a_real_file_in_pieces_is_the_same() -> None:
    content = (SHARED / "DE-backfile.xml").read_bytes()
    assert list(docdb.parse(Chunks(content, [997]))) == list(docdb.parse(io.BytesIO(content)))


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
    content = THREE.replace(b"\n    ", b" between ").replace(b"A chip.", b"A chip. " * 3000, 1)
    content += DOCUMENT.encode()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(docdb, "MAX_DOCUMENT", 10_000)
        expected = list(docdb.parse(io.BytesIO(content)))
        found = [table for table, _ in expected if table in ("document", "rejects")]
        assert found == ["rejects", "rejects", "document", "rejects", "document", "document"]
        assert list(docdb.parse(Chunks(content, sizes))) == expected


PARTS = [
    HEAD.encode(),
    DOCUMENT.encode(),
    b"\n",
    OTHER.encode(),
    b"\n",
    DELETION.encode(),
    f"\n{FOOT}".encode(),
]
WHOLE = b"".join(PARTS)
PLACES = [(sum(map(len, PARTS[:i])), sum(map(len, PARTS[: i + 1]))) for i in (1, 3, 5)]
NEW = st.binary(max_size=6) | st.sampled_from(
    [
        b"<",
        b"&x;",
        b"]]>",
        b"<!--",
        b"<![CDATA[",
        b"<exch:exchange-document ",
        b"\xef\xbb\xbf",
        b"</exch:exchange-document>",
        b"</exch:exchange-documents>",
        b"<!ENTITY a 'b'>",
    ]
)


def parse_unless_cut(content: bytes) -> Rows:
    """Parse what a change left; the change may have cut the end off."""
    try:
        return parse(content)
    except BrokenDownloadError:
        assert not content.rstrip().endswith(b"</exch:exchange-documents>")
        reject()


@given(st.integers(0, len(WHOLE)), st.integers(0, 400), NEW)
def test_a_change_costs_the_documents_it_touches_and_no_other(start: int, length: int, new: bytes) -> None:
    stop = min(len(WHOLE), start + length)
    content = WHOLE[:start] + new + WHOLE[stop:]
    rows, sound = parse_unless_cut(content), parse(WHOLE)
    assume(b"<exch:exchange-document" not in new or content.count(b"<exch:exchange-document") < 9)
    moved = len(content) - len(WHOLE)
    for (begin, end), document in zip(PLACES, sound["document"], strict=True):
        if end <= start:
            place = begin
        elif begin >= stop and not (begin == stop and new):
            place = begin + moved
        else:
            continue
        (kept,) = [row for row in rows["document"] if row["record"] == place]
        assert kept | {"record": 0, "exchange_date": 0} == document | {"record": 0, "exchange_date": 0}
        for table in TABLES[1:]:
            ours, theirs = (
                [row | {"record": 0} for row in each[table] if row["record"] == at]
                for each, at in ((rows, place), (sound, document["record"]))
            )
            assert ours == theirs


@given(st.lists(st.tuples(st.integers(0, len(WHOLE)), st.integers(0, 300), NEW), min_size=1, max_size=4))
def test_no_change_breaks_the_balance(changes: list[tuple[int, int, bytes]]) -> None:
    content = WHOLE
    for start, length, new in changes:
        content = content[:start] + new + content[start + length :]
    rows = parse_unless_cut(content)
    starts = {m.start() for m in re.finditer(rb"<exch:exchange-document[\s/>]", content)}
    kept = column(rows, "document", "record")
    lost = column(rows, "rejects", "position")
    # Each start of a document gives one row or one reject; other rejects lie between documents.
    assert Counter(kept) + Counter(p for p in lost if p in starts) == Counter(starts)
    assert len(set(lost)) == len(lost)
