"""Small releases, written as big ones are, for tests of what is done with releases."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from corepath.warehouse.build import builder as build
from corepath.warehouse.build.graph import Table
from corepath.warehouse.database import SCHEMA_VERSION, attach, connect
from corepath.warehouse.release import package
from corepath.warehouse.release import repository as release
from corepath.warehouse.release.repository import Releases
from corepath.warehouse.settings import Settings

# The key of a mart, and a SELECT that makes it.
Select = tuple[str, str]


def families(count: int, score: str = "i / 10") -> Select:
    """A mart of data."""
    columns = f"'chips' as topic, i as family_id, ({score})::double as score"
    return "topic, family_id", f"select {columns} from range({count}) as r(i)"


def publish(releases: Releases, marts: Mapping[str, Select], identity: str = "x") -> Path:
    """Publish a release of these marts."""
    draft = releases.draft()
    connection = connect(Settings(warehouse=releases.folder.parent / "none", threads=1))
    attach(connection, draft / "corepath.duckdb", "build")
    connection.execute("create schema build.meta; create schema build.marts")
    tables, rows = {}, {}
    for name, (key, select) in marts.items():
        path = releases.folder.parent / f"{name}.sql"
        columns = connection.sql(select).columns
        path.write_text(
            f"-- Rows of a test. Key: {key}.\nselect\n"
            + "".join(f"    {column}, -- It is {column}\n" for column in columns)
            + f"from ({select})\n"
        )
        tables[name] = Table("marts", name, path, ())
        rows[name] = build.make(connection, tables[name], "build")
    version = releases.next_version(datetime(2026, 11, 22, tzinfo=UTC))
    about = {
        "topic": releases.folder.name,
        "title": "Chips",
        "version": version,
        "schema_version": SCHEMA_VERSION,
        "published_at": release.now(),
        "identity": identity,
        "rows": json.dumps(rows),
    }
    build.describe_marts(connection, tables, "build")
    release.write_meta(connection, about, [])
    resources = release.write_marts(connection, draft, tables)
    described = package.describe_release(resources, [], about)
    release.write_json(draft / "datapackage.json", described)
    connection.close()
    release.write_sums(draft)
    return releases.publish(draft, identity, rows, version)
