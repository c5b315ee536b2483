"""A topic file from answers: commented, ready to be changed."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from corepath.warehouse.errors import UsageError
from corepath.warehouse.topic.files import read

Ask = Callable[[str, str], str]  # a question and the answer by default; gives the answer


@dataclass(frozen=True)
class Answers:
    """What a topic file is written from."""

    title: str
    countries: list[str]
    sure: list[str]  # classes that say it by themselves
    wide: list[str]  # classes that need a word
    words: list[str]
    without: list[str]  # classes that put a document out


def ask_all(ask: Ask) -> Answers:
    """Ask what a topic is about.

    Parameters
    ----------
    ask
        Asks one question.

    Returns
    -------
    Answers
        Lists are split at commas.
    """
    return Answers(
        ask("What is the topic called?", "Solid-state batteries"),
        [c.upper() for c in _split(ask("Which countries are compared? (two letters each)", "JP,US,KR,CN"))],
        _split(ask("Which classes say it by themselves? (such as H01M10/0562; empty for none)", "")),
        _split(ask("Which classes say it only beside a word? (such as H01M; empty for none)", "")),
        _split(ask("Which English words? (such as solid electrolyte; empty for none)", "")),
        _split(ask("Which classes put a document out again? (empty for none)", "")),
    )


def name_of(title: str) -> str:
    """Make a topic's name of its title.

    Examples
    --------
    >>> name_of("Solid-state batteries, 2nd try"), name_of("3D printing")
    ('solid_state_batteries_2nd_try', 'topic_3d_printing')
    """
    name = re.sub(r"[^a-z0-9]+", "_", title.lower()).strip("_")
    return name if re.match(r"[a-z]", name) else f"topic_{name}".rstrip("_")


def write(answers: Answers, path: Path) -> None:
    """Write a topic file, and see that it is one.

    Parameters
    ----------
    answers
        What it is about.
    path
        Where to; nothing is replaced.

    Raises
    ------
    UsageError
        The file is there, or the answers make no topic.
    BadInput
        An answer is not valid, such as a class or a country; the message names the line. The file is kept,
        to be corrected.
    """
    if path.suffix != ".toml":
        raise UsageError(f"{path}: a topic file ends in .toml")
    if answers.wide and not answers.words:
        raise UsageError("classes that say it only beside a word need words")
    if not answers.sure and not answers.words:
        raise UsageError("a topic needs classes that say it by themselves, or words")
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(as_toml(answers))
    except FileExistsError:
        raise UsageError(f"{path} is there already; name another file") from None
    except OSError as error:
        raise UsageError(f"{path}: cannot be written: {error}") from error
    read(str(path))


def as_toml(answers: Answers) -> str:
    """Write a topic as commented TOML."""
    parts = [
        "# A topic of corepath; docs/topics.md explains every key. Try it before you run it:",
        "#   corepath topics preview this_file.toml",
        f"name = {_text(name_of(answers.title))}",
        f"title = {_text(answers.title)}",
        "# Countries to compare, ISO 3166 alpha-2.",
        f"countries = {_list(answers.countries)}",
    ]
    if answers.sure:
        parts += [
            "",
            "# Let in: a class below one of these says it. H01M is a subclass, H01M10 a main group with all",
            "# below it, H01M10/0562 all that starts so.",
            "[[include]]",
            'id = "class"',
            f"classes = {_list(answers.sure)}",
        ]
    if answers.words:
        parts += [
            "",
            "# Let in: one of the words in title or abstract"
            + (", beside one of these classes." if answers.wide else "."),
            "[[include]]",
        ]
        parts += ['id = "class_and_word"' if answers.wide else 'id = "word"']
        parts += [f"classes = {_list(answers.wide)}"] if answers.wide else []
        parts += ['terms = "words"']
    if answers.without:
        parts += [
            "",
            "# Put out again, whatever let it in. To spare documents, name rules in `unless`.",
            "[[exclude]]",
            'id = "other_field"',
            f"classes = {_list(answers.without)}",
        ]
    if answers.words:
        parts += [
            "",
            "# Words: regular expressions, one a language. Case is ignored, \\b is the border of a word. Add",
            "# zh, ja and ko, or texts in these languages are not found by words.",
            "[terms.words]",
            f"en = '''{pattern(answers.words)}'''",
        ]
    parts += [
        "",
        "# Parts of the topic: uncomment and fill.",
        "# [[subfield]]",
        '# id = "part"',
        '# title = "A part"',
        '# any = [{ classes = ["H01M10/0562"] }]',
        "",
        '# Choices of method; these are the defaults of some. preset = "study" is the plain entropy method.',
        "# [method]",
        '# preset = "recommended"',
        "# minimum_families = 50",
        "# core_share = 0.10",
        "",
    ]
    return "\n".join(parts)


def pattern(words: list[str]) -> str:
    r"""Write words as one pattern: spaces may be hyphens, a plural's ending may follow.

    Examples
    --------
    >>> pattern(["solid electrolyte", "Li+ ion"])
    '\\b(?:solid[- ]electrolyte|Li\\+[- ]ion)(?:s|es)?\\b'
    """
    escaped = ("[- ]".join(re.escape(part) for part in re.split(r"[\s-]+", word)) for word in words)
    return rf"\b(?:{'|'.join(escaped)})(?:s|es)?\b"


def _split(answer: str) -> list[str]:
    return [part.strip() for part in answer.split(",") if part.strip()]


def _text(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{"".join(c if c.isprintable() else " " for c in escaped)}"'


def _list(values: list[str]) -> str:
    return f"[{', '.join(map(_text, values))}]"
