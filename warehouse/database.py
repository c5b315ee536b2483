"""DuckDB as corepath opens it, and the lock that keeps writers apart."""

import errno
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from math import inf
from pathlib import Path

import duckdb

from corepath.warehouse.errors import BadInput, Busy, Unavailable, UsageError, system_error
from corepath.warehouse.settings import ROOT, Settings

# The oldest DuckDB whose files every client from 1.2 on can open: BI tools lag behind.
STORAGE_VERSION = "v1.2.0"
# The warehouse, which only corepath opens, has the oldest that compresses text in one way, where
# those before try several: loading takes a fifth less. What is newer saves no more.
WAREHOUSE_STORAGE_VERSION = "v1.3.0"

# What the tables and columns of marts are; a change that breaks readers raises the first number.
SCHEMA_VERSION = "2.0.0"

# Extensions are code from elsewhere: none is fetched, none is loaded, by any connection.
NO_EXTENSIONS: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "allow_community_extensions": False,
    "allow_unsigned_extensions": False,
    "allow_persistent_secrets": False,
    "custom_extension_repository": "none",
    "extension_directories": [os.devnull],
}

# A connection that reads one file, which it opens: no other, and no setting is changed.
SEALED = NO_EXTENSIONS | {"enable_external_access": False, "lock_configuration": True}

# What a run changes in its connection: how much memory it holds, and where tables are looked up.
_CHANGED = ("memory_limit", "search_path")

# Below it a run cannot even make its first tables.
LEAST_MEMORY = 250e6

# Variables of a connection, in bytes: its limit of memory, which DuckDB itself tells rounded down, and
# how much of that it gives up for a while.
MEMORY, GIVEN_UP = "memory", "given_up"


# DuckDB's part of the memory that a run may hold. The rest is for what DuckDB does not count: its
# own small things, Python and its libraries, and the process that waits to validate.
DUCKDB_SHARE = 0.85


def connect(settings: Settings, folders: Iterable[Path] | None = None) -> duckdb.DuckDBPyConnection:
    """Open an in-memory DuckDB inside the settings' limits, to which files are attached.

    Parameters
    ----------
    settings
        Memory, of which DuckDB takes DUCKDB_SHARE, and threads; spilled data goes beside the
        warehouse.
    folders
        What it may read and write; by default all files, as a run needs that follows the links of a
        dump wherever they lead.

    Returns
    -------
    duckdb.DuckDBPyConnection
        A connection that installs no extension, and whose configuration is locked but for its
        memory and search path.
    """
    limit = int(DUCKDB_SHARE * settings.memory_bytes)
    connection = duckdb.connect(
        config=NO_EXTENSIONS
        | {
            "memory_limit": f"{limit}B",
            "threads": settings.threads,
            "temp_directory": f"{settings.warehouse}.tmp",
            # A load commits once a file: merging the log into the database each time is dear.
            "wal_autocheckpoint": "1GB",
        }
    )
    connection.execute(f"set variable {MEMORY} = {limit}")
    if folders is not None:
        # DuckDB follows links before it compares.
        reached = sorted({str(path) for folder in folders for path in (folder.absolute(), folder.resolve())})
        connection.execute(f"set allowed_directories = [{', '.join(map(literal, reached))}]")
        connection.execute("set enable_external_access = false")
    connection.execute(f"set allowed_configs = [{', '.join(map(literal, _CHANGED))}]")
    connection.execute("set lock_configuration = true")
    return connection


def reach(settings: Settings) -> list[Path]:
    """Name the folders that a command needs which loads nothing: corepath's own and the settings'."""
    folders = [ROOT, settings.warehouse.parent, Path(tempfile.gettempdir())]
    if isinstance(settings.releases, Path):
        folders.append(settings.releases)
    return folders


def clear_spilled(warehouse: Path) -> None:
    """Remove what DuckDB and the parts of tables spilled beside a file; what else lies there stays."""
    folder = Path(f"{warehouse}.tmp")
    for path in [*folder.glob("duckdb_temp_*"), *folder.glob("corepath-*")]:
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
    with suppress(OSError):  # it is not there, or holds something else
        folder.rmdir()


# What DuckDB keeps of its limit, whatever else holds memory.
KEPT_SHARE = 0.25


def memory_limit(connection: duckdb.DuckDBPyConnection) -> float:
    """Tell how many bytes a connection may hold: infinitely many, if it is not of `connect`."""
    limit, rounded = connection.execute(
        f"select getvariable('{MEMORY}'), current_setting('memory_limit')"
    ).fetchall()[0]
    number, unit = rounded.split()
    held = float(number) * 1024 ** ("bytes", "KiB", "MiB", "GiB", "TiB").index(unit)
    return inf if limit is None else held


@contextmanager
def giving_up(connection: duckdb.DuckDBPyConnection, memory: float) -> Iterator[None]:
    """Let DuckDB hold so much less while something beside it holds that, but KEPT_SHARE at least.

    What several give up adds up. Setting a limit also gives back to the system what DuckDB has freed.

    Parameters
    ----------
    connection
        Of `connect`; one that nobody limited stays so.
    memory
        How much less, bytes.
    """
    if memory_limit(connection) == inf:
        yield
        return
    _give_up(connection, memory)
    try:
        yield
    finally:
        _give_up(connection, -memory)


def _give_up(connection: duckdb.DuckDBPyConnection, memory: float) -> None:
    """Give up so much more than before, or less."""
    ((whole, before),) = connection.sql(
        f"select getvariable('{MEMORY}'), coalesce(getvariable('{GIVEN_UP}'), 0)"
    ).fetchall()
    given_up = before + memory
    connection.execute(f"set variable {GIVEN_UP} = {given_up:.0f}")
    # What is in use just now stays where it is.
    with suppress(duckdb.OutOfMemoryException):
        connection.execute(f"set memory_limit = '{max(whole - given_up, whole * KEPT_SHARE):.0f}B'")


@contextmanager
def reading(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a DuckDB inside the settings' limits that reads releases and leaves nothing behind."""
    with tempfile.TemporaryDirectory() as folder:
        aside = settings.model_copy(update={"warehouse": Path(folder) / "reading"})
        connection = connect(aside, reach(settings))
        try:
            yield connection
        finally:
            connection.close()


@contextmanager
def opened(release: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the DuckDB file of a release to read its tables; nothing that lies in it is run.

    Whoever made the file may have put a view or a macro into it that reads other files: the
    connection reaches no other file, loads no extension, and its configuration is locked.

    Parameters
    ----------
    release
        The release's folder.

    Raises
    ------
    BadInput
        The file holds more than tables, cannot be opened, or is of another schema and lacks what is read.
    """
    file = release / "corepath.duckdb"
    # What does not fit into memory would else be written into the release.
    beside = Path(tempfile.gettempdir()) / f"corepath-reading-{os.getpid()}"
    try:
        connection = duckdb.connect(
            str(file), read_only=True, config=SEALED | {"temp_directory": str(beside)}
        )
    except duckdb.Error as error:
        raise BadInput(f"{file} cannot be opened: {error}") from error
    try:
        require_only_tables(connection, file)
        yield connection
    except (duckdb.CatalogException, duckdb.BinderException) as error:
        [(version,)] = connection.sql("select schema_version from meta.release").fetchall()
        if version == SCHEMA_VERSION:
            raise
        lacks = str(error).partition("\n")[0].partition("Error: ")[2]
        raise BadInput(
            f"{release} has schema {version} and lacks something that this corepath (schema "
            f"{SCHEMA_VERSION}) shows ({lacks}): read its tables with `corepath sql`, or take the corepath "
            "that made it"
        ) from error
    finally:
        connection.close()


def require_only_tables(
    connection: duckdb.DuckDBPyConnection, file: Path, catalog: str | None = None
) -> None:
    """Reject a file that holds views or macros: corepath publishes tables alone.

    Parameters
    ----------
    connection
        Where the file is open.
    file
        Its path, for the message.
    catalog
        What it is attached as; by default what the connection opened.

    Raises
    ------
    BadInput
        It holds others; the message names them.
    """
    # The system's own tables of contents are named in full: a file could hold others of their names.
    planted = connection.execute(
        """
        with made as (
            select database_name, view_name as name from system.main.duckdb_views() where not internal
            union all
            select database_name, function_name from system.main.duckdb_functions() where not internal
        )
        select string_agg(distinct name, ', ' order by name) from made
        where database_name = coalesce($catalog, current_database())
        """,
        {"catalog": catalog},
    ).fetchall()[0][0]
    if planted:
        raise BadInput(
            f"{file} holds more than tables ({planted}): it is no release of corepath, or was changed"
        )


def attach(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    name: str,
    storage_version: str = STORAGE_VERSION,
    read_only: bool = False,
) -> None:
    """Attach a file, made if absent, for reading and writing.

    Parameters
    ----------
    connection
        Where to attach it.
    path
        The file.
    name
        The catalog it becomes.
    storage_version
        The oldest DuckDB that can open it; a file of an older one is carried on in this one.
    read_only
        Leave the file as it is: one that is absent is not made, and taken for empty.

    Raises
    ------
    Busy
        Another program has the file open, if only to read it.
    BadInput
        The file is no database, is damaged, or is of another DuckDB.
    Unavailable
        It cannot be read or written, or its file system has no locks.
    """
    try:
        if not read_only:
            options = f"storage_version {literal(storage_version)}"
            connection.execute(f"attach {literal(path)} as {name} ({options})")
        elif path.exists():
            connection.execute(f"attach {literal(path)} as {name} (read_only)")
        else:
            connection.execute(f"attach ':memory:' as {name}")
    except duckdb.Error as error:
        said = str(error).splitlines()[0]
        if "Conflicting lock" in said:
            raise Busy(
                f"another program has {path} open: close it there, and read releases instead, which "
                f"nobody locks ({said})"
            ) from None
        if "Could not set lock" in said:
            raise Unavailable(f"{path}: {NO_LOCKS} ({said})") from None
        if system_error(error):
            raise
        what = next((what for sign, what in _NO_DATABASE.items() if sign in said), "cannot be opened")
        raise BadInput(
            f"{path}: {what} ({said}); give another file, or remove this one and what is loaded is read again"
        ) from None


@contextmanager
def explained(settings: Settings) -> Iterator[None]:
    """Say what DuckDB ran out of, or what is wrong with its file, in place of its own error.

    Parameters
    ----------
    settings
        Memory, and the warehouse.

    Raises
    ------
    UsageError
        The memory is too small.
    BadInput
        The warehouse is damaged.
    Unavailable
        The disk of the warehouse is full or lost.
    """
    try:
        yield
    except (duckdb.OutOfMemoryException, MemoryError) as error:
        said = (str(error) or "no memory is left").splitlines()[0]
        if "max_temp_directory_size" in str(error):
            raise Unavailable(
                f"{settings.warehouse}.tmp: the disk has no room for what does not fit into memory: make "
                f"room, give more than --memory {settings.memory}, or another --warehouse ({said})"
            ) from error
        raise UsageError(
            f"--memory {settings.memory} is too small for these files: give more ({said})"
        ) from error
    except duckdb.Error as error:
        said = str(error).splitlines()[0]
        if any(sign in said.lower() for sign in _DAMAGE):
            raise BadInput(
                f"{settings.warehouse}: is damaged ({said}); remove it, and what is loaded is read again"
            ) from error
        if remedy := system_error(error):
            remedy = remedy.replace("--releases", "--warehouse")
            raise Unavailable(f"{settings.warehouse}: {remedy} ({said})") from error
        raise
    except OSError as error:
        if str(settings.warehouse) not in str(error) or not (remedy := system_error(error)):
            raise
        raise Unavailable(f"{settings.warehouse}: {remedy} ({error})") from error


_DAMAGE = ("corrupt", "checksum", "deserialize", "could not read enough bytes", "been invalidated")
# What DuckDB says of a file that it cannot attach, and what that is.
_NO_DATABASE = {
    "not a valid DuckDB database": "is no DuckDB database",
    "version number": "is a database of another DuckDB",
    "storage version": "is a database of another DuckDB",
    "WAL": "is damaged, or its log is",
    "Corrupt": "is damaged",
    "checksum": "is damaged",
    "read enough bytes": "is cut short",
}
NO_LOCKS = "its file system has no locks, which keep writers apart: put it on another disk"


def file_pattern(path: Path) -> str:
    """Write a path so that DuckDB's readers, which take patterns, find that file and no other.

    Examples
    --------
    >>> file_pattern(Path("/data/part[1]*.parquet"))
    '/data/part[[]1][*].parquet'
    """
    # Absolute, for a name that begins with ~ is one too.
    return "".join(f"[{sign}]" if sign in "*?[" else sign for sign in str(path.absolute()))


def literal(value: object) -> str:
    """Quote a value for statements that take no parameters (ATTACH, COPY TO, COMMENT).

    Examples
    --------
    >>> literal("it's")
    "'it''s'"
    """
    return "'" + str(value).replace("'", "''") + "'"


def identifier(name: str) -> str:
    """Quote a name for SQL.

    Examples
    --------
    >>> identifier('a"b')
    '"a""b"'
    """
    return '"' + name.replace('"', '""') + '"'


def find_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Let `schema.table` find tables in every attached file, as the SQL files name them."""
    schemas = connection.sql(
        "select distinct database_name, schema_name from duckdb_schemas() "
        "where not internal or schema_name = 'main'"
    ).fetchall()
    path = ",".join(
        f"{identifier(catalog)}.{identifier(schema)}"
        for catalog, schema in sorted(schemas)
        if catalog in ("memory", "warehouse", "build")
    )
    connection.execute(f"set search_path = {literal(path)}")


@contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Hold a file's lock, so that one process at a time writes it.

    Parameters
    ----------
    path
        The file to guard; the lock lives beside it and dies with its process.

    Raises
    ------
    Busy
        Another process holds it; the message names that process.
    Unavailable
        Its folder cannot be written, or the file system has no locks.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        Path(f"{path}.lock").touch()
    except OSError as error:
        raise Unavailable(
            f"{path}: its folder cannot be written ({error}): allow it, or name another place"
        ) from error
    with open(f"{path}.lock", "a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno not in (errno.EWOULDBLOCK, errno.EACCES):
                raise Unavailable(f"{path}: {NO_LOCKS} ({error})") from error
            lock.seek(0)
            holder = lock.read().strip() or "unknown"
            raise Busy(
                f"{path} is held by another run (process {holder}); wait for it, or give this run "
                "another --warehouse"
            ) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield
