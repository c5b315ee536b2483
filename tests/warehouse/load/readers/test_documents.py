"""What a parser gives becomes Parquet, a file a table and member."""

import zipfile
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from corepath.warehouse import sources
from corepath.warehouse.load.parsers import convert
from corepath.warehouse.load.readers import documents
from tests.warehouse.load.parsers.test_docdb import DOCUMENT, OTHER, TABLES, file, parse

DECLARED = documents.schemas(sources.named("docdb"))
CONTENT = file(DOCUMENT, "what is this?", OTHER)


@pytest.mark.parametrize("batch", [1, 4, convert.BATCH])
def test_every_row_arrives_in_its_place_however_many_are_held(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, batch: int
) -> None:
    monkeypatch.setattr(convert, "BATCH", batch)
    path, folder = tmp_path / "week.zip", tmp_path / "made"
    folder.mkdir()
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "no document")
        archive.writestr("one.xml", CONTENT)
        archive.writestr("none.xml", "")
    members = convert.convert("docdb", DECLARED, path, folder)
    assert members == [("one.xml", 3), ("none.xml", 0)]
    expected = parse(CONTENT)
    for table in (*TABLES, "rejects"):
        assert pq.read_table(folder / f"0-{table}.parquet").to_pylist() == expected[table]
        assert pq.read_table(folder / f"1-{table}.parquet").num_rows == 0


def test_a_column_that_a_row_lacks_is_null(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [("party", {"name": "A", "record": 1}), ("party", {"record": 2, "role": "inventor"})]
    monkeypatch.setattr("corepath.warehouse.load.parsers.docdb.parse", lambda _: iter(rows))
    path = tmp_path / "week.xml"
    path.touch()
    convert.convert("docdb", DECLARED, path, tmp_path)
    made = pq.read_table(tmp_path / "0-party.parquet", columns=["name", "role", "record"])
    assert made.to_pylist() == [
        {"name": "A", "role": None, "record": 1},
        {"name": None, "role": "inventor", "record": 2},
    ]
