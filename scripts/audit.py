"""Hold a lock against security advisories that lie in a file: no network, the same answer each time.

`python scripts/audit.py LOCK ADVISORIES` reads pinned versions from a lock, and advisories in the format of
the Open Source Vulnerability schema (https://ossf.github.io/osv-schema/): a JSON file, or a folder or zip of
them, such as the PyPI archive of osv.dev. It prints a line for each advisory that a pinned version falls
under, and exits with 1 if there is one.
"""

import json
import re
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version


def pins(lock: Path) -> list[tuple[str, Version]]:
    """Read name and version of every pin of a lock; a package may have one a version of Python."""
    found = re.findall(r"^([\w.-]+)(?:\[[^]]*\])?==([\w.!+-]+)", lock.read_text(encoding="utf-8"), re.M)
    return [(canonicalize_name(name), Version(version)) for name, version in found]


def advisories(path: Path) -> Iterator[dict[str, Any]]:
    """Read advisories from a JSON file, a folder of them or a zip of them."""
    if path.is_dir():
        texts = (file.read_text(encoding="utf-8") for file in sorted(path.rglob("*.json")))
    elif zipfile.is_zipfile(path):
        archive = zipfile.ZipFile(path)
        texts = (archive.read(name).decode() for name in sorted(archive.namelist()))
    else:
        texts = iter([path.read_text(encoding="utf-8")])
    for text in texts:
        content = json.loads(text)
        yield from content if isinstance(content, list) else [content]


def falls_under(version: Version, affected: dict[str, Any]) -> bool:
    """Tell whether a version is listed, or lies in a range: from `introduced` on, before `fixed`."""
    if str(version) in affected.get("versions", []):
        return True
    for span in affected.get("ranges", []):
        if span.get("type") != "ECOSYSTEM":
            continue
        inside = False
        for event in span["events"]:
            (kind, bound), *_ = event.items()
            try:
                at = Version("0") if bound == "0" else Version(bound)
            except InvalidVersion:
                continue
            if kind == "introduced" and version >= at:
                inside = True
            elif (kind == "fixed" and version >= at) or (kind == "last_affected" and version > at):
                inside = False
        if inside:
            return True
    return False


def main(lock: str, source: str) -> int:
    """Print the advisories that pinned versions fall under, and count them."""
    pinned, found = pins(Path(lock)), 0
    for advisory in advisories(Path(source)):
        if advisory.get("withdrawn"):
            continue
        for affected in advisory.get("affected", []):
            package = affected.get("package", {})
            if package.get("ecosystem") != "PyPI":
                continue
            for name, version in pinned:
                if name == canonicalize_name(package["name"]) and falls_under(version, affected):
                    found += 1
                    print(f"{name} {version}: {advisory['id']} {advisory.get('summary', '')}".rstrip())
    print(f"{len(pinned)} pins, {found} advisories")
    return int(found > 0)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
