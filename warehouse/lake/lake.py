"""The lake: a folder, or an object store, that holds each table as Parquet under its fingerprint.

``<lake>/<schema>/<table>/<fingerprint>/*.parquet`` never changes once it is there. One file,
``lake.json``, says which of them are the tables; it is replaced in one step, so that who is killed
before leaves the lake as it was. One process at a time writes.
"""

import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
from pyarrow import fs

from corepath.warehouse.database import exclusive
from corepath.warehouse.errors import BadInput, reading
from corepath.warehouse.place import is_uri
from corepath.warehouse.release.store import Store

POINTER = "lake.json"
_DONE = "_rows.json"  # in a table's folder, when it is whole


@dataclass
class State:
    """What the pointer says.

    Attributes
    ----------
    engine
        What made it: no lake holds tables of two.
    tables
        By group ("staging", or a topic's), the fingerprint of each table by schema.name.
    files
        What was loaded: one entry a raw file, see `load.Brought`.
    results
        Of validation.
    files_before
        What was loaded before the files last changed.
    contents
        What builds came to, by their identity: see `build.border.contents`.
    """

    engine: str = ""
    tables: dict[str, dict[str, str]] = field(default_factory=dict)
    files: list[dict[str, Any]] = field(default_factory=list)
    results: list[dict[str, Any]] = field(default_factory=list)
    files_before: list[dict[str, Any]] = field(default_factory=list)
    contents: dict[str, str] = field(default_factory=dict)


class Lake:
    """Tables below a place.

    Parameters
    ----------
    place
        A folder, made if absent, or the URI of an object store.

    Attributes
    ----------
    place, uri
        Where it is: for messages, and for who opens it elsewhere.
    """

    def __init__(self, place: Path | str) -> None:
        if is_uri(place):
            self._store = Store(str(place))
            self.uri = str(place)
            self.place = self._store.place
            self._fs, self._root = self._store.opened()
            # Hadoop, by which Spark reads and writes, calls S3 s3a.
            self._for_spark = self.place.replace("s3://", "s3a://", 1)
        else:
            self._store = None
            self.uri = self.place = self._root = self._for_spark = str(Path(place).absolute())
            self._fs = fs.LocalFileSystem()
            with reading(Path(self.place)):
                Path(self.place).mkdir(parents=True, exist_ok=True)

    def state(self) -> State:
        """Read the pointer.

        Raises
        ------
        BadInput
            It is there, and is none of ours.
        """
        content = self._read(POINTER)
        if content is None:
            return State()
        try:
            return State(**json.loads(content))
        except (ValueError, TypeError) as error:
            raise BadInput(f"{self.place}/{POINTER} is no pointer of a lake: {error}") from error

    def point(self, state: State) -> None:
        """Replace the pointer, in one step."""
        content = json.dumps(vars(state), indent=1).encode()
        if self._store:
            self._store.replace(POINTER, content)
        else:
            aside = f"{POINTER}.{os.getpid()}"
            self._write(aside, content)
            Path(self._root, aside).replace(Path(self._root, POINTER))

    @contextmanager
    def held(self) -> Iterator[None]:
        """Be the only one who writes.

        Raises
        ------
        Busy
            Another run does.
        """
        hold = self._store.claimed(f"{socket.gethostname()}-{os.getpid()}") if self._store else None
        with hold or exclusive(Path(self._root, "lake")):
            yield

    def path(self, key: str, fingerprint: str) -> str:
        """Name the folder of a table, as Spark finds it."""
        return f"{self._for_spark}/{_folder(key, fingerprint)}"

    def rows(self, key: str, fingerprint: str) -> int | None:
        """Tell how many rows a table has; None if it is not there as a whole."""
        done = self._read(f"{_folder(key, fingerprint)}/{_DONE}")
        return None if done is None else json.loads(done)["rows"]

    def finish(self, key: str, fingerprint: str, rows: int) -> None:
        """Note that a table is whole."""
        self._write(f"{_folder(key, fingerprint)}/{_DONE}", json.dumps({"rows": rows}).encode())

    def bring(self, key: str, fingerprint: str, rows: pa.Table | pa.RecordBatchReader) -> None:
        """Write rows as a table."""
        folder = f"{self._root}/{_folder(key, fingerprint)}"
        self._fs.create_dir(folder, recursive=True)
        written = 0
        with pq.ParquetWriter(f"{folder}/part-0.parquet", rows.schema, filesystem=self._fs) as file:
            for batch in rows.to_batches() if isinstance(rows, pa.Table) else rows:
                file.write_batch(batch)
                written += batch.num_rows
        self.finish(key, fingerprint, written)

    def read(self, key: str, fingerprint: str) -> pa.Table:
        """Read a table that fits into memory, through no engine: a store needs no extension.

        Raises
        ------
        BadInput
            It is not there.
        """
        if self.rows(key, fingerprint) is None:
            raise BadInput(f"{self.path(key, fingerprint)} is not there or not whole: stage the lake again")
        return self._dataset(_folder(key, fingerprint)).to_table()

    def scan(self, key: str, fingerprint: str) -> ds.Dataset:
        """Open a table, of which columns are read when they are used."""
        return self._dataset(_folder(key, fingerprint))

    def clean(self, state: State) -> int:
        """Remove every table that the pointer does not name; give how many.

        Only who holds the lake may.
        """
        named = {_folder(k, f) for group in state.tables.values() for k, f in group.items()}
        named |= {_folder(k, f) for file in state.files for k, f in file["tables"].items()}
        found = {
            "/".join(info.path.removeprefix(f"{self._root}/").split("/")[:3])
            for info in self._fs.get_file_info(fs.FileSelector(self._root, recursive=True))
            if info.path.removeprefix(f"{self._root}/").count("/") >= 2
        }
        for folder in sorted(found - named):
            self._fs.delete_dir(f"{self._root}/{folder}")
        return len(found - named)

    def _dataset(self, folder: str) -> ds.Dataset:
        listed = self._fs.get_file_info(fs.FileSelector(f"{self._root}/{folder}", recursive=True))
        names = sorted(info.path for info in listed if info.path.endswith(".parquet"))
        return ds.dataset(names, format="parquet", filesystem=self._fs)

    def _read(self, name: str) -> bytes | None:
        if self._store:
            return self._store.read(name)
        path = Path(self._root, name)
        with reading(path):
            return path.read_bytes() if path.exists() else None

    def _write(self, name: str, content: bytes) -> None:
        if self._store:
            self._store.write(name, content)
            return
        path = Path(self._root, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def _folder(key: str, fingerprint: str) -> str:
    schema, table = key.split(".")
    return f"{schema}/{table}/{fingerprint[:32]}"
