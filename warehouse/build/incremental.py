"""Bring tables of the warehouse up to date by the keys that changed files touch.

The head of a table says by which key its rows depend on rows of its parents (`graph.dependence_of`).
What changed leads to keys; the parents are narrowed to these; the table's SELECT, as it stands, runs
over the narrowed parents, and its rows with these keys are replaced. What became of each table's
rows is stored beside it, in the schemas `removed` and `added`, for the tables that are made of it:
until `settle`, a run that was killed is continued.
"""

import logging
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import duckdb

from corepath.transforms.methods.order import Crowded
from corepath.warehouse.build import builder as build
from corepath.warehouse.build.graph import Dependence, Hop, Table, Way, dependence_of
from corepath.warehouse.database import identifier, literal
from corepath.warehouse.sources import Source

log = logging.getLogger("corepath.build")

# Above this share of a table's keys it is built whole: one pass over all is then as cheap.
MOST_KEYS = 0.2

_CHANGED = (
    "create table if not exists warehouse.raw.changed "
    "(name varchar primary key, before varchar, after varchar)"
)


def stored(name: str, what: str) -> str:
    """Name where the rows are that a table lost (`removed`) or gained (`added`)."""
    return f"warehouse.{what}.{identifier(name.replace('.', '_'))}"


@dataclass
class Changes:
    """What changed since everything was up to date, found table by table, in the order of the graph.

    Attributes
    ----------
    connection
        Where the warehouse is attached.
    tables, sources
        The graph, and the sources it starts from.
    before, now
        Fingerprints of all tables, as they would be of the files at the last `settle`, and as they
        are of the files now; raw tables among them.
    """

    connection: duckdb.DuckDBPyConnection
    tables: Mapping[str, Table]
    sources: Mapping[str, Source]
    before: Mapping[str, str]
    now: Mapping[str, str]
    # Of each table the keys that are touched; None where that is not known.
    _keys: dict[str, str | None] = field(default_factory=dict)
    # Of each table that followed by keys those of which it had rows.
    _had: dict[str, str] = field(default_factory=dict)
    # By which column a parent is narrowed to keys of that content, for more than one table.
    _narrowed: dict[str, str] = field(default_factory=dict)
    _content: str = ""

    def __post_init__(self) -> None:
        self.connection.execute("create schema if not exists warehouse.removed")
        self.connection.execute("create schema if not exists warehouse.added")
        self.connection.execute(_CHANGED)
        self.connection.execute("attach if not exists ':memory:' as narrowed")
        self.connection.execute("create schema if not exists narrowed.keys")

    def materialize(self, table: Table, present: str | None) -> int:
        """Bring a table of the warehouse up to date, by its keys where that is possible, else whole.

        Parameters
        ----------
        table
            The table.
        present
            The fingerprint of what the warehouse holds of it.

        Returns
        -------
        int
            Its rows.
        """
        if present is not None and present == self.before[table.key] and not table.is_view:
            if all(map(self.is_same, self._stored(table))):
                return self._leave(table)
            dependence = dependence_of(table)
            made = self._narrow_made(table, dependence) if dependence else None
            if dependence and made:
                return self._replace(table, dependence.key, made)
        return build.materialize(self.connection, table, self.now[table.key])

    def added(self, name: str) -> str | None:
        """Name the table of the rows that a table gained, if it followed what changed by keys."""
        noted = self.connection.execute(
            "select 1 from warehouse.raw.changed where name = ? and before = ? and after = ?",
            [name, self.before.get(name), self.now[name]],
        ).fetchall()
        return stored(name, "added") if noted else None

    def moved(self, name: str) -> tuple[str, ...] | None:
        """Name the tables of the rows that a table lost and gained; None where they are not known."""
        if self.before.get(name) == self.now[name]:
            return ()
        added = self.added(name)
        return (stored(name, "removed"), added) if added else None

    def forget(self) -> None:
        """Forget what became of rows: all that is made of the sources is up to date."""
        for name in self.tables:
            forget(self.connection, name)

    def close(self) -> None:
        """Let go of what was made on the way."""
        self.connection.execute("detach narrowed")

    # --- Rows --------------------------------------------------------------------------------------

    def is_same(self, name: str) -> bool:
        """Tell whether a table has the rows that it had, whatever files came."""
        if self.before.get(name) == self.now[name]:
            return True
        if self.added(name) is None:
            return False
        rows = " union all ".join(f"select 1 from {stored(name, what)}" for what in ("removed", "added"))
        return not self.connection.sql(f"{rows} limit 1").fetchall()

    def _stored(self, table: Table) -> Iterator[str]:
        """Name what a table is made of, whose rows are stored: what is behind views."""
        for parent in table.parents:
            view = self._view(parent)
            yield from self._stored(view) if view else [parent]

    def _leave(self, table: Table) -> int:
        """Let a table be as it is, and note that it follows the files."""
        with build.transaction(self.connection):
            self._note(table, f"{_here(table)} limit 0", f"{_here(table)} limit 0")
        log.info("%s: nothing that it is made of changed", table.key)
        return self.connection.sql(f"select count(*) from {_here(table)}").fetchall()[0][0]

    def _note(self, table: Table, removed: str, added: str) -> None:
        """Note in a transaction what a table lost and gained, and that it is up to date."""
        forget(self.connection, table.key)
        for what, rows in (("removed", removed), ("added", added)):
            self.connection.execute(f"create table {stored(table.key, what)} as from {rows}")
        self.connection.execute(
            "insert into warehouse.raw.changed values (?, ?, ?)",
            [table.key, self.before[table.key], self.now[table.key]],
        )
        build.note(self.connection, table.key, self.now[table.key])

    def _narrow_made(self, table: Table, dependence: Dependence) -> str | None:
        """Make the rows of a table that changed keys touch; None where the keys are not known, or many."""
        keys = self.keys(table.key, dependence)
        if keys is None:
            return None
        ((touched, there),) = self.connection.sql(
            f"select count(*), (select approx_count_distinct({identifier(dependence.key)}) from {table.key}) "
            f"from {keys}"
        ).fetchall()
        if touched > MOST_KEYS * max(there, self._most_rows(table)):
            log.info("%s: %s keys are touched, it is built whole", table.key, f"{touched:,}")
            return None
        made = f"narrowed.keys.{identifier(f'made {table.key}')}"
        if not touched:
            self.connection.execute(f"create or replace table {made} as from {table.key} limit 0")
            return made
        if dependence.beside:
            self._narrow_beside(table, dependence, keys)
        else:
            for parent in table.parents:
                self._narrow(parent, table, dependence, keys)
        try:
            with self._narrowed_first():
                build.make_beside(self.connection, table, made)
        except Crowded:
            log.info("%s: new numbers find no place, it is built whole", table.key)
            return None
        self.connection.execute(
            f"delete from {made} as rows where not exists (select 1 from {keys} as touched "
            f"where {_same('rows', dependence.key, 'touched', 'key')})"
        )
        return made

    def _most_rows(self, table: Table) -> int:
        """Count the rows of the longest table that a table of few rows may be made of."""
        sizes = dict(
            self.connection.sql(
                "select schema_name || '.' || table_name, estimated_size from duckdb_tables() "
                "where database_name = 'warehouse'"
            ).fetchall()
        )

        def most(name: str) -> int:
            if (table := self._view(name)) is None:
                return sizes.get(name, 0)
            return max(map(most, table.parents), default=0)

        return max(map(most, table.parents), default=0)

    def _view(self, name: str) -> Table | None:
        """Give a table whose rows are made where they are read; None of any other."""
        table = self.tables.get(name)
        return table if table and (table.is_view or table.schema == "sources") else None

    def _replace(self, table: Table, key: str, made: str) -> int:
        """Replace the rows that changed by those that were made; keep both for who reads the table."""
        started = time.perf_counter()
        (here, old) = (_here(table), f"narrowed.keys.{identifier(f'old {table.key}')}")
        column, keys = identifier(key), self._may_have(table)
        self.connection.execute(
            f"create or replace table {old} as select rows.rowid as _place, rows.* from {here} as rows "
            f"semi join ({keys}) as touched on {_same('rows', key, 'touched', 'key')}"
        )
        self._had[table.key] = self._write_keys(f"had {table.key}", [f"select {column} as key from {old}"])
        columns = ", ".join(identifier(c) for c in self.connection.sql(f"from {here} limit 0").columns)
        removed, added = (
            f"narrowed.keys.{identifier(f'{what} {table.key}')}" for what in ("removed", "added")
        )
        for target, one, other in ((removed, old, made), (added, made, old)):
            self.connection.execute(
                f"create or replace table {target} as "
                f"select {columns} from {one} except all select {columns} from {other}"
            )
        with build.transaction(self.connection):
            self._note(table, removed, added)
            # Rows of a key go and come together. Their places are found without a look at what they hold.
            touched = f"(select {column} from {removed} union select {column} from {added}) as touched"
            self.connection.execute(
                f"delete from {here} where rowid in (select rows._place from {old} as rows "
                f"semi join {touched} on {_same('rows', key, 'touched', key)})"
            )
            self.connection.execute(
                f"insert into {here} select {columns} from {made} as rows "
                f"semi join {touched} on {_same('rows', key, 'touched', key)}"
            )
        counts = [
            self.connection.sql(f"select count(*) from {rows}").fetchall()[0][0]
            for rows in (removed, added, here)
        ]
        for rows in (made, old, removed, added):
            self.connection.execute(f"drop table {rows}")
        said = tuple(f"{count:,}" for count in counts)
        log.info(
            "%s: %s rows removed, %s added, %s rows in %.2f s",
            table.key,
            *said,
            time.perf_counter() - started,
        )
        return counts[-1]

    # --- Keys --------------------------------------------------------------------------------------

    def _may_have(self, table: Table) -> str:
        """Select of the keys of a table that are touched those of which it may have rows.

        Where its parents had none of a key, it has none, and need not be searched for them.
        """
        keys = self._keys[table.key]
        sources = self._sources_of(table)
        if not sources or not all(source in self._had for source in sources):
            return f"select key from {keys}"
        for source in sources:
            beyond = f"select key from {keys} except select key from {self._keys[source]}"
            if self.connection.sql(f"{beyond} limit 1").fetchall():  # of which the parent may have rows
                return f"select key from {keys}"
        had = " union all ".join(f"select key from {self._had[source]}" for source in sources)
        return f"select key from {keys} intersect select key from ({had})"

    def _sources_of(self, table: Table) -> set[str] | None:
        """Name the tables without whose rows of a key a table has none; None where others may lead to it."""
        dependence = dependence_of(table)
        if dependence is None or dependence.beside or any(way.hops for way in dependence.ways):
            return None
        found: set[str] = set()
        for way in dependence.ways:
            if way.rows and way.rows != table.key:
                found.add(way.rows)
                continue
            parent = self.tables.get(way.parent)
            its = dependence_of(parent) if parent else None
            if parent is None or its is None or its.key != way.column:
                return None
            behind = self._sources_of(parent) if self._view(parent.key) else {parent.key}
            if behind is None:
                return None
            found |= behind
        return found

    def keys(self, name: str, dependence: Dependence) -> str | None:
        """Find the keys of a table that changes of its parents touch: a table of one column, `key`.

        None where it is not known what changed in a parent.
        """
        if name not in self._keys:
            reached = {way.parent for way in dependence.ways}
            changed = {p for p in self.tables[name].parents if self.before.get(p) != self.now[p]}
            ways = [way for way in dependence.ways if way.parent in changed]
            found = [(self._changed(way, name, dependence.key), way.hops) for way in ways]
            known = [(select, hops) for select, hops in found if select]
            is_known = changed <= reached and len(known) == len(ways)
            self._keys[name] = self._write_keys(name, self._stepped(known)) if is_known else None
        return self._keys[name]

    def _stepped(self, found: Sequence[tuple[str, tuple[Hop, ...]]]) -> list[str]:
        """Select the keys that steps lead to from others, by rows as they were and are.

        Steps that several have last are taken once, from all that these lead to before.
        """
        steps = [select for select, hops in found if not hops]
        for last in dict.fromkeys(hops[-1] for _, hops in found if hops):
            before = self._stepped([(select, hops[:-1]) for select, hops in found if hops[-1:] == (last,)])
            keys = " union all ".join(f"({select})" for select in before)
            given, reached = identifier(last.given), identifier(last.found)
            rows = " union all ".join(
                f"select {given} as given, {reached} as reached from {rows}"
                for rows in self._as_it_was_and_is(last.table)
            )
            steps.append(f"select reached as key from ({rows}) where given in (select key from ({keys}))")
        return steps

    def _write_keys(self, name: str, parts: list[str]) -> str:
        target = f"narrowed.keys.{identifier(name)}"
        union = " union all ".join(f"({part})" for part in parts) or "select null::varchar as key where false"
        self.connection.execute(f"create or replace table {target} as select distinct key from ({union})")
        return target

    def _changed(self, way: Way, child: str, key: str) -> str | None:
        """Select a column of the rows of a parent that went or came; None if they are not known."""
        parent, column = way.parent, identifier(way.column)
        if parent.startswith("raw."):
            if not self._is_journalled(parent):
                return None
            rows = self._raw_rows(parent)
            if way.column:
                return f"select {column} as key from {rows}"
            return (
                self._by_row(parent, child, key) if way.rows == child else self._of_rows(rows, way.rows, key)
            )
        if view := self._view(parent):
            dependence = dependence_of(view)
            if dependence is None or way.column != dependence.key:
                return None
            keys = self.keys(parent, dependence)
            return f"select key from {keys}" if keys else None
        if self.added(parent) is None:
            return None
        return " union all ".join(
            f"select {column} as key from {stored(parent, what)}" for what in ("removed", "added")
        )

    def _as_it_was_and_is(self, name: str) -> Iterator[str]:
        """Name what holds the rows of a table as it is, and those it lost."""
        yield f"warehouse.{name}"
        if _exists(self.connection, stored(name, "removed")):
            yield stored(name, "removed")

    # --- Raw tables --------------------------------------------------------------------------------

    def _is_journalled(self, raw: str) -> bool:
        source = self._source_of(raw)
        return bool(
            self.connection.execute(
                "select 1 from warehouse.raw.base_file where source = ? limit 1", [source.name]
            ).fetchall()
        )

    def _source_of(self, raw: str) -> Source:
        return next(
            source
            for source in self.sources.values()
            if any(raw == f"raw.{source.name}_{table}" for table in source.tables)
        )

    def _raw_rows(self, raw: str) -> str:
        """Gather the rows of a raw table that files brought or took since the last `settle`."""
        target = f"narrowed.keys.{identifier(f'rows {raw}')}"
        if _exists(self.connection, target):
            return target
        here, source = f"warehouse.raw.{identifier(raw.removeprefix('raw.'))}", self._source_of(raw).name
        # Of a file, or of a member of the archive that it is.
        self.connection.execute(
            f"create table {target} as select rows.* from {here} as rows semi join ("
            f"select _file from (select distinct _file from {here}) as member inner join "
            "(select file from warehouse.raw.source_file anti join warehouse.raw.base_file "
            f"using (source, file, sha256, reader) where source = {literal(source)}) as new "
            "on member._file = new.file or starts_with(member._file, new.file || '!')"
            ") as new on rows._file = new._file"
        )
        gone = stored(raw, "removed")
        if _exists(self.connection, gone):
            self.connection.execute(f"insert into {target} from {gone}")
        return target

    def _of_rows(self, raw_rows: str, name: str, key: str) -> str:
        """Select the keys that a table has of raw rows; it tells itself of those that it lost."""
        return (
            f"select rows.{identifier(key)} as key from warehouse.{_quoted(name)} as rows "
            f"semi join {raw_rows} as raw on rows._file = raw._file and rows._row = raw._row"
        )

    def _by_row(self, raw: str, child: str, key: str) -> str:
        """Select the keys of a table, each row of which comes from a raw row, for raw rows that changed."""
        table = self.tables[child]
        self._put(raw, f"from {self._raw_rows(raw)}")
        target = f"narrowed.keys.{identifier(f'by row {child}')}"
        with self._narrowed_first():
            self.connection.execute(
                f"create or replace table {target} as select {identifier(key)} as key from (\n{table.text}\n)"
            )
        self._drop(raw)
        return f"select key from {target}"

    # --- Narrowed parents --------------------------------------------------------------------------

    def _narrow(self, parent: str, child: Table, dependence: Dependence, keys: str) -> None:
        """Put the rows of a parent that the rows of some keys depend on where the SELECT finds them first.

        A parent that keys lead to in several ways, or by the rows that are to be made, stays whole.
        """
        ways = [way for way in dependence.ways if way.parent == parent]
        hops = [hop for way in ways for hop in way.hops]
        if len(ways) != 1 or len(hops) > 1 or child.key in {hop.table for hop in hops}:
            self._drop(parent)
            return
        (way,) = ways
        if hops:
            (hop,) = hops
            found = (
                f"select {identifier(hop.given)} as key from warehouse.{hop.table} as rows "
                f"where {identifier(hop.found)} in (select key from {keys})"
            )
            self._put(
                parent,
                f"select rows.* from {self._whole(parent)} as rows semi join ({found}) as found "
                f"on rows.{identifier(way.column)} = found.key",
            )
        elif way.column:
            self._narrow_to(parent, way.column, keys)
        else:  # a table has the key of each raw row; itself it lacks those that are new
            new = "" if way.rows != child.key or child.is_view else self._raw_rows(parent)
            self._put(
                parent,
                f"select rows.* from {self._whole(parent)} as rows semi join ("
                f"select row._file, row._row from warehouse.{_quoted(way.rows)} as row "
                f"semi join {keys} as touched on {_same('row', dependence.key, 'touched', 'key')} "
                f"{f'union all select _file, _row from {new}' if new else ''}) as found "
                "on rows._file = found._file and rows._row = found._row",
            )

    def _narrow_beside(self, table: Table, dependence: Dependence, keys: str) -> None:
        """Put the rows of parents with some keys, and with those that have to be seen beside them."""
        own = f"select key from {keys}"
        near = self._write_keys(f"beside {table.key}", [own, *self._stepped([(own, dependence.beside)])])
        for parent in {way.parent for way in dependence.ways}:
            self._narrow_to(parent, dependence.key, near)

    def _narrow_to(self, name: str, column: str, keys: str) -> None:
        """Put the rows of a table with some keys; of a view, the view over its narrowed parents."""
        content = str(self.connection.sql(f"select count(*), bit_xor(hash(key)) from {keys}").fetchall())
        if self._content != content:  # what was narrowed to other keys is of no use, nor what reads it
            for other in list(self._narrowed):
                self._drop(other)
            self._content = content
        if self._narrowed.get(name) == column:
            return
        self._drop(name)
        view = self._view(name)
        dependence = dependence_of(view) if view else None
        if view is None or dependence is None or dependence.key != column:
            self._put(
                name,
                f"select rows.* from {self._whole(name)} as rows semi join {keys} as touched "
                f"on {_same('rows', column, 'touched', 'key')}",
            )
        else:
            for parent in view.parents:
                self._narrow(parent, view, dependence, keys)
            with self._narrowed_first():
                if view.schema == "sources":
                    build.unite_sources(self.connection, view, self.sources, "narrowed")
                else:
                    self.connection.execute(f"create schema if not exists narrowed.{identifier(view.schema)}")
                    self.connection.execute(f"create view narrowed.{_quoted(name)} as\n{view.text}")
        self._narrowed[name] = column

    def _whole(self, name: str) -> str:
        catalog = "memory" if name.startswith("sources.") else "warehouse"
        return f"{catalog}.{_quoted(name)}"

    def _put(self, name: str, select: str) -> None:
        self.connection.execute(f"create schema if not exists narrowed.{identifier(name.split('.')[0])}")
        self.connection.execute(f"create or replace table narrowed.{_quoted(name)} as {select}")

    def _drop(self, name: str) -> None:
        self._narrowed.pop(name, None)
        for kind in ("table", "view"):
            if _exists(self.connection, f"narrowed.{_quoted(name)}", kind):
                self.connection.execute(f"drop {kind} narrowed.{_quoted(name)}")

    @contextmanager
    def _narrowed_first(self) -> Iterator[None]:
        """Let `schema.table` find narrowed tables before those of the warehouse."""
        ((path,),) = self.connection.sql("select current_setting('search_path')").fetchall()
        schemas = self.connection.sql(
            "select database_name, schema_name from duckdb_schemas() "
            "where database_name in ('narrowed', 'memory', 'warehouse') "
            "and (not internal or schema_name = 'main') order by database_name <> 'narrowed', 1, 2"
        ).fetchall()
        first = ",".join(f"{identifier(catalog)}.{identifier(schema)}" for catalog, schema in schemas)
        self.connection.execute(f"set search_path = {literal(first)}")
        try:
            yield
        finally:
            self.connection.execute(f"set search_path = {literal(path)}")


def forget(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    """Forget which rows a table lost and gained."""
    for what in ("removed", "added"):
        connection.execute(f"drop table if exists {stored(name, what)}")
    connection.execute("delete from warehouse.raw.changed where name = ?", [name])


def _here(table: Table) -> str:
    return f"warehouse.{_quoted(table.key)}"


def _exists(connection: duckdb.DuckDBPyConnection, name: str, kind: str = "table") -> bool:
    catalog, schema, table = (part.strip('"') for part in name.split(".", 2))
    return bool(
        connection.execute(
            f"select 1 from duckdb_{kind}s() where database_name = ? and schema_name = ? and {kind}_name = ?",
            [catalog, schema, table],
        ).fetchall()
    )


def _same(one: str, column: str, other: str, key: str) -> str:
    # A key may be unknown: rows without one go together, too.
    return f"{one}.{identifier(column)} is not distinct from {other}.{identifier(key)}"


def _quoted(name: str) -> str:
    return ".".join(identifier(part) for part in name.split("."))
