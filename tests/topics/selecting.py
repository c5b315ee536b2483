"""Let a topic choose among documents, through the project's own SQL."""

from corepath.warehouse.topic.files import Topic
from tests.worlds import by, publications, world


def selected(topic: Topic, *documents: tuple[str, str | None]) -> dict[int, str]:
    """Tell which documents a topic selects and by which rule.

    Parameters
    ----------
    topic
        The topic.
    documents
        Symbols of the IPC, separated by spaces, and a title, behind which may stand a new line and an
        abstract.

    Returns
    -------
    dict of int to str
        The rule by the number of the document, counted from 0.
    """
    numbers = [f"US-{i:03}-B2" for i in range(len(documents))]
    given = {
        "sources.stg_document": publications(
            *(
                {"publication_number": number}
                | dict(zip(("title", "abstract"), text.split("\n"), strict=False))
                for number, (_, text) in zip(numbers, documents, strict=True)
                for text in [text or ""]
            )
        ),
        "sources.stg_classification": [
            {"publication_number": number, "position": position, "symbol": symbol}
            for number, (symbols, _) in zip(numbers, documents, strict=True)
            for position, symbol in enumerate(symbols.split(), start=1)
        ],
    }
    connection = world(given, "intermediate.int_topic_document", topic=topic)
    found = by(connection, "intermediate.int_topic_document", "publication_number")
    return {i: found[n]["selected_by"] for i, n in enumerate(numbers) if n in found}
