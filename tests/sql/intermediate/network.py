"""Small networks of families that cite each other, to count indicators in by hand."""

from collections.abc import Mapping, Sequence
from typing import Any

from corepath.warehouse.topic.files import Topic
from tests.worlds import by, publications, world

Family = tuple[str, str]
"""The day a family is published, and its IPC symbols, by blanks."""


def indicators(
    families: Mapping[str, Family],
    citations: Sequence[tuple[str, ...]],
    *asked: str,
    applicants: Mapping[str, Sequence[str]] | None = None,
    **method: Any,
) -> dict[str, dict[str, Any]]:
    """Measure the indicators of families, by family.

    Parameters
    ----------
    families
        By name; a bare subclass is a symbol too. One without a symbol is not in the topic.
    citations
        Who cites whom, and the origin if it is told. Who is cited may not be loaded.
    asked
        The indicators that the topic asks for.
    applicants
        Names of those who apply for a family.
    method
        Other choices of method.
    """
    number = {name: f"US-{7000001 + i}-B2" for i, name in enumerate(families)}
    given = {
        "sources.stg_document": publications(
            *(
                {"publication_number": number[name], "family_id": name, "publication_date": day}
                for name, (day, _) in families.items()
            )
        ),
        "sources.stg_classification": [
            {"publication_number": number[name], "symbol": symbol, "position": place}
            for name, (_, symbols) in families.items()
            for place, symbol in enumerate(symbols.split(), start=1)
        ],
        "sources.stg_citation": [
            {
                "citing_publication": number[citing],
                "cited_publication": number.get(cited, cited),
                "origin": origin[0] if origin else "unknown",
            }
            for citing, cited, *origin in citations
        ],
    }
    given["sources.stg_party"] = [
        {"publication_number": number[family], "name": name, "position": place}
        for family, names in (applicants or {}).items()
        for place, name in enumerate(names, start=1)
    ]
    topic = Topic(
        name="any",
        title="Anything",
        classes=list("ABCDEFGHY"),
        method={"indicators": list(asked) or ["fc_5"], **method},
    )
    connection = world(given, "intermediate.int_indicator", topic=topic)
    return by(connection, "intermediate.int_indicator", "family_id")


def side_by_side(
    networks: Sequence[tuple[Mapping[str, Family], Sequence[tuple[str, ...]]]], *asked: str
) -> list[dict[str, dict[str, Any]]]:
    """Measure several networks, none of which knows of another, in one world.

    Parameters
    ----------
    networks
        Families and citations of each, as `indicators` takes them.
    asked
        The indicators that the topic asks for.

    Returns
    -------
    list of dict
        The indicators of each network's families, by family.
    """
    families: dict[str, Family] = {}
    citations: list[tuple[str, ...]] = []
    for place, (known, cited) in enumerate(networks):
        name = {family: f"{place} {family}" for family in known}
        families |= {name[family]: values for family, values in known.items()}
        citations += [(name[citing], name.get(to, to), *origin) for citing, to, *origin in cited]
    found = indicators(families, citations, *asked)
    return [
        {family: found[f"{place} {family}"] for family in known if f"{place} {family}" in found}
        for place, (known, _) in enumerate(networks)
    ]
