"""Readers of `latest` while release after release is published: no error, no mixed version."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.releases import Select, publish
from warehouse.release import Releases
from warehouse.settings import ROOT

# Run in a process of its own until its input ends. Each way of reading asks three marts that say in
# every row which release they are of, and how many rows they have in it.
READER = """
import json, sys, threading
from pathlib import Path

way, latest = sys.argv[1], Path(sys.argv[2])
marts = ("fct_patent", "fct_country_year", "fct_core_technology")


def held():  # keeps its connection, as a BI tool with a pool does
    import duckdb
    db = duckdb.connect(str(latest / "corepath.duckdb"), read_only=True)
    return lambda: in_database(db)


def reopened():
    import duckdb
    def read():
        with duckdb.connect(str(latest / "corepath.duckdb"), read_only=True) as db:
            return in_database(db)
    return read


def in_database(db):
    ((version,),) = db.sql("select version from meta.release").fetchall()
    rows = [
        db.sql(f"select release, of, count(*) from marts.{m} group by all").fetchall()
        for m in marts
    ]
    return version, rows


def polars():
    import polars as pl
    def read():
        folder = latest.resolve()  # as docs/readers.md says of several files
        frames = [pl.read_parquet(folder / f"{m}.parquet") for m in marts]
        return folder.name, [f.group_by("release", "of").len().rows() for f in frames]
    return read


def pandas():
    import pandas as pd
    def read():
        folder = latest.resolve()
        frames = [pd.read_parquet(folder / f"{m}.parquet") for m in marts]
        return folder.name, [
            [(*key, len(rows)) for key, rows in f.groupby(["release", "of"])] for f in frames
        ]
    return read


done = threading.Event()
threading.Thread(target=lambda: (sys.stdin.read(), done.set()), daemon=True).start()
read, seen, reads = globals()[way](), [], 0
while not done.is_set():
    version, rows = read()
    assert (latest.parent / version).is_dir(), version
    (number,) = {row[0] for of_mart in rows for row in of_mart}
    for of_mart in rows:
        ((_, of, count),) = of_mart
        assert of == count, (version, of_mart)
    assert version.endswith(f".{number}"), (version, number)
    if reads == 0:
        print("reading", flush=True)
    reads += 1
    if version not in seen:
        seen.append(version)
print(json.dumps({"reads": reads, "seen": seen}))
"""


def mart(number: int, rows: int) -> Select:
    """A mart that says in each row which release it is of, and of how many rows."""
    return (
        "i",
        f"select i, {number}::bigint as release, {rows}::bigint as of from range({rows}) as r(i)",
    )


def publish_numbered(releases: Releases, number: int) -> Path:
    marts = {
        "fct_patent": mart(number, 20_000 + number),
        "fct_country_year": mart(number, 500 + 7 * number),
        "fct_core_technology": mart(number, 40 - number),
    }
    home = publish(releases, marts, identity=str(number))
    assert home.name.endswith(f".{number}")
    return home


@pytest.mark.parametrize(
    ("count", "ways"),
    [
        (3, ["held", "reopened", "polars"]),
        pytest.param(
            20,
            ["held", "held", "held", "reopened", "reopened", "reopened", "polars", "polars",
             "pandas", "pandas"],
            marks=pytest.mark.slow,
        ),
    ],
    ids=["3 releases", "20 releases"],
)  # fmt: skip
def test_readers_meet_no_error_and_no_mixed_version_while_releases_are_published(
    count: int, ways: list[str], tmp_path: Path
) -> None:
    releases = Releases(tmp_path / "releases", "chips")
    publish_numbered(releases, 0)
    readers = [
        subprocess.Popen(
            [sys.executable, "-c", READER, way, releases.folder / "latest"], cwd=ROOT, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )
        for way in ways
    ]  # fmt: skip
    try:
        for reader in readers:
            assert reader.stdout is not None
            assert reader.stdout.readline() == "reading\n", reader.communicate()[1]
        for number in range(1, count + 1):
            publish_numbered(releases, number)
        told = [reader.communicate(timeout=120) for reader in readers]
    finally:
        for reader in readers:
            reader.kill()
    for way, reader, (output, errors) in zip(ways, readers, told, strict=True):
        assert reader.returncode == 0, f"{way}: {errors}"
        answer = json.loads(output)
        assert answer["seen"] == sorted(answer["seen"], key=lambda v: int(v.rsplit(".")[-1]))
        assert answer["reads"] > 1, way
        if way == "held":
            assert len(answer["seen"]) == 1, "a connection stays with what it opened"
        elif count > 3:
            assert len(answer["seen"]) > 2, "what is opened anew is what was published last"
