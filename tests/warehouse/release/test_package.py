"""The data package names every source with its licence and how to cite it."""

import duckdb

from corepath.warehouse.release.package import credits, describe_release
from corepath.warehouse.sources import available

ABOUT = {"topic": "ai_chips", "title": "AI chips", "version": "2026.11.0", "published_at": "now"}


def described(*names: str):
    """Describe a release of sources of which one file each was read."""
    connection = duckdb.connect()
    connection.execute("attach ':memory:' as build; create schema build.meta")
    connection.execute("create table build.meta.source_file (source text, file text, bytes int, sha256 text)")
    for name in names:
        connection.execute(
            "insert into build.meta.source_file values (?, ?, 7, 'abc')", [name, f"{name}.zip"]
        )
    sources = {name: available()[name] for name in names}
    return describe_release([], credits(connection, sources), ABOUT)


def test_every_source_that_was_read_is_named_with_its_own_files_in_order_of_rank():
    package = described("lens", "uspto", "google_patents")
    assert [source["name"] for source in package["sources"]] == ["uspto", "google_patents", "lens"]
    for source in package["sources"]:
        declared = available()[source["name"]]
        assert source["licence"] == declared.licence
        assert declared.credit in source["citation"]
        assert declared.url in source["citation"]
        assert source["files"] == [{"path": f"{declared.name}.zip", "bytes": 7, "hash": "sha256:abc"}]


def test_a_release_is_under_the_licence_of_each_source_and_the_same_one_is_told_once():
    assert described("ppubs", "uspto", "google_patents")["licenses"] == [
        {"name": "other-pd", "title": "US government records, public domain"},
        {"name": "CC-BY-4.0", "title": "CC BY 4.0"},
    ]


def test_every_source_says_whose_it_is_and_under_which_licence():
    for source in available().values():
        told = (source.title, source.licence, source.licence_id, source.credit)
        assert all(text.strip() for text in told), source.name
        assert source.url.startswith("https://")
