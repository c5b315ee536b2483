"""Croissant says what the data package says; tests/clients lets its own tool read it."""

import json

import pytest


@pytest.fixture(scope="module")
def said(sample_release):
    return json.loads((sample_release.path / "croissant.json").read_text())


@pytest.fixture(scope="module")
def package(sample_release):
    return json.loads((sample_release.path / "datapackage.json").read_text())


def test_it_names_version_licences_and_how_to_cite_every_source(said, package):
    assert said["version"] == package["version"]
    assert said["license"] == ["US government records, public domain"]
    assert all(source["citation"] in said["citeAs"] for source in package["sources"])


def test_every_file_of_the_package_is_distributed_with_its_hash(said, package):
    told = {file["contentUrl"]: file["sha256"] for file in said["distribution"]}
    assert told == {r["path"]: r["hash"].removeprefix("sha256:") for r in package["resources"]}


def test_every_mart_is_a_record_set_with_its_columns_and_key(said, package):
    marts = {r["path"].removesuffix(".parquet"): r for r in package["resources"] if "schema" in r}
    sets = {record_set["@id"]: record_set for record_set in said["recordSet"]}
    assert sets.keys() == marts.keys()
    for name, mart in marts.items():
        fields = [(field["name"], field["@id"]) for field in sets[name]["field"]]
        assert fields == [(f["name"], f"{name}/{f['name']}") for f in mart["schema"]["fields"]]
        key = [field["@id"].removeprefix(f"{name}/") for field in sets[name]["key"]]
        assert key == mart["schema"]["primaryKey"]


def references(said, name):
    (record_set,) = [r for r in said["recordSet"] if r["@id"] == name]
    return {f["name"]: f["references"] for f in record_set["field"] if "references" in f}


def test_a_column_refers_to_the_column_whose_value_it_has(said):
    assert references(said, "fct_patent_country") == {
        "family_id": {"field": {"@id": "fct_patent/family_id"}},
        "country": {"field": {"@id": "dim_country/country"}},
    }


def test_a_reference_of_several_columns_is_not_told_since_loaders_would_join_by_one(said):
    assert references(said, "fct_industry_profile").keys() == {"country"}
    assert references(said, "fct_country_ranking").keys() == {"country"}
