"""What describes a release is read by the tools it is written for, in their own environment."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import duckdb
import pytest

from corepath.warehouse.settings import ROOT

ENVIRONMENT = ROOT / ".venv-describe"
PYTHON = ENVIRONMENT / "bin" / "python"

pytestmark = pytest.mark.slow

# Prints what frictionless finds wrong with a package and its data.
VALIDATE = """
import json, sys
from frictionless import Package
package = Package(sys.argv[1])
report = package.validate()
print(json.dumps({
    "resources": len(package.resources),
    "tasks": len(report.tasks),
    "rows": sum(task.stats.get("rows") or 0 for task in report.tasks),
    "errors": [f"{task.name}: {error.message}" for task in report.tasks for error in task.errors]
    + [error.message for error in report.errors],
}))
"""

# Prints what frictionless finds wrong with a descriptor alone.
DESCRIPTOR = """
import json, sys
from frictionless import Package
report = Package.validate_descriptor(sys.argv[1])
resources = Package(sys.argv[1]).resources if report.valid else []
print(json.dumps({
    "errors": [error.message for error in report.errors],
    "paths": [resource.path for resource in resources],
    "keys": sum(len(resource.schema.foreign_keys) for resource in resources),
}))
"""

# Prints what mlcroissant says of a file, and the records of a set as it reads them.
LOAD = """
import json, sys
import mlcroissant
dataset = mlcroissant.Dataset(sys.argv[1])
issues = dataset.metadata.ctx.issues
def plain(value):
    if isinstance(value, bytes):
        return value.decode()
    if hasattr(value, "isoformat"):
        return value.isoformat()[:10]
    return value.item() if hasattr(value, "item") else value
def named(record):
    return {name.split("/")[1]: plain(value) for name, value in record.items()}
print(json.dumps({
    "errors": sorted(issues.errors), "warnings": sorted(issues.warnings),
    "sets": [record_set.uuid for record_set in dataset.metadata.record_sets],
    "records": [named(record) for record in dataset.records(sys.argv[2])],
}))
"""


def run(code: str, *arguments: object) -> dict[str, Any]:
    if not PYTHON.exists():
        say = f"{ENVIRONMENT.name} is not there: `make test-slow` makes it"
        if os.environ.get("CI") == "true":
            pytest.fail(say)
        pytest.skip(say)
    answer = subprocess.run(
        [PYTHON, "-c", code, *map(str, arguments)], capture_output=True, text=True, timeout=500, check=False
    )
    assert answer.returncode == 0, answer.stderr[-3000:]
    return json.loads(answer.stdout)


@pytest.fixture
def package(sample_release) -> dict[str, Any]:
    return json.loads((sample_release.path / "datapackage.json").read_text(encoding="utf-8"))


@pytest.fixture
def as_text(sample_release, package, tmp_path: Path) -> Path:
    """The package with its marts as CSV: of those that none refers to, the first 200 rows.

    Frictionless reads Parquet through pandas, which makes nan of an integer that is null.
    """
    referred = {
        key["reference"]["resource"]
        for resource in package["resources"]
        for key in resource.get("schema", {}).get("foreignKeys", [])
    }
    resources = [resource for resource in package["resources"] if "schema" in resource]
    for resource in resources:
        name = Path(resource["path"]).stem
        limit = "" if resource["name"] in referred else "limit 200"
        duckdb.sql(f"from '{sample_release.path / resource['path']}' {limit}").write_csv(
            str(tmp_path / f"{name}.csv")
        )
        resource |= {"path": f"{name}.csv", "format": "csv", "mediatype": "text/csv"}
        del resource["bytes"], resource["hash"]
    return write(tmp_path, package | {"resources": resources})


def write(folder: Path, package: dict[str, Any]) -> Path:
    path = folder / "datapackage.json"
    path.write_text(json.dumps(package), encoding="utf-8")
    return path


def test_frictionless_finds_no_fault_in_the_descriptor(sample_release, package) -> None:
    found = run(DESCRIPTOR, sample_release.path / "datapackage.json")
    assert found["errors"] == []
    assert found["paths"] == [resource["path"] for resource in package["resources"]]
    assert found["keys"] > 30


def test_frictionless_finds_a_fault_that_a_descriptor_has(package, tmp_path: Path) -> None:
    package["resources"][0]["schema"]["fields"][0]["type"] = "varchar"
    assert "varchar" in " ".join(run(DESCRIPTOR, write(tmp_path, package))["errors"])


def test_frictionless_finds_no_fault_in_what_is_described(as_text) -> None:
    told = json.loads(as_text.read_text(encoding="utf-8"))
    found = run(VALIDATE, as_text)
    assert found["errors"] == []
    assert found["tasks"] == found["resources"] == len(told["resources"]) > 30
    assert found["rows"] > 10_000


def test_frictionless_finds_what_is_wrong(as_text) -> None:
    path = as_text.with_name("fct_patent_country.csv")
    head, first, *rest = path.read_text(encoding="utf-8").splitlines()
    unknown = first.replace(",US,", ",QQ,", 1)
    assert unknown != first
    path.write_text("\n".join([head, unknown, *rest]) + "\n", encoding="utf-8")
    (error,) = run(VALIDATE, as_text)["errors"]
    assert "fct-patent-country" in error
    assert "QQ" in error


@pytest.mark.parametrize("mart", ["dim_country", "fct_patent_country", "fct_country_year"])
def test_mlcroissant_finds_no_fault_and_reads_what_the_parquet_file_holds(mart: str, sample_release) -> None:
    found = run(LOAD, sample_release.path / "croissant.json", mart)
    assert found["errors"] == []
    assert set(found["sets"]) == set(sample_release.outcome.rows)
    expected = duckdb.sql(f"from '{sample_release.path / mart}.parquet'").pl().to_dicts()
    assert len(found["records"]) == len(expected)
    for record, row in zip(found["records"], expected, strict=True):
        # pandas has nan for a number that is null
        told = {name: None if value != value else value for name, value in record.items()}
        assert told == pytest.approx(row, nan_ok=True)
