"""Read Parquet: columns of the declared types, nested ones too."""

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from warehouse.database import identifier
from warehouse.errors import BadInput
from warehouse.readers import Count, Part
from warehouse.readers.json_lines import structure


def read(warehouse: duckdb.DuckDBPyConnection, part: Part) -> Count:
    """Load a Parquet file into its raw table.

    Returns
    -------
    Count
        Rows of the file.

    Raises
    ------
    BadInput
        It is no whole Parquet file, lacks a required column, or has one of another type.
    """
    try:
        rows = pq.ParquetFile(part.path).metadata.num_rows
        given = warehouse.execute("describe from read_parquet(?)", [str(part.path)]).fetchall()
    except (pa.ArrowException, OSError, duckdb.IOException) as error:
        raise BadInput(f"{part.name}: no whole Parquet file ({error}); fetch it again") from error
    found = part.find_columns([name for name, *_ in given])
    values = [
        _value(part, column, *given[found[column]][:2]) if column in found else "null"
        for column in part.declared.columns
    ]
    keys = [_value(part, c, *given[found[c]][:2]) for c in part.declared.required]
    whole = " and ".join(["true", *(f"{key} is not null" for key in keys)])
    rows_of = "from read_parquet($path, file_row_number = true)"
    try:
        ((loaded,),) = warehouse.execute(
            f"insert into {part.target} select $name, file_row_number + 1, {', '.join(values)} "
            f"{rows_of} where {whole}",
            {"name": part.name, "path": str(part.path)},
        ).fetchall()
        if loaded < rows:
            columns = ", ".join(f"{key} is null" for key in keys)
            lost = warehouse.execute(
                f"select file_row_number + 1, [{columns}], to_json(t)::varchar "
                f"{rows_of} as t where not ({whole})",
                {"path": str(part.path)},
            ).fetchall()
            names = part.declared.required
            part.reject(
                warehouse,
                [(row, f"{names[gaps.index(True)]} is missing", raw) for row, gaps, raw in lost],
            )
    except duckdb.Error as error:
        raise BadInput(f"{part.name}: cannot be read as Parquet: {error}") from error
    return Count(rows, loaded)


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
