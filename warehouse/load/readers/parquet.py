"""Read Parquet: columns of the declared types, nested ones too."""

from collections.abc import Mapping, Sequence

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from corepath.warehouse.database import file_pattern, identifier
from corepath.warehouse.errors import BadInput, is_unreadable
from corepath.warehouse.load.readers import Count, DoubtfulError, Part, Reject
from corepath.warehouse.load.readers.nested import Checked, check, fit, tree

# A folder's name is no column, and text is text though its writer did not say so.
_OPTIONS = "hive_partitioning = false, binary_as_string = true"


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
    places = first.find_columns([name for name, _ in shapes[0]])
    values: dict[str, str] = {}
    of_source: list[Checked] = []
    of_table: list[Checked] = []
    for column, kind in first.declared.columns.items():
        if column not in places:
            values[column] = "null"
            continue
        name, given = shapes[0][places[column]]
        quoted, declared = identifier(name), tree(kind)
        values[column], checked = fit(first, column, quoted, tree(given), declared)
        if values[column] == quoted:  # it is as declared, and can be looked at where it is loaded
            of_table += fit(first, column, identifier(column), declared, declared)[1]
        else:
            of_source += checked
    keys = {c: f"nullif(({values[c]})::varchar, '')" for c in first.declared.required}
    whole = " and ".join(["true", *(f"{key} is not null" for key in keys.values())])
    names = [part.name for part in parts]
    given = {"names": names, "paths": [file_pattern(part.path) for part in parts]}
    try:
        warehouse.execute(
            f"insert into {first.target} select $names[file_index::bigint + 1], "
            f"file_row_number + 1, {', '.join(values.values())} "
            f"from read_parquet($paths, file_row_number = true, {_OPTIONS}) where {whole}",
            given,
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
        source = f"(select *, $names[file_index::bigint + 1] as _file from read_parquet($paths, {_OPTIONS}))"
        check(warehouse, parts, source, of_source, given)
        table = f"(from {first.target} where _file in (select unnest($names)))"
        check(warehouse, parts, table, of_table, {"names": names})
    except duckdb.Error as error:
        if is_unreadable(error):
            raise
        raise BadInput(f"{first.name}: cannot be read as Parquet: {error}") from error
    return counts


def _look(warehouse: duckdb.DuckDBPyConnection, part: Part) -> tuple[int, list[tuple[str, str]]]:
    """Count a file's rows without reading them, and name its columns with their types."""
    try:
        rows = pq.ParquetFile(part.path).metadata.num_rows
        given = warehouse.execute(
            f"describe from read_parquet(?, {_OPTIONS})", [file_pattern(part.path)]
        ).fetchall()
    except (pa.ArrowException, UnicodeDecodeError, OSError, duckdb.IOException) as error:
        if is_unreadable(error):
            raise
        raise BadInput(f"{part.name}: no whole Parquet file ({error}); fetch it again") from error
    return rows, [(name, kind) for name, kind, *_ in given]


def _lost(
    warehouse: duckdb.DuckDBPyConnection, part: Part, keys: Mapping[str, str], whole: str
) -> list[Reject]:
    """Give the rows that lack a key: place, reason, content."""
    gaps = ", ".join(f"{key} is null" for key in keys.values())
    lost = warehouse.execute(
        f"select file_row_number + 1, [{gaps}], to_json(t)::varchar "
        f"from read_parquet(?, file_row_number = true, {_OPTIONS}) as t where not ({whole})",
        [file_pattern(part.path)],
    ).fetchall()
    names = list(keys)
    return [(row, f"{names[gaps.index(True)]} is missing", raw) for row, gaps, raw in lost]
