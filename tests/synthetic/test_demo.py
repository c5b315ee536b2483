"""The demo writes a world and a topic that can be read."""

import tomllib

import duckdb
import pytest

from corepath.synthetic import demo
from corepath.warehouse.errors import UsageError
from corepath.warehouse.topic.files import Topic, read
from corepath.warehouse.topic.init import Answers, write


def test_the_demo_is_the_topic_that_ships_with_fewer_draws_and_is_made_once(tmp_path, capsys):
    demo.write(tmp_path, 300)
    topic, shipped = read(str(tmp_path / "ai_chips.toml")), read("ai_chips")
    assert topic.method.samples < shipped.method.samples
    assert topic.method.dimensions == shipped.method.dimensions
    assert topic.include == shipped.include
    truth = tomllib.loads((tmp_path / "world.truth.toml").read_text())
    assert truth["core"]["technologies"] == ["G06N", "H03K", "H04L", "G06Q"]
    assert list((tmp_path / "world").glob("*.parquet"))
    capsys.readouterr()
    demo.write(tmp_path, 300)
    assert "is there already" in capsys.readouterr().out


def test_a_world_of_a_topic_of_ones_own_is_what_the_topic_selects(tmp_path):
    own, title = tmp_path / "batteries.toml", "Solid-state batteries"
    write(Answers(title, ["JP", "DE"], ["H01M10/0562"], ["H01M"], ["solid"], ["H01M8"]), own)
    demo.write(tmp_path / "demo", 400, own)
    topic = read(str(tmp_path / "demo" / "solid_state_batteries.toml"))
    assert topic.method.samples == 200
    with duckdb.connect() as connection:
        rows = connection.sql(
            "select list_contains(list_transform(cpc, lambda c: c.code), 'H01M10/0562') as is_in, "
            f"list_bool_or(list_transform(title_localized, lambda t: starts_with(t.text, '{title}'))), "
            "list_contains(list_transform(ipc, lambda c: c.code), 'H01M10/0562') "
            f"from '{tmp_path}/demo/world/*.parquet'"
        ).fetchall()
    assert set(rows) == {(True, True, False), (False, False, False)}
    assert sum(is_in for is_in, *_ in rows) > 0.5 * len(rows)


def test_a_topic_without_a_class_of_its_own_has_no_world():
    with pytest.raises(UsageError, match="no world can be made of it"):
        demo.symbol_of(
            Topic.model_validate(
                {
                    "name": "w",
                    "title": "W",
                    "include": [{"id": "w", "terms": "x"}],
                    "terms": {"x": {"en": "x"}},
                }
            )
        )
