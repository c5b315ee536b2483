"""Precision and recall of a topic by labelled documents: `python -m benchmarks topic --labels FILE`."""

import argparse
import csv
from pathlib import Path

from benchmarks.run import ROOT
from corepath.warehouse.explore.measure import as_markdown, measure
from corepath.warehouse.settings import Settings

PAGE = ROOT / "docs" / "topics.md"
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"


def block(topic: str, labels: Path, warehouse: Path) -> str:
    """Write what was measured, of each half of the labels and of all, as Markdown."""
    settings = Settings(topic=topic, warehouse=warehouse)
    with labels.open(encoding="utf-8-sig", newline="") as file:
        halves = sorted({row["half"] for row in csv.DictReader(file) if row.get("half")})
    parts = []
    for half in (*reversed(halves), None):
        heading = f"The half `{half}`" if half else "All labels"
        parts.append(f"**{heading}:**\n\n{as_markdown(measure(settings, labels, half))}")
    return "\n\n".join(parts)


def page_with(text: str, measured: str) -> str:
    """Put what was measured into the page, in place of what stands there."""
    head, _, rest = text.partition(BEGIN)
    _, _, tail = rest.partition(END)
    return f"{head}{BEGIN}\n{measured}\n{END}{tail}"


def main(arguments: list[str]) -> None:
    """Measure, and print or write."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks topic", description=__doc__)
    parser.add_argument("--labels", type=Path, required=True, help="CSV; docs/labelling.md tells its columns")
    parser.add_argument("--topic", default="ai_chips", help="name, or path of a .toml")
    parser.add_argument(
        "--warehouse", type=Path, default=Path("warehouse.duckdb"), help="where labels bring no texts"
    )
    parser.add_argument("--write", action="store_true", help=f"into {PAGE.relative_to(ROOT)}")
    options = parser.parse_args(arguments)
    measured = block(options.topic, options.labels, options.warehouse)
    print(measured)
    if options.write:
        PAGE.write_text(page_with(PAGE.read_text(encoding="utf-8"), measured), encoding="utf-8")
