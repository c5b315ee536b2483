"""The rules of the project that no type checker holds: who imports whom, one name for one thing."""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from corepath.warehouse.build.graph import SCHEMA_OF_PREFIX, discover
from corepath.warehouse.settings import ROOT
from corepath.warehouse.sources import available

ROOMS = ("transforms", "report", "warehouse", "synthetic", "flows")
FILES = [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))]
# What a pure function of frames may use.
PURE = {
    "collections",
    "functools",
    "itertools",
    "math",
    "re",
    "typing",
    "dataclasses",
    "difflib",
    "warnings",
    "networkit",
    "networkx",
    "numpy",
    "polars",
    "scipy",
    "threadpoolctl",
}
# And what each folder of them may use beside: its own modules, and what pages are written with.
PURE_OF = {
    "transforms": {"corepath.transforms"},
    "report": {"corepath.report", "base64", "hashlib", "html", "inspect", "json", "unicodedata"},
}
# How polars, numpy and networkx read and write, and what Python has for it.
INPUT_OUTPUT = re.compile(
    r"(open|exec|eval|input|print|__import__|(scan|read|write|sink)_\w+|savez?|load(txt)?|"
    r"genfromtxt|fromfile|tofile|urlopen)"
)


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imports(path: Path) -> Iterator[str]:
    """Every module that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import"
            yield node.module or ""
        elif isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            if called in ("__import__", "importlib.import_module", "import_module"):
                yield node.args[0].value if isinstance(node.args[0], ast.Constant) else ""


def roots(path: Path) -> set[str]:
    """The packages that a file imports; of our own, the room."""
    return {
        ".".join(module.split(".")[: 2 if module.startswith("corepath.") else 1]) for module in imports(path)
    }


# --- Who imports whom ----------------------------------------------------------------------------


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_imports_go_from_flows_to_warehouse_to_transforms(path):
    room = path.relative_to(ROOT).parts[0]
    outer = {f"corepath.{name}" for name in ROOMS[ROOMS.index(room) + 1 :]}
    assert roots(path) & outer == set()
    if room != "flows":
        assert not {name for name in roots(path) if name.startswith("prefect")}
    assert "tests" not in roots(path)


# What each folder of warehouse/ may use of the others; all may use the modules beside them but JOBS.
FOLDERS = {
    "load": set(),
    "topic": set(),
    "validate": set(),
    "build": {"topic"},
    "explore": {"build", "load", "topic"},
    "release": {"build", "validate"},
    "lake": {"build", "load", "release", "topic", "validate"},
}
JOBS = {"cluster", "doctor", "plan", "refresh", "reproduce", "scratch"}  # these use every folder


@pytest.mark.parametrize("folder", FOLDERS)
def test_folders_of_the_warehouse_use_only_those_below_them(folder):
    used = {
        module.split(".")[2]
        for path in (ROOT / "warehouse" / folder).rglob("*.py")
        for module in imports(path)
        if module.startswith("corepath.warehouse.")
    }
    assert used & (FOLDERS.keys() | JOBS) <= FOLDERS[folder] | {folder}


def test_modules_that_all_folders_share_use_none_of_them():
    for path in (ROOT / "warehouse").glob("*.py"):
        if path.stem not in JOBS:
            used = {module.split(".")[2] for module in imports(path) if module.count(".") > 1}
            assert not used & FOLDERS.keys(), path


@pytest.mark.parametrize(
    ("path", "allowed"),
    [(path, PURE | PURE_OF[room]) for room in PURE_OF for path in sorted((ROOT / room).rglob("*.py"))],
    ids=lambda given: name_of(given) if isinstance(given, Path) else "",
)
def test_a_pure_function_does_no_input_or_output(path, allowed):
    assert roots(path) <= allowed
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func).split(".")[-1]
            assert not INPUT_OUTPUT.fullmatch(called), f"{path}:{node.lineno} calls {called}"


def test_the_house_imports_without_prefect():
    """Reading the graph, as a newcomer's `corepath graph` does, must not cost Prefect's seconds."""
    assert "prefect" not in {m.split(".")[0] for p in FILES if "flows" not in p.parts for m in imports(p)}
    assert sys.modules["corepath.warehouse.build.graph"]


def test_only_the_warehouse_touches_duckdb():
    users = {name_of(p) for p in FILES if "duckdb" in roots(p)}
    assert all(user.startswith(("warehouse/", "synthetic/")) for user in users), users


# --- One name for one thing ----------------------------------------------------------------------


@pytest.mark.parametrize("layer", ["staging", "intermediate", "marts"])
def test_a_file_lies_in_the_layer_that_its_name_says(layer):
    for path in (ROOT / "sql" / layer).iterdir():
        assert path.suffix == ".sql", path
        assert SCHEMA_OF_PREFIX[path.stem.split("_")[0]] == layer, path
        assert re.fullmatch(r"[a-z][a-z0-9_]*", path.stem), path


def test_a_transform_of_a_tables_name_makes_that_table():
    for path in (ROOT / "transforms").glob("*.py"):
        if path.stem.split("_")[0] in SCHEMA_OF_PREFIX:
            functions = [
                node.name
                for node in ast.parse(path.read_text(encoding="utf-8")).body
                if isinstance(node, ast.FunctionDef)
            ]
            assert path.stem in functions
            assert all(name == path.stem or name.startswith("_") for name in functions), path


def test_no_table_is_made_twice():
    made = [
        path.stem
        for layer in ("staging", "intermediate", "marts")
        for path in (ROOT / "sql" / layer).glob("*.sql")
    ]
    made += [p.stem for p in (ROOT / "transforms").glob("*.py")]
    assert len(made) == len(set(made))


def test_every_mart_and_staging_table_has_a_suite_of_its_name_and_every_suite_a_table():
    stored = [t for t in discover(available()).values() if not t.is_view]
    tables = {t.name for t in stored if t.schema in ("staging", "marts")}
    suites = {path.stem for path in (ROOT / "expectations").glob("*.json")}
    assert tables | {"source_file", "source_table"} == suites  # these tell what was loaded


def test_a_source_is_a_folder_that_bears_its_name():
    for name in available():
        folder = ROOT / "sql" / "sources" / name
        assert {path.suffix for path in folder.iterdir()} <= {".sql", ".toml"}
        assert (folder / "stg_document.sql").exists()


def test_every_sql_file_is_one_statement_in_lower_case_with_a_head():
    for path in (ROOT / "sql").rglob("*.sql"):
        text = path.read_text(encoding="utf-8")
        assert text.startswith("-- "), path
        assert text.endswith("\n"), path
        assert ";" not in re.sub(r"--.*|'[^']*'", "", text), path
        assert not re.search(r"\b(SELECT|FROM|WHERE|JOIN|GROUP BY)\b", re.sub(r"--.*|'[^']*'", "", text)), (
            path
        )


# --- Nothing of one machine ----------------------------------------------------------------------


@pytest.mark.parametrize("path", sorted(ROOT.glob("requirements*.lock")), ids=name_of)
def test_a_lock_names_versions_and_hashes_and_no_place(path):
    for line in path.read_text(encoding="utf-8").splitlines():
        text = line.split("#")[0].strip() if line.lstrip().startswith("#") else line
        assert "://" not in text, line
        assert not re.search(r"(^|\s)(-e|--(extra-)?index-url|--find-links|-f|-i)\b", text), line
        assert not re.search(r"(^|[\s@])(/|\./|\.\./|[A-Z]:\\)", text), line
    pins = re.findall(r"^([a-zA-Z0-9._-]+)(\[[^]]*\])?==", path.read_text(), re.MULTILINE)
    assert pins
    blocks = re.split(r"\n(?=[a-zA-Z0-9])", path.read_text())
    assert all("--hash=sha256:" in block for block in blocks if "==" in block.splitlines()[0])


def test_no_file_of_the_house_names_a_folder_of_one_machine():
    places = re.compile(r"/(home|Users|root|work|mnt)/[a-z]")
    for path in FILES + sorted((ROOT / "sql").rglob("*.*")) + sorted((ROOT / "topics").rglob("*.*")):
        assert not places.search(path.read_text(encoding="utf-8")), path
