"""One session of Spark for all tests of this folder, which `make test-spark` runs; and one lake."""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import pytest

from corepath.synthetic import world

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

# Without pyspark there is nothing to run: `make test` does without it and without Java.
collect_ignore_glob = [] if find_spec("pyspark") else ["*.py"]

SMALL = {
    "spark.driver.memory": "1g",
    "spark.sql.shuffle.partitions": "2",
    # Tables are tiny: to compile what runs on them takes longer than to run it.
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.adaptive.enabled": "false",
    "spark.default.parallelism": "2",
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
}
FAMILIES = 600


@dataclass(frozen=True)
class Staged:
    """The lake of a made-up world of google_patents: where it is, and what its stage came to."""

    where: Any
    staged: Any


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory) -> "Iterator[SparkSession]":
    """Two threads of this machine."""
    from corepath.warehouse.lake.session import opened

    folder = tmp_path_factory.mktemp("spark")
    options = SMALL | {"spark.sql.warehouse.dir": str(folder), "spark.local.dir": str(folder)}
    with opened("local[2]", options) as session:
        yield session


@pytest.fixture(scope="session")
def dump(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A world of google_patents in Parquet, one row in fifty damaged."""
    folder = tmp_path_factory.mktemp("dump")
    given = ["--families", str(FAMILIES), "--layout", "google_patents", "--corrupt", "0.02", "--shards", "2"]
    world.main([*given, "--out", str(folder / "google_patents")])
    # No loader reads an empty file as Parquet.
    (folder / "google_patents" / "publications_999999999999.parquet").unlink()
    return folder / "google_patents"


@pytest.fixture(scope="session")
def lake(tmp_path_factory: pytest.TempPathFactory, spark: "SparkSession", dump: Path) -> Staged:
    """The lake of that world, staged in the session of the tests."""
    from corepath.warehouse import cluster
    from corepath.warehouse.settings import Cluster, Settings

    where = Cluster(lake=str(tmp_path_factory.mktemp("staged") / "lake"), spark="local[2]", options=SMALL)
    with patch("corepath.warehouse.cluster.opened") as opened:
        opened.return_value.__enter__.return_value = spark
        settings = Settings(sources={"google_patents": dump}, reject_share=0.5, threads=2)
        return Staged(where, cluster.stage(settings, where))
