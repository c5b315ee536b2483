"""Many at once: readers while releases are published, refreshes and operators on one topic."""

import json
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from corepath.warehouse.database import reading
from corepath.warehouse.release.repository import Releases
from corepath.warehouse.release.verify import must_be_whole
from corepath.warehouse.settings import ROOT, Settings
from tests.releases import Select, publish

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
    return ("i", f"select i, {number}::bigint as release, {rows}::bigint as of from range({rows}) as r(i)")


def publish_numbered(releases: Releases, number: int) -> Path:
    marts = {
        "fct_patent": mart(number, 20_000 + number),
        "fct_country_year": mart(number, 500 + 7 * number),
        "fct_core_technology": mart(number, 40 - number),
    }
    home = publish(releases, marts, identity=str(number))
    assert home.name.endswith(f".{number}")
    return home


@pytest.mark.whole
@pytest.mark.parametrize(
    ("count", "ways"),
    [
        (3, ["held", "reopened", "polars"]),
        pytest.param(
            20,
            [
                "held",
                "held",
                "held",
                "reopened",
                "reopened",
                "reopened",
                "polars",
                "polars",
                "pandas",
                "pandas",
            ],
            marks=pytest.mark.slow,
        ),
    ],
    ids=["3 releases", "20 releases"],
)
def test_readers_meet_no_error_and_no_mixed_version_while_releases_are_published(
    count: int, ways: list[str], tmp_path: Path
) -> None:
    releases = Releases(tmp_path / "releases", "chips")
    publish_numbered(releases, 0)
    readers = [
        subprocess.Popen(
            [sys.executable, "-c", READER, way, releases.folder / "latest"],
            cwd=ROOT,
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for way in ways
    ]
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


# Run in a process of its own: operations on releases. Each adds lines, or finds another at it.
OPERATOR = """
import json, random, sys, tempfile
from pathlib import Path
from corepath.warehouse.database import reading
from corepath.warehouse.errors import Busy, UsageError
from corepath.warehouse.release.history import pin, prune, rollback
from corepath.warehouse.release.repository import Releases
from corepath.warehouse.settings import Settings

folder, seed = Path(sys.argv[1]), int(sys.argv[2])
chance, releases = random.Random(seed), Releases(folder, "chips")
lines, busy = 0, 0
print("ready", flush=True)
sys.stdin.readline()
with reading(Settings(threads=1)) as connection:
    for _ in range(40):
        version = chance.choice(list(releases.published()))
        try:
            match chance.choice(["rollback", "pin", "unpin", "prune"]):
                case "rollback":
                    rollback(connection, releases, version, f"operator {seed}")
                    lines += 1
                case "prune":
                    lines += len(prune(releases, chance.randint(3, 6)))
                case way:
                    lines += pin(releases, version, keep=way == "pin")
        except Busy:
            busy += 1
        except UsageError:
            pass  # another pruned it, or it is the latest already
print(json.dumps({"lines": lines, "busy": busy}))
"""


@pytest.mark.whole
def test_of_operators_at_once_each_is_done_or_told_to_wait_and_no_line_is_lost(tmp_path: Path) -> None:
    releases = Releases(tmp_path / "releases", "chips")
    for number in range(8):
        publish(releases, {"fct_patent": mart(number, 3)}, identity=str(number))
    operators = [
        subprocess.Popen(
            [sys.executable, "-c", OPERATOR, str(tmp_path / "releases"), str(seed)],
            cwd=ROOT,
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for seed in range(3)
    ]
    try:
        for operator in operators:
            assert operator.stdout is not None
            assert operator.stdout.readline() == "ready\n", operator.communicate()[1]
        told = [json.loads(output) for output in at_once(operators)]
    finally:
        for operator in operators:
            operator.kill()

    assert sum(each["lines"] for each in told) == len(releases.attempts()) - 8 > 0
    assert sum(each["busy"] for each in told) > 0, "they met"
    left = {path.name for path in releases.folder.iterdir()}
    assert left == {"latest", "versions.json", *releases.published()}
    with reading(Settings(warehouse=tmp_path / "none", threads=1)) as connection:
        for version, published in releases.published().items():
            must_be_whole(connection, releases.path(version), published.sums)
    latest = releases.latest()
    assert latest is not None
    moves = [a.version for a in releases.attempts() if a.status in ("published", "rolled back")]
    assert latest.version == moves[-1]


def at_once(processes: Sequence[subprocess.Popen[str]]) -> list[str]:
    """Let processes that wait for a line go on, and take what they say last."""
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    answers = []
    for process in processes:
        output, errors = process.communicate(timeout=240)
        assert process.returncode == 0, errors
        answers.append(output.splitlines()[-1])
    return answers


# Run in a process of its own: a refresh as the command runs it, without Prefect.
REFRESH = """
import sys
from corepath.warehouse.errors import CorepathError
from corepath.warehouse.refresh import refresh
from corepath.warehouse.settings import Settings

print("ready", flush=True)
sys.stdin.readline()
try:
    print(refresh(Settings.model_validate_json(sys.argv[1])).status)
except CorepathError as error:
    print(error.exit_code, error)
"""


@pytest.mark.slow
def test_of_two_refreshes_at_once_one_publishes_and_the_other_says_who_it_waits_for(
    own_sample: Settings,
) -> None:
    changed = own_sample.model_copy(update={"countries": ["JP", "US"]})
    two = [
        subprocess.Popen(
            [sys.executable, "-c", REFRESH, changed.model_dump_json()],
            cwd=ROOT,
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for _ in range(2)
    ]
    try:
        for process in two:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n", process.communicate()[1]
        busy, published = sorted(at_once(two))
    finally:
        for process in two:
            process.kill()
    assert published == "published"
    assert re.match(r"5 .* is held by another run \(process \d+\)", busy)
    assert len(Releases(own_sample.releases, own_sample.topic).published()) == 2
