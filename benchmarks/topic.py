"""The topic of the benchmarks: information technology, with choices of method of their own."""

import json
from pathlib import Path

from benchmarks.run import ROOT

NAME = "information_technology"


def write(path: Path, **method: object) -> Path:
    """Write the topic file with some choices of method; its name stays.

    Parameters
    ----------
    path
        Where to; ends in .toml.
    method
        Fields of `warehouse.method.Method`: numbers, texts or lists of these.

    Returns
    -------
    pathlib.Path
        The same path.
    """
    text = (ROOT / "topics" / f"{NAME}.toml").read_text(encoding="utf-8")
    choices = "".join(f"{name} = {json.dumps(value)}\n" for name, value in method.items())
    path.write_text(f"{text}\n[method]\n{choices}", encoding="utf-8")
    return path
