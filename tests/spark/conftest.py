"""One session of Spark for all tests of this folder, which `make test-spark` runs."""

from collections.abc import Iterator
from importlib.util import find_spec
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

# Without pyspark there is nothing to run: `make test` does without it and without Java.
collect_ignore_glob = [] if find_spec("pyspark") else ["test_*.py"]

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


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory) -> "Iterator[SparkSession]":
    """Two threads of this machine."""
    from corepath.warehouse.lake.session import opened

    folder = tmp_path_factory.mktemp("spark")
    options = SMALL | {"spark.sql.warehouse.dir": str(folder), "spark.local.dir": str(folder)}
    with opened("local[2]", options) as session:
        yield session
