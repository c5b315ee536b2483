"""Topic files: what they may say, and which documents their rules select."""

import re

import pytest

from corepath.warehouse.errors import BadInput, UsageError
from corepath.warehouse.topic import files as topics
from corepath.warehouse.topic.files import Topic, available, read
from tests.worlds import by, publications, rows, world

SMALLEST = 'name = "ai"\ntitle = "AI"\nclasses = ["G06N", "H01L21"]\n'


@pytest.fixture
def topic_file(tmp_path):
    def write(text, name="my.toml"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return str(path)

    return write


# --- Files ---------------------------------------------------------------------------------------


def test_the_smallest_topic_is_three_lines(topic_file):
    assert SMALLEST.count("\n") == 3
    topic = read(topic_file(SMALLEST))
    assert (topic.name, topic.countries) == ("ai", ["JP", "US", "KR", "CN"])
    tables = topic.tables(None)
    assert tables["topic_rule"].rows() == [(1, "include", "classes", True, None)]
    assert tables["topic_class"].rows() == [(1, "G06N", False), (1, "H01L21/", False)]
    assert tables["topic"]["core_share"].item() == 0.1


@pytest.mark.parametrize("name", sorted(path.stem for path in available()))
def test_a_shipped_topic_loads_by_its_name_and_bears_it(name):
    topic = read(name)
    assert topic.name == name
    assert topic == read(str(topics.TOPICS / f"{name}.toml"))
    assert topic.tables(["DE"])["topic_country"].rows() == [("DE", 1)]


def test_both_topics_of_the_first_release_ship():
    assert {"ai_chips", "information_technology"} <= {path.stem for path in available()}


@pytest.mark.parametrize("name", ["nothing", "AI_chips", "../topics/ai_chips", ""])
def test_an_unknown_name_is_a_mistake_of_the_callers_and_the_known_are_told(name):
    with pytest.raises(UsageError, match="ai_chips, ai_chips_cnipa, information_technology"):
        read(name)


def test_a_file_that_is_not_there_or_no_toml_is_named(topic_file, tmp_path):
    with pytest.raises((BadInput, UsageError), match=r"nowhere\.toml"):
        read(str(tmp_path / "nowhere.toml"))
    with pytest.raises(BadInput, match=r"my\.toml:1: cannot be read as a topic"):
        read(topic_file("name = "))
    (tmp_path / "latin.toml").write_bytes('name = "ü"'.encode("latin-1"))
    with pytest.raises(BadInput, match=r"latin\.toml:1: cannot be read as a topic"):
        read(str(tmp_path / "latin.toml"))


RULE = '[[include]]\nid = "r"\n'
TERMS = '[terms.t]\nen = "chip"\n'


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('title = "AI"\nclasses = ["G06N"]', "name: Field required"),
        (SMALLEST.replace('"ai"', '"AI chips"'), "name: "),
        (SMALLEST.replace("H01L21", "h01l"), "classes.1: "),
        (SMALLEST.replace("H01L21", "H01L21/"), None),
        (SMALLEST.replace("H01L21", "Z99"), "classes.1: "),
        (SMALLEST.replace("H01L21", "H0"), "classes.1: "),
        (SMALLEST + "clases = []", "clases: there is no key 'clases' (did you mean classes?)"),
        ('name = "a"\ntitle = "A"', "a topic needs classes, or at least one [[include]] rule"),
        (SMALLEST + 'countries = ["Japan"]', "countries.0: 'Japan'"),
        (SMALLEST + 'countries = ["JP", "US", "JP"]', "countries.2: JP is given twice"),
        (SMALLEST + "[method]\ncore_share = 1.5", "method.core_share: Input should be less than 1"),
        (SMALLEST + '[method]\nindicators = ["fc_5", "rca"]', "method.indicators.1: 'rca' is no indicator"),
        (SMALLEST + '[method]\nindicators = ["cl", "cl"]', "indicators.1: cl is given twice"),
        (SMALLEST + "[method]\nindicators = []", "method.indicators: List should have at least 1"),
        (SMALLEST + RULE, "include.0: a rule needs classes, first_classes, terms or near"),
        (SMALLEST + RULE + 'classes = ["G"]\nfirst_classes = ["G"]', "not both"),
        (SMALLEST + RULE + 'terms = "t"\nnear = ["t", "t"]\n' + TERMS, "include.0: a rule takes"),
        (SMALLEST + RULE + 'terms = "t"', "rule 'r' names the terms 't', which are not given"),
        (SMALLEST + RULE + 'near = ["t", "u"]\n' + TERMS, "names the terms 'u'"),
        (SMALLEST + '[[include]]\nclasses = ["G"]', "every rule needs an id of its own"),
        (SMALLEST + '[[include]]\nid = "classes"\nclasses = ["G"]', "every rule needs an id"),
        (
            SMALLEST + '[[exclude]]\nid = "x"\nclasses = ["G"]\nunless = ["y"]',
            "rule 'x': unless names 'y', which is no rule",
        ),
        (SMALLEST + RULE + 'terms = "t"\n[terms.t]\nen = "(chip"', "terms.t.en: "),
        # Python's engine would take it, the one that searches does not.
        (SMALLEST + RULE + 'terms = "t"\n[terms.t]\nen = "chip(?=s)"', "terms.t.en: "),
        (SMALLEST + RULE + 'terms = "t"\n[terms.t]\nfr = "puce"', "terms.t.fr.[key]: Input should"),
        (SMALLEST + RULE + 'terms = "t"\n[terms.t]', "terms.t: has no language"),
        (
            SMALLEST + RULE + 'near = ["t", "u"]\n[terms.t]\nen = "a"\n[terms.u]\nja = "b"',
            "rule 'r': its terms are near each other in no language",
        ),
        (SMALLEST + RULE + 'near = ["t", "t"]\nwithin = 51\n' + TERMS, "include.0.within: Input"),
        (
            SMALLEST + '[[subfield]]\nid = "all"\ntitle = "S"\nany = [{ classes = ["G"] }]',
            "subfield.0.id: 'all' stands for the whole topic",
        ),
        (SMALLEST + '[[subfield]]\nid = "s"\ntitle = "S"\nany = []', "subfield.0.any: List should"),
        (
            SMALLEST + '[[subfield]]\nid = "s"\ntitle = "S"\nany = [{ classes = ["G"] }]\n' * 2,
            "subfield.1: s is given twice",
        ),
    ],
)
def test_what_is_wrong_is_told_by_file_and_field(topic_file, text, complaint):
    if complaint is None:
        assert read(topic_file(text))
        return
    with pytest.raises(BadInput) as caught:
        read(topic_file(text))
    message = str(caught.value)
    assert complaint in message
    assert re.search(r"/my\.toml:\d+: ", message.splitlines()[0])
    assert caught.value.exit_code == 3


@pytest.mark.parametrize(
    ("text", "told"),
    [
        # A key, an item of a list over several lines, an inline table, a dotted key.
        (SMALLEST + RULE + "within = 99\nclasses = ['G']", "6: include.0.within: Input should"),
        ('name = "a"\ntitle = "A"\nclasses = [\n  "G",\n  "g",  # "H"\n]', "5: classes.1: 'g'"),
        (
            SMALLEST + '[[subfield]]\nid = "s"\ntitle = "S"\nany = [\n{ classes = ["G"] },\n'
            "{ terms = 1 },\n]",
            "9: subfield.0.any.1.terms: Input should be a valid string",
        ),
        (SMALLEST + "\n\nmethod.core_share = 2", "6: method.core_share: Input should be less"),
        # A key that no table has, one that is missing, one in a table named twice.
        (SMALLEST + "[method]\nsort = 1", "5: method.sort: there is no key 'sort'"),
        ('\n\nclasses = ["G"]\nname = "a"', "1: title: Field required"),
        (
            SMALLEST + '[[subfield]]\nid = "s"\ntitle = "S"\nany = [{ terms = "t" }]\n'
            '[[subfield]]\nid = "t"\ntitle = "T"\n',
            "8: subfield.1.any: Field required",
        ),
        (
            SMALLEST + RULE + "classes = ['G']\n" + RULE + "near = ['t']",
            "9: include.1.near.1: Field required",
        ),
        # Behind a text of several lines, which looks like a table.
        (SMALLEST + "description = '''\n[[include]]\nwithin = 1\n'''\nx = 1", "8: x: there is no key 'x'"),
        # What does not fit together is told where it is written.
        (SMALLEST + RULE + 'terms = "t"', "6: include.0.terms: rule 'r' names the terms 't'"),
        (
            SMALLEST + RULE + 'classes = ["G"]\n' + RULE + 'classes = ["H"]',
            "8: include.1.id: every rule needs an id of its own",
        ),
        (
            SMALLEST + '[[exclude]]\nid = "x"\nclasses = ["G"]\nunless = ["classes",\n"y"]',
            "8: exclude.0.unless.1: rule 'x': unless names 'y'",
        ),
        (SMALLEST + RULE + 'terms = "t"\n[terms.t]\nen = "chip"\nzh = "("', "9: terms.t.zh: regex"),
        (SMALLEST + RULE + 'terms = "t"\n[terms]\nt = { en = "(" }', "8: terms.t.en: regex"),
        (
            SMALLEST + '[variant.v]\ninclude = [\n"classes",\n"c",\n]',
            "7: variant.v.include.1: 'c' is no include rule",
        ),
        (SMALLEST + 'countries = [\n"JP",\n"US",\n"JP",\n]', "7: countries.2: JP is given twice"),
        ('name = "a"\n\ntitle = "A"', "1: a topic needs classes"),
        # What is no TOML.
        ('name = "a"\ntitle = A', "2: cannot be read as a topic: Invalid value"),
        ('name = "a"\ntitle = "A"\nname = "b"', "3: cannot be read as a topic: Cannot overwrite"),
        (SMALLEST + 'description = """\n\n', "5: cannot be read as a topic: Unterminated string"),
        (SMALLEST + "description = 'a", "4: cannot be read as a topic: "),
        ("", "1: name: Field required"),
    ],
)
def test_a_fault_is_told_with_its_line(topic_file, text, told):
    path = topic_file(text)
    with pytest.raises(BadInput) as caught:
        read(path)
    assert str(caught.value).startswith(f"{path}:{told}")


def test_a_text_that_is_not_utf8_is_told_with_its_line(tmp_path):
    path = tmp_path / "latin.toml"
    path.write_bytes('name = "u"\ntitle = "ü"'.encode("latin-1"))
    with pytest.raises(BadInput, match=r"latin\.toml:2: cannot be read as a topic: it is not UTF-8"):
        read(str(path))


def test_every_fault_is_told_at_once(topic_file):
    with pytest.raises(BadInput) as caught:
        read(topic_file('title = "A"\nclasses = ["g"]\ncountries = ["x"]'))
    assert str(caught.value).count("my.toml:") == 3


def test_terms_too_wide_to_search_for_are_refused_when_the_file_is_read(topic_file):
    words = "|".join(rf"\\b(?:\\w+{c}\\w+\\W){{1,9}}" for c in "abcdefgh")
    with pytest.raises(BadInput, match=r"exceeds size limit"):
        read(topic_file(SMALLEST + RULE + f'near = ["t", "t"]\nwithin = 50\n[terms.t]\nen = "{words}"'))


def test_a_country_asked_for_twice_is_compared_once():
    table = read("information_technology").tables(["KR", "JP", "KR"])["topic_country"]
    assert table.rows() == [("KR", 1), ("JP", 2)]


VARIANTS = """
name = "t"
title = "T"
[[include]]
id = "a"
classes = ["G06N3/06"]
[[include]]
id = "b"
classes = ["G06N"]
[[exclude]]
id = "x"
classes = ["H01L"]
unless = ["b"]
[variant.strict]
include = ["a"]
"""


def test_a_variant_is_asked_for_behind_a_colon_and_has_a_name_of_its_own(topic_file):
    path = topic_file(VARIANTS)
    assert read(path).name == "t"
    strict = read(f"{path}:strict")
    assert (strict.name, strict.title) == ("t_strict", "T (strict)")
    assert [rule.id for rule in strict.include] == ["a"]
    assert strict.tables(None)["topic"]["topic"].item() == "t_strict"


@pytest.mark.parametrize(
    ("variant", "near"), [("loose", ""), ("Strict", " (did you mean strict?)"), ("b", ""), ("1", "")]
)
def test_an_unknown_variant_is_a_mistake_of_the_callers_and_the_known_are_told(topic_file, variant, near):
    told = re.escape(f"the topic t has no variant '{variant}'{near}; it has strict")
    with pytest.raises(UsageError, match=told):
        read(f"{topic_file(VARIANTS)}:{variant}")
    with pytest.raises(UsageError, match=r"information_technology has no variant .* it has none"):
        read(f"information_technology:{variant}")


# --- Rules, through the real SQL -----------------------------------------------------------------


def selected(topic, *documents):
    """Which documents a topic selects and by which rule: (classes, title, abstract) by place."""
    topic = topic if isinstance(topic, Topic) else Topic(**topic)
    given = {
        "sources.stg_document": publications(
            *(
                {"publication_number": f"US-{i:03}-B2", "title": title, "abstract": abstract}
                for i, (_, title, abstract) in enumerate(documents)
            )
        ),
        "sources.stg_classification": [
            {"publication_number": f"US-{i:03}-B2", "position": position}
            | dict(zip(("symbol", "scheme"), (*symbol.split(" "), "IPC"), strict=False))
            for i, (classes, _, _) in enumerate(documents)
            for position, symbol in enumerate(classes, start=1)
        ],
    }
    connection = world(given, "intermediate.int_topic_document", topic=topic)
    found = by(connection, "intermediate.int_topic_document", "publication_number")
    return {int(number[3:6]): row["selected_by"] for number, row in found.items()}


def with_classes(*classes, topic):
    return set(selected(topic, *(((c,), None, None) for c in classes)))


def asking(**rule):
    return {"name": "t", "title": "T", "include": [{"id": "r"} | rule]}


@pytest.mark.parametrize(
    ("prefix", "holds", "fails"),
    [
        ("H03M1", ["H03M1/00", "H03M1/12"], ["H03M13/00", "H03M11/02", "H03M3/00"]),
        ("H03M1/", ["H03M1/00"], ["H03M13/00"]),
        ("G06N3/06", ["G06N3/06", "G06N3/063", "G06N3/0635"], ["G06N3/04", "G06N3/00"]),
        ("G06N3/063", ["G06N3/063", "G06N3/0635"], ["G06N3/06", "G06N3/065"]),
        ("G06", ["G06N3/02", "G06F1/00"], ["G01N3/02", "H06N3/02"]),
        ("G06N", ["G06N3/02", "G06N10/00"], ["G06F3/02"]),
        ("G", ["G06N3/02", "G01N3/02"], ["H01L21/00"]),
        ("Y02", ["Y02D10/00 CPC"], ["H02D10/00"]),
    ],
)
def test_a_prefix_means_all_below_it_and_nothing_beside_it(prefix, holds, fails):
    found = with_classes(*holds, *fails, topic={"name": "t", "title": "T", "classes": [prefix]})
    assert found == set(range(len(holds)))


def test_either_scheme_will_do():
    topic = asking(classes=["G06F2207/4824"])
    assert with_classes("G06F2207/4824 CPC", "G06F2207/00 CPC", topic=topic) == {0}


def test_first_classes_sees_only_the_first_of_either_scheme():
    topic = asking(first_classes=["G06"])
    found = selected(
        topic,
        (["G06N3/02", "H01L21/00"], None, None),
        (["H01L21/00", "G06N3/02"], None, None),
        (["H01L21/00", "G06N3/02 CPC"], None, None),
    )
    assert set(found) == {0}
    anywhere = asking(classes=["G06"])
    assert set(selected(anywhere, (["H01L21/00", "G06N3/02"], None, None))) == {0}


CHIP = {
    "chip": {"en": r"\bchips?\b", "zh": "芯片", "ja": "FPGA|チップ", "ko": r"\w*칩\w*"},
    "ai": {"en": r"\bneural\b", "zh": "神经网络", "ja": "ニューラル", "ko": r"\w*신경망\w*"},
}
CLASS = ["G06N3/02"]


def test_terms_are_sought_in_title_and_abstract_in_any_language_and_case():
    found = selected(
        asking(terms="chip") | {"terms": CHIP},
        (CLASS, "A CHIP", None),
        (CLASS, None, "made of\nChips, mostly"),
        (CLASS, "一种芯片及其方法", None),
        (CLASS, "ＦＰＧＡ装置", None),  # full width
        (CLASS, "ﾁｯﾌﾟ", None),  # half width
        (CLASS, "반도체칩을", None),
        (CLASS, "Microchipping", None),
        (CLASS, None, None),
        ([], "A chip", None),  # no class is asked for
    )
    assert set(found) == {0, 1, 2, 3, 4, 5, 8}


def test_a_class_and_a_term_must_both_hold():
    found = selected(
        asking(classes=["G06N"], terms="chip") | {"terms": CHIP},
        (CLASS, "A chip", None),
        (CLASS, "A chair", None),
        (["H01L21/00"], "A chip", None),
    )
    assert set(found) == {0}


def test_near_holds_in_either_order_within_so_many_words():
    words = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
    found = selected(
        asking(near=["ai", "chip"], within=8) | {"terms": CHIP},
        (CLASS, "neural chip", None),
        (CLASS, "Chip, neural", None),
        (CLASS, "neural-chip", None),
        (CLASS, f"neural {' '.join(words[:8])} chip", None),
        (CLASS, f"chip {' '.join(words[:8])} neural", None),
        (CLASS, f"neural {' '.join(words[:9])} chip", None),
        (CLASS, "neural", None),
        (CLASS, "chip neuralgia", None),
    )
    assert set(found) == {0, 1, 2, 3, 4}


def test_near_counts_two_characters_a_word_where_words_run_together():
    found = selected(
        asking(near=["ai", "chip"], within=2) | {"terms": CHIP},
        (CLASS, "神经网络芯片", None),
        (CLASS, "芯片的神经网络", None),
        (CLASS, "神经网络一二三四芯片", None),
        (CLASS, "神经网络一二三四五芯片", None),
        (CLASS, "ニューラルネットワークのチップ", None),
        (CLASS, "ニューラル回路チップ", None),
        (CLASS, "신경망 하나 둘 칩", None),
        (CLASS, "신경망 하나 둘 셋 칩", None),
        # Two languages are never near each other.
        (CLASS, "neural 芯片", None),
    )
    assert set(found) == {0, 1, 2, 5, 6}


def test_blocks_are_alternatives_and_the_first_that_holds_is_told():
    topic = {
        "name": "t",
        "title": "T",
        "terms": CHIP,
        "include": [
            {"id": "a", "classes": ["G06N3/063"]},
            {"id": "b", "classes": ["G06N3"], "terms": "chip"},
            {"id": "c", "first_classes": ["G06", "H01L"], "near": ["ai", "chip"]},
        ],
    }
    found = selected(
        topic,
        (["G06N3/063"], "A neural chip", None),
        (["G06N3/02"], "A neural chip", None),
        (["H01L21/00"], "A neural chip", None),
        (["A01B1/00", "H01L21/00"], "A neural chip", None),
        (["G06N3/02"], "A chair", None),
    )
    assert found == {0: "a", 1: "b", 2: "c"}


def test_an_exclusion_takes_away_what_no_rule_spares():
    topic = {
        "name": "t",
        "title": "T",
        "terms": CHIP,
        "classes": ["G06N", "H01L"],
        "include": [{"id": "a", "classes": ["G06N3/063"]}],
        "exclude": [
            {"id": "quantum", "classes": ["G06N10"], "unless": ["a", "named"]},
            {"id": "neural", "terms": "ai"},
        ],
        "condition": [{"id": "named", "terms": "chip"}],
    }
    found = selected(
        topic,
        (["G06N10/00"], "Qubit", None),  # excluded
        (["G06N10/00", "G06N3/063"], "Qubit", None),  # spared by another rule
        (["G06N10/00"], "Chip", None),  # spared by a condition
        (["G06N10/00"], "Neural chip", None),  # spared of the one, not of the other
        (["H01L21/00"], "Wafer", None),
        (["A01B1/00"], "Chip", None),  # a condition lets nothing in
    )
    assert set(found) == {1, 2, 4}


def test_a_rule_that_a_variant_leaves_out_lets_nothing_in_and_still_spares(topic_file):
    documents = [
        (["G06N3/063"], None, None),
        (["G06N3/063", "H01L21/00"], None, None),  # spared by b, which lets nothing in
        (["G06N5/00"], None, None),
    ]
    path = topic_file(VARIANTS)
    assert set(selected(read(path), *documents)) == {0, 1, 2}
    assert set(selected(read(f"{path}:strict"), *documents)) == {0, 1}


def test_a_condition_may_ask_for_first_classes_and_nearness_too():
    topic = {
        "name": "t",
        "title": "T",
        "terms": CHIP,
        "classes": ["G", "H"],
        "exclude": [{"id": "all", "classes": ["G"], "unless": ["first", "close"]}],
        "condition": [
            {"id": "first", "first_classes": ["H"]},
            {"id": "close", "near": ["ai", "chip"], "within": 0},
        ],
    }
    found = selected(
        topic,
        (["H01L21/00", "G06N3/02"], None, None),
        (["G06N3/02", "H01L21/00"], None, None),
        (["G06N3/02"], "neural chip", None),
        (["G06N3/02"], "neural fun chip", None),
    )
    assert set(found) == {0, 2}


def test_a_subfield_selects_nothing_and_every_one_that_applies_is_known():
    topic = Topic(
        name="t",
        title="T",
        classes=["G06N3"],
        terms=CHIP,
        subfield=[
            {
                "id": "one",
                "title": "One",
                "any": [{"classes": ["G06N5"]}, {"classes": ["G06N3/06"], "terms": "chip"}],
            },
            {"id": "two", "title": "Two", "any": [{"terms": "chip"}]},
        ],
    )
    connection = world(
        {
            "sources.stg_document": publications(
                {"publication_number": "US-1-B2", "title": "Chip"},
                {"publication_number": "US-2-B2", "title": "Chip"},
                {"publication_number": "US-3-B2", "title": "Chip"},
            ),
            "sources.stg_classification": [
                {"publication_number": "US-1-B2", "symbol": "G06N3/063"},
                {"publication_number": "US-2-B2", "symbol": "G06N3/02"},
                {"publication_number": "US-3-B2", "symbol": "G06N5/02"},
            ],
        },
        "intermediate.int_family",
        topic=topic,
    )
    families = by(connection, "intermediate.int_family", "family_id")
    assert {number: row["subfield"] for number, row in families.items()} == {
        "US-1-B2": "one",
        "US-2-B2": "two",
    }
    hits = rows(
        connection,
        "select distinct label from intermediate.int_topic_rule_hit "
        "join topic.topic_rule using (rule_id) "
        "where purpose = 'subfield' and publication_number = 'US-1-B2'",
    )
    assert {row["label"] for row in hits} == {"one", "two"}


def test_the_words_of_a_family_count_for_its_subfield_also_where_another_member_is_let_in():
    topic = Topic(
        name="t",
        title="T",
        terms=CHIP,
        include=[{"id": "r", "classes": ["G06N"], "terms": "ai"}],
        subfield=[{"id": "s", "title": "S", "any": [{"terms": "chip"}]}],
    )
    connection = world(
        {
            "sources.stg_document": publications(
                {
                    "publication_number": "US-1-A1",
                    "family_id": "1",
                    "title": "Chip",
                    "publication_date": "2009-01-01",
                },
                {"publication_number": "US-1-B2", "family_id": "1", "title": "Neural"},
                {"publication_number": "US-2-B2", "family_id": "2", "title": "Chip"},
            ),
            "sources.stg_classification": [
                {"publication_number": "US-1-B2", "symbol": "G06N3/02"},
                {"publication_number": "US-2-B2", "symbol": "G06N3/02"},
            ],
        },
        "intermediate.int_family",
        topic=topic,
    )
    families = by(connection, "intermediate.int_family", "family_id")
    assert {number: row["subfield"] for number, row in families.items()} == {"1": "s"}
    searched = by(connection, "intermediate.int_topic_text", "publication_number")
    assert set(searched) == {"US-1-A1", "US-1-B2"}


def test_texts_are_searched_only_where_an_include_rule_has_its_class():
    documents = [{"publication_number": f"US-{i}-B2", "title": "Neural chip"} for i in range(1, 4)]
    given = {
        "sources.stg_document": publications(*documents),
        "sources.stg_classification": [
            {"publication_number": "US-1-B2", "symbol": "G06N3/02"},
            {"publication_number": "US-2-B2", "symbol": "H01L21/00"},
        ],
    }
    table = "intermediate.int_topic_include_text"
    for include, numbers in (
        ([{"id": "r", "classes": ["G06N"], "terms": "ai"}], {"US-1-B2"}),
        ([{"id": "r", "classes": ["G06N"], "terms": "ai"}, {"id": "s", "classes": ["H"]}], {"US-1-B2"}),
        ([{"id": "r", "classes": ["G06N"]}], set()),
        ([{"id": "r", "terms": "ai"}], {"US-1-B2", "US-2-B2", "US-3-B2"}),
    ):
        topic = Topic(name="t", title="T", terms=CHIP, include=include)
        assert set(by(world(given, table, topic=topic), table, "publication_number")) == numbers


def test_a_rule_holds_for_a_document_once():
    connection = world(
        {
            "sources.stg_document": publications({"publication_number": "US-1-B2", "title": "Chip"}),
            "sources.stg_classification": [
                {"publication_number": "US-1-B2", "symbol": symbol, "position": i}
                for i, symbol in enumerate(("G06N3/02", "G06N3/04", "G06F1/00"), start=1)
            ],
        },
        "intermediate.int_topic_rule_hit",
        topic=Topic(**asking(classes=["G06N", "G06", "G06N3"], terms="chip"), terms=CHIP),
    )
    assert len(rows(connection, "from intermediate.int_topic_rule_hit")) == 1


def test_the_mark_of_an_editor_on_windows_is_no_part_of_a_topic(tmp_path):
    path = tmp_path / "marked.toml"
    path.write_bytes(b"\xef\xbb\xbf" + b'name = "marked"\ntitle = "Marked"\nclasses = ["A"]\n')
    assert read(str(path)).name == "marked"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('titel = "x"\n', "titel: there is no key 'titel' (did you mean title?)"),
        ("[method]\nsample = 9\n", "method.sample: there is no key 'sample' (did you mean samples?)"),
        ('[[include]]\nclases = ["A"]\n', "there is no key 'clases' (did you mean classes?)"),
        ("zzzzzz = 1\n", "zzzzzz: there is no key 'zzzzzz'"),
    ],
)
def test_a_misspelt_key_is_told_with_the_one_that_was_meant(tmp_path, text, told):
    path = tmp_path / "topic.toml"
    path.write_text(f'name = "topic"\ntitle = "T"\nclasses = ["A"]\n{text}')
    with pytest.raises(BadInput) as caught:
        read(str(path))
    assert told in str(caught.value)
