"""Make what the demo reads: a generated world in which most patents are of one topic, and the topic.

`python -m corepath.synthetic.demo FOLDER` writes FOLDER/world/ in the layout of Google Patents, what
was planted in FOLDER/world.truth.toml, and FOLDER/ai_chips.toml: the topic that ships, with fewer
draws, so that a release takes about a minute. With `--topic FILE` the world is of a topic of your own.
"""

import argparse
import json
import re
from pathlib import Path

from corepath.synthetic import world
from corepath.warehouse.settings import ROOT
from corepath.warehouse.topic.files import Topic, read

FAMILIES = 36_000
SHIPPED = ROOT / "topics" / "ai_chips.toml"
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
    parser.add_argument("--topic", type=Path, default=SHIPPED, help="file of a topic of your own [ai_chips]")
    given = parser.parse_args(arguments)
    topic = read(str(given.topic))
    plan = Path(__file__).with_name("demo.toml").read_text(encoding="utf-8")
    if given.topic != SHIPPED:
        plan += f'\n[topic]\ntitle = {json.dumps(topic.title)}\nsymbol = "{symbol_of(topic)}"\n'
    given.folder.mkdir(parents=True, exist_ok=True)
    text = given.topic.read_text(encoding="utf-8")
    text, count = re.subn(r"^\[method\]\n", _METHOD, text, flags=re.MULTILINE)
    text = text if count else f"{text}\n{_METHOD}"
    (given.folder / f"{topic.name}.toml").write_text(text, encoding="utf-8")
    # The truth is written last: without it, the world is not whole.
    if (given.folder / "world.truth.toml").exists():
        print(f"{given.folder / 'world'} is there already")
        return
    (given.folder / "plan.toml").write_text(plan, encoding="utf-8")
    size = ["--families", str(given.families), "--layout", "google_patents"]
    world.main([*size, "--plan", str(given.folder / "plan.toml"), "--out", str(given.folder / "world")])


def symbol_of(topic: Topic) -> str:
    """Choose a symbol by which documents are in a topic, whatever their words.

    Examples
    --------
    >>> symbol_of(Topic(name="t", title="T", classes=["H01M10"]))
    'H01M10/00'
    """
    for rule in topic.include:
        for prefix in rule.classes if rule.terms is None and rule.near is None else ():
            if re.fullmatch(r"[A-HY]\d\d[A-Z]", prefix):
                return f"{prefix}1/00"
            if re.fullmatch(r"[A-HY]\d\d[A-Z]\d+(/\d\d+)?", prefix):
                return prefix if "/" in prefix else f"{prefix}/00"
    raise SystemExit(
        f"{topic.name} lets in no class, of a subclass or below, by itself: no world can be made of it"
    )


if __name__ == "__main__":
    main()
