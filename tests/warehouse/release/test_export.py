"""Networks as files that other programs open, read again."""

import json

import duckdb
import networkx as nx
import pytest

from corepath.warehouse.errors import UsageError
from corepath.warehouse.release.export import WRITERS, export

READERS = {"graphml": nx.read_graphml, "gexf": nx.read_gexf}


@pytest.fixture(scope="module")
def files(sample_release, tmp_path_factory):
    folder = tmp_path_factory.mktemp("networks") / "made"
    return {path.name: path for path in export(sample_release.path, folder)}


def test_every_network_is_written_in_every_format(files, sample_release):
    with duckdb.connect(sample_release.database, read_only=True) as connection:
        networks = connection.sql("select distinct network from marts.fct_network_metric")
        names = [name for (name,) in networks.fetchall()]
    assert set(files) == {f"{name}.{ending}" for name in names for ending in WRITERS}


@pytest.mark.parametrize("ending", READERS)
def test_networkx_reads_the_marts_figures_again(files, sample_release, ending):
    graph = READERS[ending](files[f"WORLD.{ending}"])
    undivided = (
        "network = 'WORLD' and population = 'all' and period = 'all' and subfield = 'all' "
        "and level = 'subclass'"
    )
    with duckdb.connect(sample_release.database, read_only=True) as connection:
        nodes = connection.sql(
            f"select technology, occurrences, degree, pagerank, title "
            f"from marts.fct_convergence_node where {undivided}"
        ).fetchall()
        edges = connection.sql(
            f"select source, target, full_count from marts.fct_convergence_edge where {undivided}"
        ).fetchall()
    assert set(graph) == {technology for technology, *_ in nodes}
    for technology, occurrences, degree, pagerank, title in nodes:
        found = graph.nodes[technology]
        assert (found["occurrences"], found["degree"]) == (occurrences, degree)
        assert found["pagerank"] == pagerank
        assert found.get("title") == title
    assert graph.number_of_edges() == len(edges)
    assert all(graph[one][other]["weight"] == full for one, other, full in edges)


def test_vosviewer_gets_items_with_clusters_and_links_between_them(files):
    network = json.loads(files["WORLD.json"].read_text(encoding="utf-8"))["network"]
    items, links = network["items"], network["links"]
    ids = [item["id"] for item in items]
    assert ids == list(range(1, len(items) + 1))
    assert all(item["cluster"] >= 1 and item["weights"]["Families"] > 0 for item in items)
    assert all({link["source_id"], link["target_id"]} <= set(ids) for link in links)
    assert all(link["strength"] > 0 for link in links)


def test_main_groups_are_written_without_what_they_do_not_have(sample_release, tmp_path):
    written = export(sample_release.path, tmp_path, level="main_group")
    graph = nx.read_graphml(next(path for path in written if path.name == "WORLD.graphml"))
    assert all("pagerank" not in of for _, of in graph.nodes(data=True))


def test_labels_are_escaped_and_what_xml_cannot_hold_is_left_out(tmp_path):
    evil = "A<b>&\"' ]]> \N{SNOWMAN}"
    graph = nx.Graph()
    graph.add_node(evil, title=evil, occurrences=1.0, degree=0, community=0)
    for ending, write in WRITERS.items():
        write(graph, tmp_path / f"it.{ending}")
    for ending, read in READERS.items():
        assert list(read(tmp_path / f"it.{ending}")) == [evil]
    [item] = json.loads((tmp_path / "it.json").read_text(encoding="utf-8"))["network"]["items"]
    assert item["label"] == evil


def test_a_control_character_of_the_data_becomes_a_space(sample_release, tmp_path):
    release = tmp_path / "release"
    release.mkdir()
    database = release / "corepath.duckdb"
    database.write_bytes(sample_release.database.read_bytes())
    with duckdb.connect(database) as connection:
        connection.execute("update marts.fct_convergence_node set title = 'a' || chr(1) || 'b'")
    export(release, tmp_path / "out", level="section")
    graph = nx.read_graphml(tmp_path / "out" / "WORLD.graphml")
    assert {of["title"] for _, of in graph.nodes(data=True)} == {"a b"}


def test_a_network_that_is_not_there_is_told_with_those_that_are(sample_release, tmp_path):
    with pytest.raises(UsageError, match="no such network; there are population all, core; period"):
        export(sample_release.path, tmp_path, period="2099")
