"""A topic's selection over many documents: `python -m benchmarks.selection WAREHOUSE DOCUMENTS`.

WAREHOUSE is one that a refresh of a generated world has kept. Its documents, classes and families
are copied under other numbers until there are DOCUMENTS. Then the steps that select make their
tables, from texts and classes to families: with the wall and CPU seconds of each, and the most
memory that the process has had so far, copying included.
"""

import argparse
import resource
import tempfile
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import duckdb

from benchmarks.run import say
from warehouse import topic as topics
from warehouse.build import make, read_reference, write_topic
from warehouse.graph import discover

# What selection reads, and what names a document or a family there.
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
        ((known,),) = con.sql("select count(*) from one.staging.stg_document").fetchall()
        for table, keys in TABLES.items():
            renamed = ", ".join(f"{key} || '~' || copy as {key}" for key in keys)
            con.execute(
                f"create table warehouse.staging.{table} as select * exclude (copy) "
                f"replace ({renamed}) from one.staging.{table} "
                f"cross join range({-(-documents // known)}) as c (copy)"
            )


def select(warehouse: Path, topic: str, settings: dict[str, Any]) -> None:
    """Make the tables of a topic's selection, and tell what each took."""
    with duckdb.connect(config=settings) as con:
        con.execute(f"attach '{warehouse}' as warehouse (read_only)")
        read_reference(con)
        write_topic(con, topics.read(topic), None)
        con.execute("create schema intermediate")
        con.execute("set search_path = 'memory.main,warehouse.staging'")
        started, used = perf_counter(), process_time()
        rows = 0
        for table in discover(["google_patents"]).values():
            if table.name.startswith("int_topic_") or table.name == "int_family":
                before = perf_counter(), process_time()
                rows = make(con, table, "memory")
                _tell(table.name, rows, *before)
        _tell("all", rows, started, used)


def _tell(name: str, rows: int, started: float, used: float) -> None:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9
    seconds = f"{perf_counter() - started:8.2f} s, CPU {process_time() - used:8.2f} s"
    say(f"{name:<28}{rows:>12,} rows {seconds}, {peak:.2f} GB")


def main(arguments: list[str] | None = None) -> None:
    """Multiply a warehouse, and select from it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("warehouse", type=Path)
    parser.add_argument("documents", type=int)
    parser.add_argument("--topic", default="ai_chips")
    parser.add_argument("--memory", default="4GB")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(dir=options.warehouse.parent) as folder:
        settings = {
            "memory_limit": options.memory,
            "threads": options.threads,
            "temp_directory": f"{folder}/spilled",
        }
        many = Path(folder) / "many.duckdb"
        multiply(options.warehouse, options.documents, many, settings)
        select(many, options.topic, settings)


if __name__ == "__main__":
    main()
