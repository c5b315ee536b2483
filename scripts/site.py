"""A hook of MkDocs: its pages are the Markdown files where they are, not those of one folder.

So links between README, docs/ and the origins of data are the same in the repository and in the site.
"""

from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files

ROOT = Path(__file__).resolve().parents[1]
PAGES = ["*.md", "docs/*.md", "reference/*.md", "samples/*.md"]
LINKED = ["LICENSE", "docs/*.png", "docs/*.svg"]


def on_files(files: Files, config: Any) -> Files:
    """Take the project's pages, and what they link to, in place of those of docs_dir."""
    theme = [file for file in files if not file.src_uri.endswith(".md")]
    paths = sorted(path for pattern in PAGES + LINKED for path in ROOT.glob(pattern))
    found = [
        File.generated(config, path.relative_to(ROOT).as_posix(), abs_src_path=str(path)) for path in paths
    ]
    names = {file.src_uri for file in found}
    return Files([*(file for file in theme if file.src_uri not in names), *found])
