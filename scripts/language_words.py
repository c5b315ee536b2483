"""Collect words of the language, as reference/language_word.csv: what no company has coined.

Words of four letters or more that titles of the IPC have, or that documents of the sample write in
lower case, where names are written with a capital.
"""

import csv
import gzip
import html
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TAG, WORD = re.compile(r"<[^>]*>"), re.compile(r"(?<![A-Za-z])[a-z]{4,}(?![A-Za-z])")


def texts() -> Iterator[str]:
    """Read what the words are taken from."""
    with (ROOT / "reference" / "ipc_title.csv").open(encoding="utf-8", newline="") as titles:
        for row in csv.DictReader(titles):
            yield row["title"].lower()
    for path in sorted((ROOT / "samples").glob("uspto/*.xml.gz")):
        with gzip.open(path, "rt", encoding="utf-8", errors="replace") as documents:
            for line in documents:
                yield html.unescape(TAG.sub(" ", line))


def main() -> None:
    """Write the table."""
    words = sorted({word.upper() for text in texts() for word in WORD.findall(text)})
    (ROOT / "reference" / "language_word.csv").write_text(
        "word\n" + "\n".join(words) + "\n", encoding="utf-8"
    )


if __name__ == "__main__":
    main()
