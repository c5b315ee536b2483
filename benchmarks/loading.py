"""Load one source as corepath does, or as bare as can be: `python -m benchmarks.loading HOW ...`.

`corepath SOURCE DUMP DATABASE` brings a dump into the raw tables of a new warehouse.
`bare SOURCE DUMP DATABASE` does the least that gives the same columns: for delimited text and
Parquet one `create table as select` a table; for XML one streaming pass with lxml, which parses
every document and looks at the text of the elements that corepath's parser reads. Of the well-kept
parsers lxml is the fastest that looks at elements: expat as the standard library has it parses
faster, but calls Python for every element, and takes as long.
`cut SOURCE DUMP DATABASE`, for XML only, is that pass with corepath's own shortcut: the text of a
patent, two thirds of the bytes in the sample, is cut off before anything is parsed.
"""

import gzip
import os
import re
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import duckdb
from lxml import etree

from corepath.warehouse.database import WAREHOUSE_STORAGE_VERSION, attach, connect
from corepath.warehouse.load.loader import load
from corepath.warehouse.settings import Settings
from corepath.warehouse.sources import Source, named

ROOT = Path(__file__).resolve().parents[1]
# What the parser of grants since 2005 looks at, but for the elements that only hold these.
READ = (
    *("country", "doc-number", "kind", "date", "invention-title", "abstract", "number-of-claims"),
    *("orgname", "last-name", "first-name", "role", "priority-claim"),
    *("section", "class", "subclass", "main-group", "subgroup"),
    *("symbol-position", "classification-value", "main-classification", "further-classification"),
    *("citation", "us-citation", "nplcit", "category"),
)
_DECLARATION = re.compile(rb"<\?xml ")
_BIBLIOGRAPHY_END = b"</us-bibliographic-data-grant>"


def by_corepath(source: Source, dump: Path, database: Path, threads: int, memory: str) -> None:
    """Hash, read, check, account for: what a refresh does first."""
    settings = Settings(warehouse=database, threads=threads, memory=memory)
    with connect(settings) as con:
        attach(con, database, "warehouse", WAREHOUSE_STORAGE_VERSION)
        con.execute("use warehouse")
        load(con, source, dump, processes=threads)
        con.execute("use memory; detach warehouse")


def bare(source: Source, dump: Path, database: Path, threads: int, memory: str) -> None:
    """Read the same columns of the same files, and no more."""
    files = [path for _, path in source.find(dump)]
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


def count_texts(dump: Path, threads: int, is_cut: bool) -> int:
    """Count the elements with text, of those that corepath reads, in every document of a dump."""
    files = [path for _, path in named("uspto").find(dump)]
    with ProcessPoolExecutor(threads) as pool:
        return sum(pool.map(_count_texts, files, [is_cut] * len(files)))


def _count_texts(path: Path, is_cut: bool) -> int:
    count = 0
    parser = etree.XMLParser(encoding="utf-8", resolve_entities=False, no_network=True)
    for content in filter(bytes.strip, _documents(path)):
        end = content.find(_BIBLIOGRAPHY_END)
        if end < 0:  # a sequence listing, which corepath refuses
            continue
        if is_cut:
            start = content.find(b"<abstract", end)
            stop = content.find(b"</abstract>", start) + len(b"</abstract>")
            abstract = content[start:stop] if start >= 0 else b""
            content = content[:end] + _BIBLIOGRAPHY_END + abstract + b"</us-patent-grant>"
        elements = etree.fromstring(content, parser).iter(*READ)
        count += sum(1 for element in elements if element.text)
    return count


def _documents(path: Path) -> Iterator[bytes]:
    rest = b""
    with open(path, "rb") as file:
        while chunk := file.read(2**20):
            # An expression cuts faster than `split` of bytes.
            *whole, rest = _DECLARATION.split(rest + chunk)
            yield from (b"<?xml " + content for content in whole if content)
    yield b"<?xml " + rest


def write_xml(out: Path, megabytes: int, files: int) -> None:
    """Write weekly files of the USPTO as large as wanted, of the shipped sample over and over."""
    sample = b"".join(
        gzip.decompress(path.read_bytes()) for path in sorted((ROOT / "samples" / "uspto").glob("ipg*.gz"))
    )
    out.mkdir(parents=True)
    for number in range(files):
        with open(out / f"ipg{100101 + number}.xml", "wb") as file:
            while file.tell() < megabytes * 2**20 / files:
                file.write(sample)


if __name__ == "__main__":
    how, name, dump, database = sys.argv[1:5]
    threads, memory = int(os.environ["BENCHMARK_THREADS"]), os.environ["BENCHMARK_MEMORY"]
    if how == "corepath":
        by_corepath(named(name), Path(dump), Path(database), threads, memory)
    elif name == "uspto":
        print(count_texts(Path(dump), threads, is_cut=how == "cut"), "texts")
    else:
        bare(named(name), Path(dump), Path(database), threads, memory)
