"""Load one source as corepath does, or as bare as can be: `python -m benchmarks.loading HOW ...`.

`corepath SOURCE DUMP DATABASE` brings a dump into the raw tables of a new warehouse.
`bare SOURCE DUMP DATABASE` does the least that gives the same columns: for delimited text and
Parquet one `create table as select` a table; for XML one streaming pass with lxml, the fastest of
the well-kept parsers, which cuts the same bytes, parses the same parts and looks at each element's
text.
"""

import gzip
import os
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import duckdb
from lxml import etree

from warehouse.database import attach, connect
from warehouse.load import load
from warehouse.settings import Settings
from warehouse.sources import Source, named

ROOT = Path(__file__).resolve().parents[1]


def by_corepath(source: Source, dump: Path, database: Path, threads: int, memory: str) -> None:
    """Hash, read, check, account for: what a refresh does first."""
    settings = Settings(warehouse=database, threads=threads, memory=memory)
    with connect(settings) as con:
        attach(con, database, "warehouse")
        con.execute("use warehouse")
        load(con, source, dump, processes=threads)
        con.execute("use memory; detach warehouse")


def bare(source: Source, dump: Path, database: Path, threads: int, memory: str) -> None:
    """Read the same columns of the same files, and no more."""
    files = [path for _, path in source.find(dump)]
    if files[0].suffix == ".xml":
        with ProcessPoolExecutor(threads) as pool:
            print(sum(pool.map(count_texts, files)), "texts")
        return
    with duckdb.connect(str(database), config={"threads": threads, "memory_limit": memory}) as con:
        for name, table in source.tables.items():
            own = [str(file) for file in files if source.table_of(file.name) == name]
            if not own:
                continue
            reader = "read_parquet($files)"
            if Path(own[0]).suffix != ".parquet":
                dialect = source.dialect
                with open(own[0], encoding="utf-8") as file:
                    header = file.readline().rstrip("\n").split(dialect.delimiter)
                found = [column.strip(dialect.quote) for column in header]
                kinds = dict.fromkeys(found, "VARCHAR")
                reader = (
                    f"read_csv($files, columns = {kinds}, auto_detect = false, header = true, "
                    f"delim = '{dialect.delimiter}', quote = '{dialect.quote}', "
                    f"escape = '{dialect.quote}', nullstr = '')"
                )
            else:
                found = con.sql(f"from {reader} limit 0", params={"files": own}).columns
            columns = ", ".join(f'"{column}"' for column in table.columns if column in found)
            con.execute(f'create table "{name}" as select {columns} from {reader}', {"files": own})


def count_texts(path: Path) -> int:
    """Parse the bibliographic part and the abstract of every document; count elements with text."""
    count = 0
    parser = etree.XMLParser(encoding="utf-8", resolve_entities=False, no_network=True)
    for content in _documents(path):
        end = content.find(b"</us-bibliographic-data-grant>")
        if end < 0:
            continue
        start = content.find(b"<abstract", end)
        abstract = content[start : content.find(b"</abstract>", start) + 11] if start >= 0 else b""
        kept = content[:end] + b"</us-bibliographic-data-grant>" + abstract + b"</us-patent-grant>"
        count += sum(1 for element in etree.fromstring(kept, parser).iter() if element.text)
    return count


def _documents(path: Path) -> Iterator[bytes]:
    rest = b""
    with open(path, "rb") as file:
        while chunk := file.read(2**20):
            *whole, rest = (rest + chunk).split(b"<?xml ")
            yield from (b"<?xml " + content for content in whole if content)
    yield b"<?xml " + rest


def write_xml(out: Path, megabytes: int, files: int) -> None:
    """Write weekly files of the USPTO as large as wanted, of the shipped sample over and over."""
    sample = b"".join(
        gzip.decompress(path.read_bytes())
        for path in sorted((ROOT / "samples" / "uspto").glob("ipg*.gz"))
    )
    out.mkdir(parents=True)
    for number in range(files):
        with open(out / f"ipg{100101 + number}.xml", "wb") as file:
            while file.tell() < megabytes * 2**20 / files:
                file.write(sample)


if __name__ == "__main__":
    how, source, dump, database = sys.argv[1:5]
    do = {"corepath": by_corepath, "bare": bare}[how]
    do(named(source), Path(dump), Path(database), int(os.environ["BENCHMARK_THREADS"]),
       os.environ["BENCHMARK_MEMORY"])  # fmt: skip
