"""Many documents made of few, to measure how a topic selects from them."""

import duckdb

from benchmarks.selection import TABLES, multiply


def test_documents_are_copied_under_numbers_of_their_own_until_there_are_enough(tmp_path):
    few, many = tmp_path / "few.duckdb", tmp_path / "many.duckdb"
    with duckdb.connect(str(few)) as con:
        con.execute("create schema staging")
        for table, keys in TABLES.items():
            named = ", ".join(f"'d' || i as {key}" for key in keys)
            if "family_id" in keys:
                named += ", i::integer as family"
            con.execute(f"create table staging.{table} as select {named}, i from range(3) t(i)")
    multiply(few, 7, many, {"threads": 1})
    with duckdb.connect(str(many), read_only=True) as con:
        for table, (key, *_) in TABLES.items():
            counted = f"select count(*), count(distinct {key}), sum(i) from staging.{table}"
            assert con.sql(counted).fetchall() == [(9, 9, 9)]
        for table in ("stg_family", "stg_invention"):
            counted = f"select min(family), max(family), count(distinct family) from staging.{table}"
            assert con.sql(counted).fetchall() == [(0, 8, 9)]
        together = "select count(*) from staging.stg_document inner join staging.stg_family using "
        assert con.sql(together + "(publication_number)").fetchall() == [(9,)]
