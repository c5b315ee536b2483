"""SQL on a release: a statement, a script, or a prompt; nothing can be changed and no other file read."""

import csv
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import suppress
from enum import StrEnum
from pathlib import Path

from corepath.flows import output
from corepath.flows.output import say, show_json, show_table
from corepath.warehouse.errors import UsageError
from corepath.warehouse.markdown import table
from corepath.warehouse.release.query import Answer, Reader

ROWS_ON_TERMINAL = 100
_HELP = """A statement ends with ; and may span lines. Tables of marts and meta need no schema.
.tables          list the tables
.columns TABLE   list the columns of a table, with what they mean
.quit            leave, as Ctrl-D does; Ctrl-C leaves a statement"""

_TABLES = """
select table_name as table, estimated_size as rows, split_part(comment, '. ', 1) as "what it holds"
from duckdb_tables() where not internal order by schema_name, table_name
"""
_COLUMNS = """
select column_name as column, data_type as type, comment from duckdb_columns()
where table_name = $table order by column_index
"""


class Format(StrEnum):
    """How rows are written."""

    table = "table"
    csv = "csv"
    json = "json"
    markdown = "markdown"


def run(reader: Reader, text: str, form: Format | None = None) -> None:
    """Run statements and print their rows.

    Parameters
    ----------
    reader
        The release.
    text
        One or several statements.
    form
        How to write rows; by default a table on a terminal and CSV elsewhere.

    Raises
    ------
    UsageError
        DuckDB rejects a statement; what stands before it was run.
    """
    for answer in reader.ask(text):
        _show(answer, form or (Format.table if output.console.is_terminal else Format.csv))


def _show(answer: Answer, form: Format) -> None:
    if form is Format.table and output.console.is_terminal:
        show_table(answer.columns, answer.rows(ROWS_ON_TERMINAL))
        if answer.rows(1):
            say(f"The first {ROWS_ON_TERMINAL} rows; in a pipe, all of them.")
        return
    batches = iter(answer.rows, [])
    if form is Format.csv:
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(answer.columns)
        for rows in batches:
            writer.writerows(rows)
        return
    rows = [row for batch in batches for row in batch]
    if form is Format.json:
        show_json([dict(zip(answer.columns, row, strict=True)) for row in rows])
    elif form is Format.markdown:
        print(table(answer.columns, rows))
    else:
        show_table(answer.columns, rows)


def prompt(reader: Reader, where: str) -> None:
    """Ask for statements and run them until the input ends.

    Parameters
    ----------
    reader
        The release.
    where
        What is read, for the greeting.
    """
    say(f"{where}, read-only. Statements end with ; and .help helps.")
    # A command stops at Ctrl-C; a prompt leaves what is being written or run.
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    _edit_lines(reader)
    for text in _asked():
        try:
            if text.startswith("."):
                _obey(reader, text.rstrip(";").split())
            else:
                run(reader, text)
        except UsageError as error:
            output.errors.print(str(error), style="red", markup=False, highlight=False)
        except (KeyboardInterrupt, RuntimeError):
            say("stopped")


def _asked() -> Iterator[str]:
    """Give each statement that is written: up to a line that ends with a semicolon."""
    lines: list[str] = []
    while True:
        try:
            line = input("      -> " if lines else "corepath> ")
        except KeyboardInterrupt:
            print()
            lines.clear()
            continue
        except EOFError:
            print()
            return
        if not lines and line.strip() in (".quit", ".exit", "quit", "exit"):
            return
        if line.strip() or lines:
            lines.append(line)
        if lines and (line.rstrip().endswith(";") or lines[0].startswith(".")):
            yield "\n".join(lines)
            lines.clear()


def _obey(reader: Reader, words: list[str]) -> None:
    match words:
        case [".tables"]:
            answers = reader.ask(_TABLES)
        case [".columns", name]:
            answers = reader.ask(_COLUMNS, table=name.rpartition(".")[2])
        case _:
            print(_HELP)
            return
    for answer in answers:
        _show(answer, Format.table)


def _edit_lines(reader: Reader) -> None:
    """Let lines be edited, recalled from earlier prompts, and completed with names; where that is there."""
    with suppress(ImportError):
        import atexit
        import readline

        names = reader.names()

        def complete(text: str, state: int) -> str | None:
            found = [name for name in names if name.startswith(text)]
            return found[state] if state < len(found) else None

        readline.set_completer(complete)
        readline.parse_and_bind("tab: complete")
        history = (
            Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "corepath" / "sql_history"
        )
        with suppress(OSError):
            history.parent.mkdir(parents=True, exist_ok=True)
            history.touch(mode=0o600)
            readline.read_history_file(history)
            atexit.register(readline.write_history_file, history)
