"""A topic's selection over many documents: `python -m benchmarks.selection DOCUMENTS TOPIC FILE`.

DOCUMENTS is a database that `multiply` made of a warehouse. The steps that select make their tables
of it, from texts and classes to families, and FILE is told the wall and CPU seconds and the rows of
each.
"""

import argparse
import json
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import duckdb

from corepath.warehouse.build.builder import make
from corepath.warehouse.build.graph import discover
from corepath.warehouse.build.inputs import read_reference, write_topic
from corepath.warehouse.database import connect
from corepath.warehouse.settings import Settings
from corepath.warehouse.topic import files as topics

# What selection reads, and what names a document or a family there; families have a number, too.
TABLES = {
    "stg_document": ["publication_number"],
    "stg_classification": ["publication_number"],
    "stg_family": ["publication_number", "family_id"],
    "stg_invention": ["family_id", "representative_publication", "party_publication"],
}


def multiply(warehouse: Path, documents: int, out: Path, settings: dict[str, Any]) -> None:
    """Copy the staging tables under other numbers until they hold so many documents."""
    with duckdb.connect(config=settings) as con:
        con.execute(f"attach '{warehouse}' as one (read_only); attach '{out}' as warehouse")
        con.execute("create schema warehouse.staging; set preserve_insertion_order = false")
        ((known, families),) = con.sql(
            "select count(*), max(family) + 1 from one.staging.stg_family"
        ).fetchall()
        for table, keys in TABLES.items():
            renamed = ", ".join(f"{key} || '~' || copy as {key}" for key in keys)
            if "family_id" in keys:
                renamed += f", (family + {families} * copy)::integer as family"
            con.execute(
                f"create table warehouse.staging.{table} as select * exclude (copy) "
                f"replace ({renamed}) from one.staging.{table} "
                f"cross join range({-(-documents // known)}) as c (copy)"
            )


def select(documents: Path, topic: str, settings: Settings) -> dict[str, Any]:
    """Make the tables of a topic's selection: how many documents there were; seconds and rows."""
    with connect(settings) as con:
        con.execute(f"attach '{documents}' as warehouse (read_only)")
        read_reference(con)
        write_topic(con, topics.read(topic), None)
        con.execute("create schema intermediate")
        con.execute("set search_path = 'memory.main,warehouse.staging'")
        ((known,),) = con.sql("select count(*) from staging.stg_document").fetchall()
        steps, rows = {}, {}
        for table in discover(["google_patents"]).values():
            if table.name.startswith("int_topic_") or table.name == "int_family":
                started, used = perf_counter(), process_time()
                rows[table.name] = make(con, table, "memory")
                steps[table.name] = [perf_counter() - started, process_time() - used]
    return {"documents": known, "steps": steps, "rows": rows}


def main(arguments: list[str] | None = None) -> None:
    """Select, and write down the seconds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("documents", type=Path)
    parser.add_argument("topic")
    parser.add_argument("file", type=Path)
    parser.add_argument("--memory", default="4GB")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args(arguments)
    settings = Settings(
        memory=options.memory, threads=options.threads, warehouse=options.file.with_suffix(".duckdb")
    )
    told = select(options.documents, options.topic, settings)
    options.file.write_text(json.dumps(told, indent=1))


if __name__ == "__main__":
    main()
