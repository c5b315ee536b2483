"""Validate a mart of millions of rows by its suite: `python -m benchmarks.validation ...`.

`DATABASE TELLS --memory 4GB --threads 2` validates `fct_patent`, the mart with the longest suite, as a
refresh does, in a process of its own that imports Great Expectations first. It writes to TELLS, in
seconds, how long that took, and how many rows and expectations there were.
"""

import argparse
import json
from pathlib import Path
from time import perf_counter

import duckdb

from corepath.warehouse.build.graph import discover, head_of
from corepath.warehouse.database import literal
from corepath.warehouse.settings import Settings
from corepath.warehouse.sources import available
from corepath.warehouse.validate.suites import Suite, derived, known
from corepath.warehouse.validate.validator import Job, Validator

MART = "fct_patent"


def multiply(release: Path, database: Path, rows: int) -> None:
    """Write fct_patent of a release many times over, so that it has so many rows.

    Every copy is a family of its own, and takes the place behind the one it is a copy of: ranks and
    places stay as dense as they were.

    Parameters
    ----------
    release
        The DuckDB file of a release.
    database
        The file to write.
    rows
        How many rows to make.
    """
    with duckdb.connect(str(database)) as con:
        con.execute(
            f"attach {literal(release)} as published (read_only); create schema marts; "
            "set preserve_insertion_order = false"
        )
        con.execute(
            f"create table marts.{MART} as select * exclude (copy, copies) replace ("
            "family_id || '-' || copy as family_id, "
            "(position - 1) * copies + copy as position, (rank - 1) * copies + 1 as rank) "
            f"from published.marts.{MART}, "
            "(select unnest(range(1, copies + 1)) as copy, copies "
            f"from (select ceil($rows / count(*))::bigint as copies from published.marts.{MART})) "
            "where (position - 1) * copies + copy <= $rows",
            {"rows": rows},
        )


def validate(database: Path, memory: float, threads: int) -> dict[str, float]:
    """Validate the mart.

    Returns
    -------
    dict of str to float
        `seconds`, `rows` and `expectations`.

    Raises
    ------
    SystemExit
        An expectation failed that is critical, or could not be evaluated.
    """
    head = head_of(discover(available())[f"marts.{MART}"])
    suite = Suite("marts", MART, derived("marts", head.key, head.filled) + known(MART))
    started = perf_counter()
    with Validator(memory, threads) as validator:
        results = validator.validate([Job(str(database), [suite])])
    seconds = perf_counter() - started
    if rejecting := [result for result in results if result.rejects]:
        raise SystemExit(f"the mart is not as it should be: {rejecting}")
    with duckdb.connect(str(database), read_only=True) as con:
        ((rows,),) = con.sql(f"select count(*) from marts.{MART}").fetchall()
    return {"seconds": seconds, "rows": rows, "expectations": len(results)}


def main() -> None:
    """Validate, and write down the seconds."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.validation", description=__doc__)
    parser.add_argument("database", type=Path)
    parser.add_argument("tells", type=Path)
    parser.add_argument("--memory", default="4GB")
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    told = validate(options.database, Settings(memory=options.memory).memory_bytes, options.threads)
    options.tells.write_text(json.dumps(told))


if __name__ == "__main__":
    main()
