"""A topic file from answers."""

import re

import pytest

from corepath.warehouse.errors import BadInput, UsageError
from corepath.warehouse.topic.files import read
from corepath.warehouse.topic.init import Answers, ask_all, pattern, write

BATTERIES = Answers(
    'Solid-state "batteries"', ["JP", "DE"], ["H01M10/0562"], ["H01M"], ["solid electrolyte"], ["B60"]
)


def test_the_file_is_a_topic_that_says_what_was_answered(tmp_path):
    write(BATTERIES, tmp_path / "batteries.toml")
    topic = read(str(tmp_path / "batteries.toml"))
    assert (topic.name, topic.title) == ("solid_state_batteries", 'Solid-state "batteries"')
    assert topic.countries == ["JP", "DE"]
    assert [(r.id, r.classes, r.terms) for r in topic.include] == [
        ("class", ["H01M10/0562"], None),
        ("class_and_word", ["H01M"], "words"),
    ]
    assert topic.exclude[0].classes == ["B60"]
    assert "docs/topics.md" in (tmp_path / "batteries.toml").read_text()


@pytest.mark.parametrize(
    "answers",
    [
        Answers("T", ["JP"], ["H01M"], [], [], []),
        Answers("T", ["JP"], [], [], ["battery"], []),
        Answers("T", ["JP"], [], ["H01M"], ["battery"], []),
    ],
)
def test_answers_may_be_left_out(tmp_path, answers):
    write(answers, tmp_path / "t.toml")
    assert len(read(str(tmp_path / "t.toml")).include) == 1


def test_words_are_found_with_hyphens_and_plurals_and_without_case():
    found = re.compile(f"(?i){pattern(['solid electrolyte', 'C++'])}")
    assert found.search("A Solid-Electrolytes layer")
    assert not found.search("solid electrolytic")


def test_questions_are_asked_and_lists_split():
    answers = iter(["Cells", "jp, us", "H01M10/05,H01M4", "", "solid electrolyte", ""])
    assert ask_all(lambda question, default: next(answers)) == Answers(
        "Cells", ["JP", "US"], ["H01M10/05", "H01M4"], [], ["solid electrolyte"], []
    )


def test_nothing_is_replaced_and_faults_are_told(tmp_path):
    path = tmp_path / "t.toml"
    write(BATTERIES, path)
    with pytest.raises(UsageError, match="is there already"):
        write(BATTERIES, path)
    with pytest.raises(UsageError, match="ends in"):
        write(BATTERIES, tmp_path / "t.txt")
    with pytest.raises(UsageError, match="needs classes"):
        write(Answers("T", ["JP"], [], [], [], []), tmp_path / "u.toml")
    with pytest.raises(BadInput, match=r"u\.toml:"):
        write(Answers("T", ["JP"], ["nonsense"], [], [], []), tmp_path / "u.toml")
