"""Make what the demo reads: a generated world in which most patents are of AI chips, and its topic.

`python -m corepath.synthetic.demo FOLDER` writes FOLDER/world/ in the layout of Google Patents, what
was planted in FOLDER/world.truth.toml, and FOLDER/ai_chips.toml: the topic that ships, with fewer
draws, so that a release takes about a minute.
"""

import argparse
from pathlib import Path

from corepath.synthetic import world
from corepath.warehouse.settings import ROOT

FAMILIES = 36_000
_METHOD = """[method]
# The demo draws less often than the topic that ships: its intervals are coarser.
samples = 200
null_draws = 200
rarefaction_draws = 50
permutations = 999
communities = 30
"""


def main(arguments: list[str] | None = None) -> None:
    """Write the world and the topic, unless the folder has them."""
    parser = argparse.ArgumentParser(prog="python -m corepath.synthetic.demo", description=__doc__)
    parser.add_argument("folder", type=Path, help="where to; what is there already is left as it is")
    parser.add_argument("--families", type=int, default=FAMILIES, help="how many there are [36000]")
    given = parser.parse_args(arguments)
    given.folder.mkdir(parents=True, exist_ok=True)
    topic = (ROOT / "topics" / "ai_chips.toml").read_text(encoding="utf-8")
    (given.folder / "ai_chips.toml").write_text(topic.replace("[method]\n", _METHOD), encoding="utf-8")
    # The truth is written last: without it, the world is not whole.
    if (given.folder / "world.truth.toml").exists():
        print(f"{given.folder / 'world'} is there already")
        return
    plan = ["--plan", str(Path(__file__).with_name("demo.toml"))]
    size = ["--families", str(given.families), "--layout", "google_patents"]
    world.main([*size, *plan, "--out", str(given.folder / "world")])


if __name__ == "__main__":
    main()
