"""What the graph of tables starts from, beside raw: look-up tables and the topic."""

import hashlib
import tomllib
from pathlib import Path

import duckdb
import polars as pl

from corepath.transforms.methods.pathway_rules import rule_table
from corepath.warehouse import numbers
from corepath.warehouse.build.builder import write_frame
from corepath.warehouse.database import file_pattern, identifier
from corepath.warehouse.errors import BadInput
from corepath.warehouse.settings import ROOT
from corepath.warehouse.topic.files import Topic

REFERENCE = ROOT / "reference"


def read_reference(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Read the look-up tables into the schema `reference`, and make the function that is made of one.

    Returns
    -------
    dict of str to str
        A fingerprint a table, by schema.name.

    Raises
    ------
    BadInput
        A file is no table; the message names it.
    """
    connection.execute("create schema if not exists memory.reference")
    marks = {}
    for path in sorted(REFERENCE.glob("*.csv")):
        try:
            # NA is Namibia, so that only an empty field is null; every row decides the types.
            connection.execute(
                f"create table memory.reference.{identifier(path.stem)} as select * from "
                "read_csv(?, header = true, delim = ',', quote = '\"', nullstr = '', "
                "sample_size = -1)",
                [file_pattern(path)],
            )
        except duckdb.Error as error:
            raise BadInput(f"{path}: {error}") from error
        marks[f"reference.{path.stem}"] = hashlib.sha256(path.read_bytes()).hexdigest()
    for path in sorted(REFERENCE.glob("*.toml")):
        target = f"memory.reference.{identifier(path.stem)}"
        write_frame(connection, target, read_rules(path))
        marks[f"reference.{path.stem}"] = hashlib.sha256(path.read_bytes()).hexdigest()
    numbers.define(connection)
    code = Path(numbers.__file__).read_bytes() + numbers.RULES.read_bytes()
    marks["reference.publication_number"] = hashlib.sha256(code).hexdigest()
    return marks


def read_rules(path: Path) -> pl.DataFrame:
    """Read a file of rules as a table.

    Parameters
    ----------
    path
        A TOML file, as `rule_table` takes it.

    Returns
    -------
    pl.DataFrame
        One row for each test of a rule.

    Raises
    ------
    BadInput
        The file is no TOML or holds a wrong rule; the message names file and rule.
    """
    try:
        return rule_table(tomllib.loads(path.read_text(encoding="utf-8")))
    except ValueError as error:
        raise BadInput(f"{path}: {error}") from error


def write_topic(
    connection: duckdb.DuckDBPyConnection, topic: Topic, countries: list[str] | None
) -> dict[str, str]:
    """Write the topic's tables into the schema `topic`.

    Returns
    -------
    dict of str to str
        A fingerprint a table, by schema.name.
    """
    connection.execute("create schema if not exists memory.topic")
    marks = {}
    for name, frame in topic.tables(countries).items():
        write_frame(connection, f"memory.topic.{identifier(name)}", frame)
        marks[f"topic.{name}"] = hashlib.sha256(frame.write_json().encode()).hexdigest()
    return marks
