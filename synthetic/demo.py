"""Make what `corepath demo` reads: a generated world, most of which is of one topic, and that topic."""

import json
import re
from pathlib import Path

from corepath.synthetic import world
from corepath.warehouse.errors import UsageError
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


def write(folder: Path, families: int = FAMILIES, topic_file: Path = SHIPPED) -> Path:
    """Write the world and the topic, unless the folder has them.

    Parameters
    ----------
    folder
        Gets world/ in the layout of Google Patents, what was planted in world.truth.toml, and the topic.
    families
        How many there are.
    topic_file
        What most of the world's patents are about.

    Returns
    -------
    pathlib.Path
        The file of the topic, with fewer draws, so that a release takes about a minute.
    """
    topic = read(str(topic_file))
    plan = Path(__file__).with_name("demo.toml").read_text(encoding="utf-8")
    if topic_file != SHIPPED:
        plan += f'\n[topic]\ntitle = {json.dumps(topic.title)}\nsymbol = "{symbol_of(topic)}"\n'
    folder.mkdir(parents=True, exist_ok=True)
    text = topic_file.read_text(encoding="utf-8")
    text, count = re.subn(r"^\[method\]\n", _METHOD, text, flags=re.MULTILINE)
    text = text if count else f"{text}\n{_METHOD}"
    written = folder / f"{topic.name}.toml"
    written.write_text(text, encoding="utf-8")
    # The truth is written last: without it, the world is not whole.
    if (folder / "world.truth.toml").exists():
        print(f"{folder / 'world'} is there already")
        return written
    (folder / "plan.toml").write_text(plan, encoding="utf-8")
    size = ["--families", str(families), "--layout", "google_patents"]
    world.main([*size, "--plan", str(folder / "plan.toml"), "--out", str(folder / "world")])
    return written


def symbol_of(topic: Topic) -> str:
    """Choose a symbol by which documents are in a topic, whatever their words.

    Raises
    ------
    UsageError
        No class, of a subclass or below, lets a document in by itself.

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
    raise UsageError(
        f"{topic.name} lets in no class, of a subclass or below, by itself: no world can be made of it"
    )
