"""Write a release's networks as files that other programs open."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import networkx as nx

from corepath.warehouse.database import opened
from corepath.warehouse.errors import UsageError

# What XML has no character for, escaped or not.
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

_OWN = "network = $network and population = $population and period = $period and \
subfield = $subfield and level = $level"


def export(
    release: Path,
    folder: Path,
    population: str = "all",
    period: str = "all",
    subfield: str = "all",
    level: str = "subclass",
) -> list[Path]:
    """Write the network of the world and of each country as GraphML, GEXF and VOSviewer's JSON.

    Parameters
    ----------
    release
        Folder of a release.
    folder
        Where to write; made if absent.
    population, period, subfield, level
        Which networks, as in fct_network_metric.

    Returns
    -------
    list of Path
        The files: <network>.graphml, <network>.gexf and <network>.json of each network.

    Raises
    ------
    UsageError
        The release has no such network; the message names those that it has.
    """
    chosen = {"population": population, "period": period, "subfield": subfield, "level": level}
    written = []
    with opened(release) as connection:
        names = connection.execute(
            "select distinct network from marts.fct_convergence_node "
            "where population = $population and period = $period "
            "and subfield = $subfield and level = $level order by network",
            chosen,
        ).fetchall()
        if not names:
            raise UsageError(f"no such network; there are {_known(connection)}")
        folder.mkdir(parents=True, exist_ok=True)
        for (network,) in names:
            graph = read(connection, {"network": network} | chosen)
            for ending, write in WRITERS.items():
                path = folder / f"{network}.{ending}"
                write(graph, path)
                written.append(path)
    return written


def read(connection: duckdb.DuckDBPyConnection, key: dict[str, str]) -> "nx.Graph[str]":
    """Read a network of a release, with every figure of its technologies and ties that is known.

    Parameters
    ----------
    connection
        To the release's database.
    key
        network, population, period, subfield, level.

    Returns
    -------
    networkx.Graph
        Technologies by symbol, with their title as `title`; ties with the full count as `weight`.
    """
    nodes = _rows(
        connection,
        f"select * exclude (topic, network, population, period, subfield, level) "
        f"from marts.fct_convergence_node where {_OWN} order by technology",
        key,
    )
    edges = _rows(
        connection,
        f"select source, target, full_count as weight, association_strength, cosine, jaccard, "
        f"is_cross_section, is_disparity_backbone, is_noise_backbone "
        f"from marts.fct_convergence_edge where {_OWN} order by source, target",
        key,
    )
    graph = nx.Graph()
    for row in nodes:
        graph.add_node(_clean(row.pop("technology")), **_known_of(row))
    for row in edges:
        graph.add_edge(_clean(row.pop("source")), _clean(row.pop("target")), **_known_of(row))
    return graph


def write_vosviewer(graph: "nx.Graph[str]", path: Path) -> None:
    """Write a network in VOSviewer's JSON format; communities are its clusters."""
    number = {name: i for i, name in enumerate(graph, start=1)}
    items = [
        {"id": number[name], "label": name}
        # Clusters are numbered from 1.
        | ({"cluster": of["community"] + 1} if "community" in of else {})
        | {"weights": {"Families": of["occurrences"], "Links": of["degree"]}}
        for name, of in graph.nodes(data=True)
    ]
    links = [
        {"source_id": number[one], "target_id": number[other], "strength": weight}
        for one, other, weight in graph.edges(data="weight")
    ]
    text = json.dumps({"network": {"items": items, "links": links}}, ensure_ascii=False, indent=1)
    path.write_text(text, encoding="utf-8")


WRITERS: dict[str, Callable[["nx.Graph[str]", Path], None]] = {
    "graphml": nx.write_graphml,
    "gexf": nx.write_gexf,
    "json": write_vosviewer,
}


def _rows(connection: duckdb.DuckDBPyConnection, query: str, key: dict[str, str]) -> list[dict[str, Any]]:
    found = connection.execute(query, key)
    columns = [name for name, *_ in found.description or ()]
    return [dict(zip(columns, row, strict=True)) for row in found.fetchall()]


def _known_of(row: dict[str, Any]) -> dict[str, Any]:
    """Leave out what is null, for which the formats have no word."""
    return {
        name: _clean(value) if isinstance(value, str) else value
        for name, value in row.items()
        if value is not None
    }


def _clean(text: str) -> str:
    return _NO_XML.sub(" ", text)


def _known(connection: duckdb.DuckDBPyConnection) -> str:
    found = []
    for column in ("population", "period", "subfield", "level"):
        values = connection.sql(
            f"select distinct {column} from marts.fct_convergence_node order by {column}"
        ).fetchall()
        found.append(f"{column} {', '.join(value for (value,) in values)}")
    return "; ".join(found) + " (sub-fields of subclasses only, main groups undivided only)"
