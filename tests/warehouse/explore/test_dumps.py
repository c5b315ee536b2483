"""What a folder of raw files holds, told before anything is loaded."""

import gzip
import json
import zipfile

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from corepath.warehouse.errors import BadInput
from corepath.warehouse.explore.dumps import as_text, check
from corepath.warehouse.settings import ROOT

PATENT = "patent_id\tpatent_date\twipo_kind\tpatent_title\n7000001\t2006-02-14\tB2\tA \x1b[31mchip\n"
PUBLICATION = {
    "publication_number": "JP-2010123456-A",
    "publication_date": 20100603,
    "family_id": "1",
    "country_code": "JP",
    "kind_code": "A",
    "application_kind": "A",
    "ipc": [{"code": "H01M10/05", "inventive": True, "first": True, "tree": []}],
}


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "uspto").mkdir()
    with gzip.open(tmp_path / "uspto" / "g_patent.tsv.gz", "wt") as file:
        file.write(PATENT)
    with zipfile.ZipFile(tmp_path / "g_application.tsv.zip", "w") as archive:
        archive.writestr("g_application.tsv", "patent_id\tfiling_date\n7000001\t2004-01-01\n")
    (tmp_path / "export.jsonl").write_text(json.dumps(PUBLICATION) + "\n")
    pq.write_table(pa.Table.from_pylist([PUBLICATION]), tmp_path / "part.parquet")
    (tmp_path / "resultList.xls").write_text("x")
    (tmp_path / "notes.md").write_text("x")
    (tmp_path / "other.json").write_text('{"a": 1}\n')
    return tmp_path


@pytest.mark.whole
def test_each_file_goes_to_the_source_whose_columns_it_has(folder):
    found = {file.name: (file.source, file.table) for file in check(folder).files}
    assert found == {
        "uspto/g_patent.tsv.gz": ("patentsview", "patent"),
        "g_application.tsv.zip!g_application.tsv": ("patentsview", "application"),
        "export.jsonl": ("google_patents", "publication"),
        "part.parquet": ("google_patents", "publication"),
        "resultList.xls": (None, None),
        "notes.md": (None, None),
        "other.json": (None, None),
    }


@pytest.mark.whole
def test_columns_that_lack_are_told_and_what_follows(folder):
    files = {file.name: file for file in check(folder).files}
    assert files["g_application.tsv.zip!g_application.tsv"].lacking == ("application_id",)
    assert "patent_abstract" in files["uspto/g_patent.tsv.gz"].missing
    told = as_text(check(folder))
    assert "is refused: it lacks the columns application_id" in told
    assert "PATENTSCOPE" in told
    assert "other.json: has a name that google_patents, lens, ppubs reads, and none of its columns" in told
    assert "\x1b" not in told


@pytest.mark.whole
def test_the_sample_tells_dates_titles_and_indicators_by_country(folder):
    (sample,) = [s for s in check(folder / "export.jsonl").samples if s.source == "google_patents"]
    assert (sample.rows, sample.first, sample.last) == (1, "2010-06-03", "2010-06-03")
    assert sample.known["WORLD"]["sc"] == 1.0


@pytest.mark.whole
def test_a_source_that_cannot_be_loaded_says_why(folder):
    (sample,) = [s for s in check(folder).samples if s.source == "patentsview"]
    assert "needs the column application_id" in sample.fault


@pytest.mark.whole
@pytest.mark.parametrize("source", ["uspto", "ppubs", "google_patents"])
def test_the_shipped_samples_are_recognised(source):
    path = sorted((ROOT / "samples" / source).iterdir())[0]
    found = check(path)
    assert {file.source for file in found.files} == {source}
    assert found.samples[0].rows > 0


def test_a_path_without_files_is_an_error(tmp_path):
    with pytest.raises(BadInput, match="no such file"):
        check(tmp_path / "none")
    with pytest.raises(BadInput, match="holds no file"):
        check(tmp_path)
