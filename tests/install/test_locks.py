"""The lock of a server: what corepath needs to run, in the versions that are tested, and nothing else."""

import re
from importlib.metadata import PackageNotFoundError, requires

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from corepath.warehouse.settings import ROOT


def pins(lock: str) -> dict[str, list[str]]:
    """Versions and hashes by package; one that differs by Python has several."""
    text = re.sub(r"(?m)^ *#.*\n?", "", (ROOT / lock).read_text(encoding="utf-8"))
    found: dict[str, list[str]] = {}
    for block in re.split(r"\n(?=[A-Za-z0-9])", text.strip()):
        found.setdefault(canonicalize_name(block.partition("==")[0]), []).append(block)
    return found


def needed() -> set[str]:
    """Every package that corepath needs on this machine, by what the packages themselves say."""
    seen: set[tuple[str, str]] = set()
    todo = [("corepath", "")]
    while todo:
        name, extra = todo.pop()
        if (name, extra) in seen:
            continue
        seen.add((name, extra))
        try:
            asked = [Requirement(line) for line in requires(name) or []]
        except PackageNotFoundError:
            continue  # the test fails where the lock lacks it
        for other in asked:
            if other.marker is None or other.marker.evaluate({"extra": extra}):
                todo += [(canonicalize_name(other.name), each) for each in ("", *other.extras)]
    return {name for name, _ in seen} - {"corepath"}


def test_the_lock_of_a_server_is_part_of_the_whole_one():
    whole, run = pins("requirements.lock"), pins("requirements-run.lock")
    assert {name: whole.get(name) for name in run} == run


def test_the_lock_of_a_server_has_all_that_is_needed_and_no_tool_of_development():
    run = pins("requirements-run.lock")
    assert needed() <= set(run)
    assert not {"pytest", "ruff", "sqlfluff", "hypothesis"} & set(run)
