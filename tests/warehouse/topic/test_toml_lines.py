"""Lines of TOML: every value of a file is found, on the line where it was written."""

import json
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corepath.warehouse.settings import ROOT
from corepath.warehouse.topic.toml_lines import lines

FILES = [*sorted((ROOT / "topics").glob("*.toml")), ROOT / "pyproject.toml"]


def places(value, place=()):
    """Every place of a parsed file."""
    if isinstance(value, dict | list):
        for key, below in value.items() if isinstance(value, dict) else enumerate(value):
            yield (*place, key)
            yield from places(below, (*place, key))


@pytest.mark.parametrize(
    ("text", "place", "line"),
    [
        ("\n# a = 1\na = 1", ("a",), 3),
        ("a.b.c = 1", ("a", "b", "c"), 1),
        ("\"a b\".'c.d' = 1", ("a b", "c.d"), 1),
        (r'"a\"]=" = 1', ('a"]=',), 1),
        ("[a]\n[a.b]\nc = 1", ("a", "b", "c"), 3),
        ("[a.b]\n[a]\nc = 1", ("a", "c"), 3),
        ("[ a . b ] # ]\nc = 1", ("a", "b", "c"), 2),
        ("[[a]]\n[[a]]\nb = 1", ("a", 1, "b"), 3),
        ("[[a]]\n[[a]]\nb = 1", ("a", 1), 2),
        ("[[a]]\n[[a.b]]\n[[a]]\n[[a.b]]\n[[a.b]]\nc = 1", ("a", 1, "b", 1, "c"), 6),
        ("[[a]]\n[a.b]\nc = 1", ("a", 0, "b", "c"), 3),
        ("a = [1, 2.5,\n # 3,\n 4]", ("a", 2), 3),
        ("a = [[1], [\n2, 3]]", ("a", 1, 1), 2),
        ("a = { b = 1, c = { d = [\n'}', 2] } }", ("a", "c", "d", 1), 2),
        ("a = [{ b = 1 },\n { b = 2 }]", ("a", 1, "b"), 2),
        ('a = """\nx = 1\n\\"""\n[y]"""\nb = 1', ("b",), 5),
        ('a = """x""""\nb = 1', ("b",), 2),
        ("a = '''\nx = 1\n'\n'''\nb = 1", ("b",), 5),
        ("a = 1979-05-27 07:32:00.5\nb = -1e5\nc = 1", ("c",), 3),
        ("a = 1\r\nb = 2\r\n", ("b",), 2),
    ],
)
def test_a_value_is_on_its_line(text, place, line):
    found = lines(text)
    assert found[place] == line
    assert found.keys() == set(places(tomllib.loads(text)))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_value_of_the_projects_own_files_is_found_where_its_key_stands(file):
    text = file.read_text(encoding="utf-8")
    found, written = lines(text), text.splitlines()
    assert found.keys() == set(places(tomllib.loads(text)))
    for place, line in found.items():
        key = next(part for part in reversed(place) if isinstance(part, str))
        if isinstance(place[-1], str):
            assert key in written[line - 1]


STRINGS = st.text(st.sampled_from("ab \\\"'[]{}=,.#\n語"), max_size=6)
KEYS = st.one_of(st.sampled_from(["a", "b", "c-d", "1"]), STRINGS)
VALUES = st.recursive(
    st.one_of(STRINGS, st.integers(), st.booleans(), st.floats(0, 9)),
    lambda below: st.one_of(st.lists(below, max_size=3), st.dictionaries(KEYS, below, max_size=3)),
    max_leaves=12,
)
SPACE = st.sampled_from(["", " ", "\n", " # ] }\n"])


def as_toml(value, draw):
    """Write a value in one of its spellings; in an array lines may break anywhere."""
    if isinstance(value, dict):
        pairs = (f"{as_key(k, draw)} = {as_toml(v, draw)}" for k, v in value.items())
        return "{ " + ", ".join(pairs) + " }"
    if isinstance(value, list):
        return "[" + "".join(f"{draw(SPACE)}{as_toml(v, draw)}{draw(SPACE)}," for v in value) + "]"
    if not isinstance(value, str):
        return json.dumps(value)
    ways = [json.dumps(value, ensure_ascii=False)]
    if not {"'", "\n"} & set(value):
        ways.append(f"'{value}'")
    if "'" not in value:
        ways.append(f"'''\n{value}'''")
    ways.append('"""\n' + value.replace("\\", "\\\\").replace('"', '\\"') + '"""')
    return draw(st.sampled_from(ways))


def as_key(key, draw):
    bare = key.isascii() and key.replace("-", "").isalnum()
    return key if bare and draw(st.booleans()) else json.dumps(key, ensure_ascii=False)


@given(st.data())
def test_every_value_of_any_file_is_found(data):
    top = data.draw(st.dictionaries(KEYS, VALUES, max_size=4))
    text = "".join(f"{as_key(k, data.draw)} = {as_toml(v, data.draw)}\n" for k, v in top.items())
    assert tomllib.loads(text) == top
    found = lines(text)
    assert found.keys() == set(places(top))
    assert list(found.values()) == sorted(found.values())
