"""Read Parquet: columns of the declared types, nested ones too."""

from collections.abc import Mapping, Sequence

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from corepath.warehouse.database import identifier
from corepath.warehouse.errors import BadInput
from corepath.warehouse.load.readers import Count, DoubtfulError, Part, Reject
from corepath.warehouse.load.readers.json_lines import structure


def read(warehouse: duckdb.DuckDBPyConnection, parts: Sequence[Part]) -> list[Count]:
    """Load Parquet files of one table into it, by one statement.

    Parameters
    ----------
    warehouse
        In a transaction, which an error leaves useless.
    parts
        The files.

    Returns
    -------
    list of Count
        Rows of each file.

    Raises
    ------
    BadInput
        One is no whole Parquet file, lacks a required column, or has one of another type.
    DoubtfulError
        The columns of one are not those of the first: read them one by one.
    """
    first = parts[0]
    rows, shapes = zip(*(_look(warehouse, part) for part in parts), strict=True)
    for part, given in zip(parts, shapes, strict=True):
        if given != shapes[0]:
            raise DoubtfulError(part.name)
        part.find_columns([name for name, _ in given])
    found = {
        column: shapes[0][place]
        for column, place in first.find_columns([name for name, _ in shapes[0]]).items()
    }
    values = [
        _value(first, column, *found[column]) if column in found else "null"
        for column in first.declared.columns
    ]
    keys = {column: _value(first, column, *found[column]) for column in first.declared.required}
    whole = " and ".join(["true", *(f"{key} is not null" for key in keys.values())])
    names = [part.name for part in parts]
    try:
        warehouse.execute(
            f"insert into {first.target} select $names[file_index::bigint + 1], "
            f"file_row_number + 1, {', '.join(values)} "
            f"from read_parquet($paths, file_row_number = true) where {whole}",
            {"names": names, "paths": [str(part.path) for part in parts]},
        )
        loaded = dict(
            warehouse.execute(
                f"select _file, count(*) from {first.target} "
                "where _file in (select unnest($names)) group by _file",
                {"names": names},
            ).fetchall()
        )
        counts = [Count(n, loaded.get(part.name, 0)) for part, n in zip(parts, rows, strict=True)]
        for part, count in zip(parts, counts, strict=True):
            if count.loaded < count.rows:
                part.reject(warehouse, _lost(warehouse, part, keys, whole))
    except duckdb.Error as error:
        raise BadInput(f"{first.name}: cannot be read as Parquet: {error}") from error
    return counts


def _look(warehouse: duckdb.DuckDBPyConnection, part: Part) -> tuple[int, list[tuple[str, str]]]:
    """Count a file's rows without reading them, and name its columns with their types."""
    try:
        rows = pq.ParquetFile(part.path).metadata.num_rows
        given = warehouse.execute("describe from read_parquet(?)", [str(part.path)]).fetchall()
    except (pa.ArrowException, UnicodeDecodeError, OSError, duckdb.IOException) as error:
        raise BadInput(f"{part.name}: no whole Parquet file ({error}); fetch it again") from error
    return rows, [(name, kind) for name, kind, *_ in given]


def _lost(
    warehouse: duckdb.DuckDBPyConnection, part: Part, keys: Mapping[str, str], whole: str
) -> list[Reject]:
    """Give the rows that lack a key: place, reason, content."""
    gaps = ", ".join(f"{key} is null" for key in keys.values())
    lost = warehouse.execute(
        f"select file_row_number + 1, [{gaps}], to_json(t)::varchar "
        f"from read_parquet(?, file_row_number = true) as t where not ({whole})",
        [str(part.path)],
    ).fetchall()
    names = list(keys)
    return [(row, f"{names[gaps.index(True)]} is missing", raw) for row, gaps, raw in lost]


def _value(part: Part, column: str, name: str, given: str) -> str:
    """Write a column as the declared type; a nested one may come as JSON text."""
    quoted = identifier(name)
    declared = part.declared.columns[column]
    if column in part.declared.required and given == "VARCHAR":
        quoted = f"nullif({quoted}, '')"
    is_nested = declared.endswith("]") or declared.startswith("STRUCT")
    was_nested = given.endswith("]") or given.startswith(("STRUCT", "MAP"))
    if is_nested and given in ("VARCHAR", "JSON"):
        return f"json_transform({quoted}, '{structure(declared)}')"
    if is_nested != was_nested and declared != "JSON":
        raise BadInput(
            f"{part.name}: column {column} of table {part.source.name}_{part.table} should be "
            f"{declared}, but is {given}"
        )
    return quoted if given == declared else f"try_cast({quoted} as {declared})"
