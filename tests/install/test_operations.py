"""docs/operations.md says what to do in each case that an operator can meet."""

import ast
import re
from collections.abc import Iterator

from corepath.warehouse import errors
from corepath.warehouse.settings import ROOT

PAGE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")


def rows(page: str, heading: str) -> list[str]:
    """The first cells of the table below a heading."""
    section = page.split(f"### {heading}\n")[1].split("\n#")[0]
    return re.findall(r"^\| (.*?) \|", section, flags=re.MULTILINE)[1:]


def codes(page: str, heading: str) -> set[int]:
    return {int(code) for row in rows(page, heading) for code in row.split(", ")}


def texts(node: ast.AST) -> Iterator[str]:
    for part in ast.walk(node):
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            yield part.value


def problems() -> set[str]:
    """What the doctor finds wrong, in its own words, without what is filled in."""
    found: set[str] = set()
    for node in ast.walk(ast.parse((ROOT / "warehouse" / "doctor.py").read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "Finding":
            found |= set(texts(node.args[1]))
        elif isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "problem":
            found |= set(texts(node.value))
        elif isinstance(node, ast.FunctionDef) and node.name == "_warehouse_problem":
            returned = [each for each in ast.walk(node) if isinstance(each, ast.Return)]
            found |= {text for each in returned for text in texts(each)}
    words = {re.sub(r"^leads to|raw\.$|[(),]", "", text).strip() for text in found}
    return {text for text in words if len(text) > 2}


def test_every_exit_code_has_a_row_as_in_readme():
    kinds = {kind.exit_code for kind in vars(errors).values() if hasattr(kind, "exit_code")}
    expected = kinds | {0, 130, 143}
    assert codes(PAGE, "By exit code") == expected
    assert codes(README, "Exit codes") == expected


def test_every_finding_of_the_doctor_has_a_row():
    told = " ".join(rows(PAGE, "By finding of the doctor"))
    assert len(problems()) >= 8
    assert not {text for text in problems() if text not in told}
