"""What a source tells in a canonical column reaches staging under the same name."""

import pytest

from tests.worlds import TABLES, world

CANONICAL = [key.split(".")[1] for key in TABLES if key.startswith("sources.")]
# staging.stg_family makes families, and has the name; a source's own is another thing.
RENAMED = {"family_id": "source_family_id"}


@pytest.mark.parametrize("table", CANONICAL)
def test_staging_has_every_canonical_column(table):
    built = world({}, f"sources.{table}", f"staging.{table}")
    canonical = set(built.sql(f"from sources.{table}").columns) - {"source", "source_rank"}
    staged = set(built.sql(f"from staging.{table}").columns)
    assert {RENAMED.get(column, column) for column in canonical} <= staged
