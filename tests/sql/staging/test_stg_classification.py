"""Classes: for each scheme those of one source."""

from tests.worlds import by, world

NUMBER = {"publication_number": "US-7650331-B1"}
GOOD, POOR = NUMBER | {"source_rank": 1}, NUMBER | {"source_rank": 2}


def staged(*rows):
    connection = world({"sources.stg_classification": rows}, "staging.stg_classification")
    return by(connection, "staging.stg_classification", "publication_number", "scheme", "symbol")


def symbols(found, scheme):
    return {symbol for _, s, symbol in found if s == scheme}


def test_for_each_scheme_the_best_source_that_classifies_is_taken_whole():
    found = staged(
        GOOD | {"scheme": "IPC", "symbol": "G06N3/02"},
        POOR | {"scheme": "IPC", "symbol": "H01L21/00"},
        POOR | {"scheme": "CPC", "symbol": "G11C11/54"},
    )
    assert symbols(found, "IPC") == {"G06N3/02"}
    assert symbols(found, "CPC") == {"G11C11/54"}


def test_another_publication_of_the_poorer_source_is_not_hidden():
    found = staged(
        GOOD | {"symbol": "G06N3/02"},
        POOR | {"publication_number": "US-1-B2", "symbol": "H01L21/00"},
    )
    assert len(found) == 2


def test_a_symbol_is_cut_into_its_parts():
    [row] = staged(GOOD | {"symbol": "G06N3/063"}).values()
    assert (row["subclass"], row["main_group"]) == ("G06N", "G06N3")


def test_a_symbol_told_twice_has_its_first_place_and_is_inventive_if_once_so():
    [row] = staged(
        GOOD | {"symbol": "G06N3/063", "position": 4, "is_inventive": False},
        GOOD | {"symbol": "G06N3/063", "position": 2, "is_inventive": True},
    ).values()
    assert (row["position"], row["is_inventive"]) == (2, True)


def test_what_has_no_symbol_is_no_class():
    assert staged(GOOD | {"symbol": None}) == {}
