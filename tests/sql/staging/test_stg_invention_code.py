"""The classes that a family counts in."""

from tests.worlds import publications, rows, world

TABLE = "staging.stg_invention_code"


def codes(*symbols, documents=("US-1-B2",)):
    """The classes of a family: symbols are (publication, scheme, symbol, position)."""
    connection = world(
        {
            "sources.stg_document": publications(
                *(
                    {"publication_number": number, "family_id": "f", "publication_date": day}
                    for number, day in zip(documents, ("2008-01-01", "2010-01-01"), strict=False)
                )
            ),
            "sources.stg_classification": [
                {"publication_number": number, "scheme": scheme, "symbol": symbol, "position": position}
                for number, scheme, symbol, position in symbols
            ],
        },
        TABLE,
    )
    found = rows(connection, f"select subclass, main_group, position from {TABLE}")
    return {(row["subclass"], row["main_group"], row["position"]) for row in found}


def test_a_main_group_counts_once_at_its_first_position():
    assert codes(
        ("US-1-B2", "IPC", "G06N3/08", 3),
        ("US-1-B2", "IPC", "G06N3/04", 2),
        ("US-1-B2", "IPC", "G06N5/00", 1),
    ) == {("G06N", "G06N3", 2), ("G06N", "G06N5", 1)}


def test_a_bare_subclass_has_no_main_group():
    assert codes(("US-1-B2", "IPC", "G06N", 1)) == {("G06N", None, 1)}


def test_classes_are_those_of_the_earliest_document():
    assert codes(
        ("US-1-A1", "IPC", "G06N3/08", 1), ("US-2-B2", "IPC", "G06T1/20", 1), documents=("US-1-A1", "US-2-B2")
    ) == {("G06N", "G06N3", 1)}


def test_cpc_counts_where_there_is_no_ipc_and_only_in_subclasses_of_the_ipc():
    cpc = [
        ("US-1-B2", "CPC", "G11C11/54", 1),
        ("US-1-B2", "CPC", "Y02D10/00", 2),
        ("US-1-B2", "CPC", "F05D2220/32", 3),
    ]
    assert codes(*cpc) == {("G11C", "G11C11", 1)}
    assert codes(*cpc, ("US-1-B2", "IPC", "G06N3/08", 1)) == {("G06N", "G06N3", 1)}


def test_indexing_codes_of_cpc_are_no_technologies():
    """H05K2201 tags a document of the semiconductor's, and so does H01L2224, which became H10W72."""
    cpc = [
        ("US-1-B2", "CPC", symbol, 1) for symbol in ("H10D30/01", "H05K2201/10", "H10D2030/01", "H01L2224/48")
    ]
    assert codes(*cpc) == {("H10D", "H10D30", 1)}


def test_old_symbols_count_where_they_are_today():
    assert codes(("US-1-B2", "IPC", "G06K9/62", 1)) == {("G06F", "G06F18", 1)}
