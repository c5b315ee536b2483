"""Damage files as real dumps are damaged, and write down every place."""

import gzip
import json
import random
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import duckdb


class Damage(NamedTuple):
    """One place. Line 0 is the file as a whole; else the line on which the row begins, from 1."""

    file: str
    line: int
    kind: str
    must_reject: bool
    key: str


IMPOSSIBLE_DATES = ["0000-00-00", "9999-12-31", "2013-02-30"]
# A US number that is no plain number: its letters, type and kind.
ODD_NUMBERS = [("D", "design", "S1"), ("RE", "reissue", "E1"), ("PP", "plant", "P2"), ("H", "sir", "H1")]
# Kinds that leave nothing honest to read; rows of the others must be read.
REJECTED = {
    "stray_quote",
    "short_line",
    "long_line",
    "wrong_encoding",
    "cut_line",
    "not_an_object",
    "null_key",
    "nul_byte",
    "wrong_structure",
    "empty_parquet",
    "cut_gzip",
    "cut_zip",
}
TEXT = ["embedded_newline", "embedded_quote", "lone_cr", "nul_byte", "stray_quote"]
ANY_ROW = ["short_line", "long_line", "duplicate", "leading_zeros"]
JSON_KINDS = [
    "cut_line",
    "wrong_type",
    "wrong_structure",
    "not_an_object",
    "null_key",
    "wrong_encoding",
    "nul_escape",
    "duplicate",
    "blank_line",
    "impossible_date",
]
PARQUET_KINDS = ["null_key", "impossible_date", "duplicate"]


def damage(folder: Path, share: float, seed: int, ledger: Path, *, archives: bool = False) -> int:
    """Damage a share of the rows of every file in a folder.

    Parameters
    ----------
    folder
        Files of `corepath.synthetic.world`; changed in place.
    share
        Share of the rows, from 0 to 1; one at least in every file that has rows.
    seed
        Another seed, other rows.
    ledger
        JSON lines, one :class:`Damage` each.
    archives
        Also add a .gz and a .zip that are cut short, in `folder/cut`.

    Returns
    -------
    How many places were damaged.
    """
    files = sorted(path for path in folder.iterdir() if path.is_file())
    found: list[Damage] = []
    texts = [path for path in files if path.suffix in (".tsv", ".csv", ".jsonl")]
    for path in files:
        chance = random.Random(f"{seed} {path.name}")
        if path.suffix == ".parquet":
            found += _damage_parquet(path, share, chance)
        elif path.suffix == ".jsonl":
            found += _rewrite(path, share, chance, _damage_json)
        elif path in texts:
            found += _rewrite(path, share, chance, _damage_row)
    chance = random.Random(f"{seed} files")
    found += _damage_files(folder, files, texts, chance)
    if archives:
        found += _cut_archives(folder, files[0])
    with ledger.open("w") as out:
        for each in sorted(found):
            out.write(json.dumps(each._asdict()) + "\n")
    return len(found)


def _told(path: Path, line: int, kind: str, key: str = "") -> Damage:
    return Damage(path.name, line, kind, kind in REJECTED, key)


def _chosen(share: float, chance: random.Random) -> Iterator[int]:
    """Numbers of rows, in order, without end; at random, a share of all."""
    row = chance.randrange(min(20, max(1, int(1 / share))))
    while True:
        yield row
        row += 1 + int(chance.expovariate(1) * (1 / share - 1)) if share < 1 else 1


def _rewrite(path: Path, share: float, chance: random.Random, change: Any) -> list[Damage]:
    """Pass over a file line by line; `change` gives the bytes for a chosen one, and what it did."""
    found = []
    part = path.with_suffix(".part")
    rows = _chosen(share, chance)
    chosen = next(rows)
    with path.open("rb") as source, part.open("wb") as target:
        header = b"" if path.suffix == ".jsonl" else source.readline()
        target.write(header)
        line = 1 + bool(header)
        for row, text in enumerate(source):
            if row == chosen:
                text, kind, key = change(text, header, chance)
                found.append(_told(path, line, kind, key))
                chosen = next(rows)
            target.write(text)
            line += text.count(b"\n")
    part.replace(path)
    return found


def _damage_row(line: bytes, header: bytes, chance: random.Random) -> tuple[bytes, str, str]:
    delimiter = b"\t" if b"\t" in header else b","
    columns = [column.strip(b'"').decode() for column in header.strip().split(delimiter)]
    fields = re.findall(rb'(?:^|(?<=[,\t]))("(?:[^"]|"")*"|[^,\t]*)', line.rstrip(b"\n"))
    if len(fields) != len(columns):
        raise ValueError(f"{line!r}: {len(fields)} fields, {len(columns)} columns")
    key = fields[0].strip(b'"').decode()
    # The longest text; something to damage without touching ids, dates and names of countries.
    prose = max(range(len(fields)), key=lambda i: len(fields[i]) if b" " in fields[i] else 0)
    quoted = [i for i, field in enumerate(fields) if i and len(field) > 2 and field[:1] == b'"']
    dates = [i for i, c in enumerate(columns) if c.endswith("_date") and len(fields[i]) >= 10]
    kinds = ANY_ROW + (TEXT if b" " in fields[prose] and prose in quoted else [])
    kinds = kinds + (["wrong_encoding"] if quoted else []) + (["impossible_date"] if dates else [])
    number, code = ("publn_nr", "publn_kind") if "publn_nr" in columns else ("patent_id", "wipo_kind")
    if "patent_type" in columns or (number in columns and b'"US"' in fields):
        kinds = [*kinds, "odd_number"]
    kind = chance.choice(kinds)
    if kind == "duplicate":
        return line + line, kind, key
    if kind == "short_line":
        fields = fields[:-1]
    elif kind == "long_line":
        fields.append(b'"one more"')
    elif kind == "leading_zeros":
        fields[0] = fields[0].replace(key.encode(), b"00" + key.encode())
    elif kind == "impossible_date":
        i = chance.choice(dates)
        mark = b'"' if fields[i][:1] == b'"' else b""
        fields[i] = mark + chance.choice(IMPOSSIBLE_DATES).encode() + mark
    elif kind == "odd_number":
        letters, patent_type, kind_code = chance.choice(ODD_NUMBERS)
        digits = "".join(re.findall(r"\d", fields[columns.index(number)].decode()))[-5:]
        changed = {number: letters + digits, code: kind_code}
        if "patent_type" in columns:
            changed["patent_type"] = patent_type
        for column, value in changed.items():
            fields[columns.index(column)] = f'"{value}"'.encode()
    else:
        i = chance.choice(quoted) if kind == "wrong_encoding" else prose
        where = fields[i].find(b" ") if b" " in fields[i] else 2
        put = {
            "embedded_newline": b"\n",
            "embedded_quote": b'""',
            "lone_cr": b"\r",
            "nul_byte": b"\x00",
            "stray_quote": b'"',
            "wrong_encoding": b"\xe9\xff",
        }[kind]
        fields[i] = fields[i][:where] + put + fields[i][where:]
    return delimiter.join(fields) + b"\n", kind, key


def _damage_json(line: bytes, header: bytes, chance: random.Random) -> tuple[bytes, str, str]:
    record = json.loads(line)
    key = record["publication_number"]
    kind = chance.choice(JSON_KINDS)
    if kind == "cut_line":
        return line[: len(line) // 2] + b"\n", kind, key
    if kind == "not_an_object":
        return b'["' + key.encode() + b'"]\n', kind, key
    if kind == "wrong_encoding":
        return (line.replace(b'"title_localized":', b'"note":"\xe9\xff","title_localized":', 1), kind, key)
    if kind == "duplicate":
        return line + line, kind, key
    if kind == "blank_line":
        return b"\n" + line, kind, key
    if kind == "wrong_type":
        record["filing_date"] = "soon"
    elif kind == "wrong_structure":
        record["title_localized"] = "no list"
    elif kind == "null_key":
        record["publication_number"] = None
    elif kind == "nul_escape":
        record["assignee"] = ["a\x00b"]
    else:
        record["filing_date"] = chance.choice([20130230, 99991231, 0])
    text = json.dumps(record, ensure_ascii=False, separators=(",", ":"))
    return text.encode() + b"\n", kind, key


def _damage_parquet(path: Path, share: float, chance: random.Random) -> list[Damage]:
    con = duckdb.connect()
    con.execute("create table record as select * from read_parquet(?)", [str(path)])
    keys = [key for (key,) in con.sql("select publication_number from record").fetchall()]
    rows = _chosen(share, chance)
    added = 0
    con.execute("create table damage (row bigint, kind varchar, date bigint)")
    found = []
    while (row := next(rows)) < len(keys):
        kind = chance.choice(PARQUET_KINDS)
        found.append(_told(path, 1 + row + added, kind, keys[row]))
        added += kind == "duplicate"
        date = chance.choice([20130230, 99991231, 0])
        con.execute("insert into damage values (?, ?, ?)", [row, kind, date])
    part = path.with_suffix(".part")
    con.execute(
        f"""
        copy (
            with numbered as (select *, row_number() over () - 1 as row from record)

            select
                numbered.* exclude (row) replace (
                    case
                        when damage.kind is distinct from 'null_key' then publication_number
                    end as publication_number,
                    case
                        when damage.kind = 'impossible_date' then damage.date
                        else filing_date
                    end as filing_date
                )
            from numbered
            left join (
                select row, kind, date from damage
                union all
                select row, kind, date from damage where kind = 'duplicate'
            ) as damage using (row)
            order by row
        ) to '{part}' (format parquet)
        """
    )
    con.close()
    part.replace(path)
    return found


def _damage_files(folder: Path, files: list[Path], texts: list[Path], chance: random.Random) -> list[Damage]:
    """A byte order mark, Windows line ends, an empty file."""
    found = []
    if texts:
        path = chance.choice(texts)
        _change_whole(path, lambda text, first: b"\xef\xbb\xbf" * first + text)
        found.append(_told(path, 0, "bom"))
        path = chance.choice([each for each in texts if each != path] or texts)
        _change_whole(path, lambda text, first: text.replace(b"\n", b"\r\n"))
        found.append(_told(path, 0, "crlf"))
    name = {
        ".tsv": "g_figures.tsv",
        ".csv": "tls201_part99.csv",
        ".jsonl": "publications_999999999999.jsonl",
        ".parquet": "publications_999999999999.parquet",
    }[files[0].suffix]
    (folder / name).write_bytes(b"")
    kind = "empty_parquet" if name.endswith("parquet") else "empty_file"
    return [*found, _told(folder / name, 0, kind)]


def _change_whole(path: Path, change: Any) -> None:
    part = path.with_suffix(".part")
    with path.open("rb") as source, part.open("wb") as target:
        for number, text in enumerate(source):
            target.write(change(text, number == 0))
    part.replace(path)


def _cut_archives(folder: Path, path: Path) -> list[Damage]:
    """Half of a gzip and of a zip of the first file."""
    cut = folder / "cut"
    cut.mkdir()
    content = path.read_bytes()[: 1 << 20]
    packed = gzip.compress(content, mtime=0)
    gz = cut / f"{path.name}.gz"
    gz.write_bytes(packed[: len(packed) // 2])
    archive = cut / f"{path.stem}.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as target:
        target.writestr(zipfile.ZipInfo(path.name), content)
    archive.write_bytes(archive.read_bytes()[: len(packed) // 2])
    return [
        Damage(f"cut/{gz.name}", 0, "cut_gzip", True, ""),
        Damage(f"cut/{archive.name}", 0, "cut_zip", True, ""),
    ]
