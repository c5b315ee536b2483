"""Everything that touches DuckDB or disk: load, build, validate, release. It knows no Prefect."""
