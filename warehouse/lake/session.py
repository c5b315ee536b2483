"""The session of Spark in which the lake is made; nothing of Spark is imported before it is opened."""

# pyspark is an extra, installed in .venv-spark only.
# pyright: reportMissingImports=false

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from corepath.warehouse.errors import Unavailable, UsageError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

# What a result depends on; the rest of the configuration is the cluster's.
_SETTINGS = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.execution.arrow.pyspark.enabled": "true",
    # Days before 1582 are written as they are, which is how DuckDB reads them.
    "spark.sql.parquet.datetimeRebaseModeInWrite": "CORRECTED",
    "spark.sql.parquet.datetimeRebaseModeInRead": "CORRECTED",
}
# Of a master that is this very process: as little as one machine needs.
_LOCAL = {
    "spark.ui.enabled": "false",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
}


def _spark() -> "type[SparkSession]":
    try:
        from pyspark.sql import SparkSession
    except ImportError:
        raise UsageError(
            "Apache Spark's client is not installed here: pip install 'corepath[spark]', with Java 17"
        ) from None
    return SparkSession


@contextmanager
def opened(master: str, options: dict[str, str] | None = None) -> "Iterator[SparkSession]":
    """Open a session on a master, and stop it in the end.

    Parameters
    ----------
    master
        As Spark writes it: local[2], spark://host:7077, yarn, k8s://...
    options
        More of Spark's configuration, by its own names.

    Raises
    ------
    UsageError
        pyspark is not installed, or Java is not there.
    Unavailable
        The master does not answer.
    """
    builder = _spark().builder.master(master).appName("corepath")
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    is_local = master.startswith("local")
    settings = (
        _SETTINGS | {"spark.ui.showConsoleProgress": "false"} | (_LOCAL if is_local else {}) | (options or {})
    )
    for name, value in settings.items():
        builder = builder.config(name, value)
    try:
        spark = builder.getOrCreate()
    except Exception as error:
        said = str(error).splitlines()[0]
        if "JAVA" in said.upper():
            raise UsageError(f"Spark needs Java 17, and does not find it ({said})") from error
        raise Unavailable(f"Spark's master {master} cannot be used: {said}") from error
    try:
        prepare(spark)
        yield spark
    finally:
        spark.stop()


def prepare(spark: "SparkSession") -> None:
    """Give a session the functions that SQL files call, and the settings that results depend on."""
    import pyarrow as pa
    from pyspark.sql.functions import arrow_udf

    for name, value in _SETTINGS.items():
        if spark.conf.get(name, None) != value:
            spark.conf.set(name, value)

    @arrow_udf("string")  # pyright: ignore[reportUntypedFunctionDecorator]
    def publication_number(office: pa.Array, number: pa.Array, kind: pa.Array, year: pa.Array) -> pa.Array:
        from corepath.warehouse.numbers import publication_number as written

        rows = zip(*(column.to_pylist() for column in (office, number, kind, year)), strict=True)
        return pa.array([None if None in row[:2] else written(*row) for row in rows], pa.string())

    spark.udf.register("publication_number", publication_number)
