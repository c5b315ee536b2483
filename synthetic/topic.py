"""Topics of benchmarks and tests: those that ship, or everything, with choices of method of their own."""

import json
from pathlib import Path
from typing import Any

from corepath.warehouse.settings import ROOT

SHIPPED = "information_technology"
# The fewest draws that a topic file allows: draws cost the same at every refresh of new data, and
# hide what else there is to measure or to test.
FEW_DRAWS: dict[str, Any] = {
    "samples": 10,
    "communities": 1,
    "null_draws": 100,
    "rarefaction_draws": 20,
    "permutations": 99,
}
_EVERYTHING = 'name = "everything"\ntitle = "Everything"\nclasses = [{}]\n'


def write(path: Path, everything: bool = False, shipped: str = SHIPPED, **method: object) -> Path:
    """Write a topic file with some choices of method.

    Parameters
    ----------
    path
        Where to; ends in .toml.
    everything
        Whether to take every family with a class.
    shipped
        Else, which topic of the project to take; it keeps its name.
    method
        Fields of `corepath.warehouse.topic.method.Method`: numbers, texts or lists of these. Those
        not given are the study's, whatever method is recommended.

    Returns
    -------
    pathlib.Path
        The same path.
    """
    if everything:
        text = _EVERYTHING.format(", ".join(f'"{section}"' for section in "ABCDEFGH"))
    else:
        # Its own choices of method, which stand last, give way to those asked for.
        text = (ROOT / "topics" / f"{shipped}.toml").read_text(encoding="utf-8").partition("\n[method]\n")[0]
    given = {"preset": "study"} | method
    choices = "".join(f"{name} = {json.dumps(value)}\n" for name, value in given.items())
    path.write_text(f"{text}\n[method]\n{choices}", encoding="utf-8")
    return path
