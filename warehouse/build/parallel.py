"""Tables of Python made beside DuckDB's process, each as soon as what it is made from is there."""

import importlib
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Condition
from time import perf_counter
from typing import Self

import duckdb
import polars as pl
import pyarrow as pa

from corepath.warehouse.build.graph import Table
from corepath.warehouse.database import KEPT_SHARE, giving_up, memory_limit
from corepath.warehouse.helper import Helper

# How the parts of a table are made: a name, work that can be sent to other processes, and how many
# may run at once, lest they hold too much.
RunParts = Callable[[str, Sequence[Callable[[], pl.DataFrame]], int], list[pl.DataFrame]]

# What functions hold for a row of the longest table that they read, at most; measured.
BYTES_A_ROW = 1000


def one_by_one(name: str, works: Sequence[Callable[[], pl.DataFrame]], at_once: int) -> list[pl.DataFrame]:
    """Make parts one after the other, here."""
    del name, at_once
    return [work() for work in works]


def in_threads(
    threads: int, name: str, works: Sequence[Callable[[], pl.DataFrame]], at_once: int
) -> list[pl.DataFrame]:
    """Make parts in so many threads; of what chance decides nothing depends on how many."""
    del name
    with ThreadPoolExecutor(max(1, min(threads, at_once))) as pool:
        return list(pool.map(lambda work: work(), works))


@dataclass(frozen=True)
class Work:
    """A table's function, or a part of what it makes, over files: any process that sees them can do it."""

    table: str
    files: Mapping[str, Path]
    part: int | None = None

    def __call__(self) -> pl.DataFrame:
        """Make the table, or the part."""
        function = getattr(importlib.import_module(f"corepath.transforms.{self.table}"), self.table)
        # Of a file the columns that are used are read.
        frames = {name: pl.scan_ipc(file, glob=False) for name, file in self.files.items()}
        parts = [] if self.part is None else [self.part]
        return function(*parts, **frames).lazy().collect()


@dataclass(frozen=True)
class Made:
    """Rows of a table that were made elsewhere, and the seconds that this took."""

    rows: pl.DataFrame
    seconds: float


def write_files(connection: duckdb.DuckDBPyConnection, names: Iterable[str], folder: Path) -> dict[str, Path]:
    """Write tables as files of Arrow, but for those that are there already.

    Parameters
    ----------
    connection
        Where they are found.
    names
        Their names with the schema.
    folder
        Where to write.

    Returns
    -------
    dict of str to Path
        The file of each, by its name without the schema.
    """
    files = {name.split(".")[1]: folder / f"{name}.arrow" for name in names}
    for name, file in zip(names, files.values(), strict=True):
        if not file.exists():
            rows = connection.sql(f"from {name}").to_arrow_reader()
            with pa.OSFile(str(file), "wb") as target, pa.ipc.new_file(target, rows.schema) as writer:
                for batch in rows:
                    writer.write_batch(batch)
    return files


@contextmanager
def spilling(connection: duckdb.DuckDBPyConnection) -> Iterator[Path]:
    """Give a folder beside what DuckDB spills, for files that other processes read."""
    ((beside,),) = connection.sql("select current_setting('temp_directory')").fetchall()
    spilled = Path(beside).absolute()  # processes may work in other folders
    spilled.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="corepath-", dir=spilled) as folder:
        yield Path(folder)


def bytes_to_hold(connection: duckdb.DuckDBPyConnection, names: Iterable[str]) -> float:
    """Estimate the bytes that a function holds which reads tables; of a view none are known."""
    # Their sizes in `duckdb_tables()` take longer than counting.
    found = connection.sql("select schema_name || '.' || view_name from duckdb_views() where not internal")
    views = {name for (name,) in found.fetchall()}
    counts = [
        connection.sql(f"select count(*) from {name}").fetchall()[0][0] for name in names if name not in views
    ]
    return max(counts, default=0) * BYTES_A_ROW


class Helpers:
    """Processes that do work: some beside this one, and this one, each one work at a time.

    Parameters
    ----------
    beside
        How many beside this one.
    modules
        What they import first.
    """

    def __init__(self, beside: int, modules: Iterable[str] = ()) -> None:
        self._beside = beside
        self._modules = tuple(modules)
        self._changed = Condition()

    def __enter__(self) -> Self:
        self._running = ExitStack()
        self._threads = ThreadPoolExecutor(max(self._beside, 1))
        self._running.callback(self._threads.shutdown)  # once the processes ended, no work waits
        others = [self._running.enter_context(Helper(*self._modules)) for _ in range(self._beside)]
        self._free: list[Helper | None] = [None, *others]  # None is this one
        self._begun: list[Future[Made]] = []
        return self

    def __exit__(self, *_: object) -> None:
        self._running.close()

    def has_free(self) -> bool:
        """Tell whether one more work would begin at once in a process of its own."""
        if sum(not begun.done() for begun in self._begun) >= self._beside:
            return False
        with self._changed:
            return any(helper.is_ready() for helper in self._free if helper)

    def do(self, work: Callable[[], pl.DataFrame]) -> pl.DataFrame:
        """Have work done as soon as a process is free, here if no other is, and wait for it."""
        with self._helper() as helper:
            return helper.do(work) if helper else work()

    def begin(self, work: Callable[[], pl.DataFrame]) -> Future[Made]:
        """Have work done while this process does something else."""

        def done() -> Made:
            began = perf_counter()
            return Made(self.do(work), perf_counter() - began)

        self._begun.append(self._threads.submit(done))
        return self._begun[-1]

    def sharing(self, run_parts: RunParts) -> RunParts:
        """Let parts be made in these processes, too, however they are run."""

        def run(name: str, works: Sequence[Callable[[], pl.DataFrame]], at_once: int) -> list[pl.DataFrame]:
            return run_parts(name, [partial(self.do, work) for work in works], at_once)

        return run if self._beside else run_parts

    @contextmanager
    def _helper(self) -> Iterator[Helper | None]:
        """Take a process that nobody else has meanwhile, or this one: None."""
        with self._changed:
            self._changed.wait_for(lambda: self._free)
            # This one comes last, for it has DuckDB, too; and first those that need not import any more.
            self._free.sort(key=lambda helper: (helper is not None, helper is not None and helper.is_ready()))
            helper = self._free.pop()
        try:
            yield helper
        finally:
            with self._changed:
                self._free.append(helper)
                self._changed.notify()


def in_turn(
    connection: duckdb.DuckDBPyConnection, tables: Iterable[Table], helpers: Helpers
) -> Generator[tuple[Table, Future[Made] | None]]:
    """Give tables one after the other, parents first, and begin those of Python in other processes.

    Parameters
    ----------
    connection
        Where what they are made from is found. Whoever asks for the next table has made the one
        before.
    tables
        In the order of the graph.
    helpers
        Who makes them meanwhile.

    Yields
    ------
    tuple of Table and Future or None
        A table to make, or to take from where it is being made.
    """
    left = {table.key: table for table in tables}
    begun: dict[str, Future[Made]] = {}
    to_share = memory_limit(connection) * (1 - KEPT_SHARE)
    with ExitStack() as stack:
        folder = stack.enter_context(spilling(connection))
        held = {key: stack.enter_context(ExitStack()) for key in left}
        while left:
            ready = [table for table in left.values() if left.keys().isdisjoint(table.parents)]
            for table in ready:
                is_whole_function = table.path.suffix == ".py" and not table.is_in_parts
                if not is_whole_function or table.key in begun or not helpers.has_free():
                    continue
                memory = bytes_to_hold(connection, table.parents)
                if memory <= to_share:
                    work = Work(table.name, write_files(connection, table.parents, folder))
                    held[table.key].enter_context(giving_up(connection, memory))
                    begun[table.key] = helpers.begin(work)
            table = _next(ready, begun)
            yield table, begun.get(table.key)
            held[table.key].close()
            del left[table.key]


def _next(ready: Sequence[Table], begun: Mapping[str, Future[Made]]) -> Table:
    """Choose what to take or make next.

    First what is done, for others wait for it; then what only DuckDB makes. What is made in parts gets all
    processes and all memory: it comes when nothing else is being made.
    """
    here = [table for table in ready if table.key not in begun]
    done = [table for table in ready if table.key in begun and begun[table.key].done()]
    of_duckdb = [table for table in here if table.path.suffix == ".sql"]
    whole = [table for table in here if not table.is_in_parts]
    is_alone = all(future.done() for future in begun.values())
    if chosen := done or of_duckdb or whole or (here if is_alone else []):
        return chosen[0]
    wait([begun[table.key] for table in ready if table.key in begun], return_when=FIRST_COMPLETED)
    return _next(ready, begun)
