"""The demo writes a world and a topic that can be read."""

import tomllib

from corepath.synthetic import demo
from corepath.warehouse.topic.files import read


def test_the_demo_is_the_topic_that_ships_with_fewer_draws_and_is_made_once(tmp_path, capsys):
    demo.main([str(tmp_path), "--families", "300"])
    topic, shipped = read(str(tmp_path / "ai_chips.toml")), read("ai_chips")
    assert topic.method.samples < shipped.method.samples
    assert topic.method.dimensions == shipped.method.dimensions
    assert topic.include == shipped.include
    truth = tomllib.loads((tmp_path / "world.truth.toml").read_text())
    assert truth["core"]["technologies"] == ["G06N", "H03K"]
    assert list((tmp_path / "world").glob("*.parquet"))
    capsys.readouterr()
    demo.main([str(tmp_path), "--families", "300"])
    assert "is there already" in capsys.readouterr().out
