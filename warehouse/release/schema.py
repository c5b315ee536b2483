"""The schema of a release as a page: every mart and column, with type, key and comment."""

from itertools import groupby
from pathlib import Path

from corepath.warehouse.database import opened
from corepath.warehouse.markdown import escaped, table

_COLUMNS = """
select c.table_name, t.comment, c.column_name, c.data_type, d.is_key, c.comment
from duckdb_columns() as c
inner join duckdb_tables() as t using (table_oid)
inner join meta.data_dictionary as d
    on c.table_name = d.table_name and c.column_name = d.column_name
where c.schema_name = 'marts'
order by c.table_name, c.column_index
"""


def columns(folder: Path) -> list[dict[str, object]]:
    """Give every column of a release's marts, as `as_markdown` writes them.

    Returns
    -------
    list of dict
        table, table_comment, column, type, is_key, comment.
    """
    names = ("table", "table_comment", "column", "type", "is_key", "comment")
    with opened(folder) as db:
        return [dict(zip(names, row, strict=True)) for row in db.sql(_COLUMNS).fetchall()]


def as_markdown(folder: Path) -> str:
    """Write the schema of a release as Markdown; docs/schema.md is that of the sample.

    Parameters
    ----------
    folder
        The release.

    Returns
    -------
    str
        A section a mart, a row a column. The texts are those of the SQL files, the types those
        that came out.
    """
    with opened(folder) as db:
        [(version,)] = db.sql("select schema_version from meta.release").fetchall()
        rows = db.sql(_COLUMNS).fetchall()
    parts = [
        f"# Schema {version}",
        "What the marts of a release hold. Made by `corepath schema`: the texts stand in `sql/marts/`.",
    ]
    for (name, comment), columns in groupby(rows, key=lambda row: row[:2]):
        parts += [
            f"## {name}",
            escaped(comment),
            table(
                ["column", "type", "key", "comment"],
                [
                    (column, kind, "key" if is_key else "", text)
                    for _, _, column, kind, is_key, text in columns
                ],
            ),
        ]
    return "\n\n".join(parts) + "\n"
