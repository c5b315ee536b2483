"""Why a publication is in a topic: the same rule as a refresh, with what it rests on."""

import subprocess
import sys

import duckdb
import pytest

from corepath.warehouse.errors import BadInput, Busy, UsageError
from corepath.warehouse.explore.explain import as_text, explain
from corepath.warehouse.settings import Settings
from corepath.warehouse.topic.files import read
from tests.topics.test_ai_chips import LEFT_OUT, LET_IN
from tests.worlds import publications, rows, world

STAGING = ("stg_document", "stg_classification", "stg_family")


def numbered(documents):
    """Documents of (symbols, title) as publications US-1000-B2, US-1001-B2, ..."""
    return [
        {"publication_number": f"US-{1000 + i}-B2", "title": title, "symbols": symbols}
        for i, (symbols, title) in enumerate(documents)
    ]


def built(documents, *wanted, topic):
    """Build tables of documents: publication_number, symbols and fields of stg_document."""
    return world(
        {
            "sources.stg_document": publications(
                *({k: v for k, v in d.items() if k != "symbols"} for d in documents)
            ),
            "sources.stg_classification": [
                {"publication_number": d["publication_number"], "symbol": s, "position": i}
                for d in documents
                for i, s in enumerate(d.get("symbols", "").split(), start=1)
            ],
        },
        *(f"staging.{table}" for table in STAGING),
        *wanted,
        topic=topic,
    )


@pytest.fixture
def warehouse(tmp_path):
    """Write documents into a warehouse; get settings for a topic there."""

    def write(documents, topic="ai_chips"):
        path = tmp_path / "warehouse.duckdb"
        connection = built(documents, topic=read(topic))
        connection.execute(f"attach '{path}' as warehouse; create schema warehouse.staging")
        for table in STAGING:
            connection.execute(f"create table warehouse.staging.{table} as from staging.{table}")
        connection.close()
        return Settings(topic=topic, warehouse=path, threads=1)

    return write


def by_label(explanation):
    return {v.label: v for v in explanation.rules if v.purpose != "subfield"}


@pytest.mark.whole
def test_the_rule_and_every_rule_of_it_are_those_of_a_refresh(warehouse):
    documents = numbered([*LET_IN, *LEFT_OUT])
    settings = warehouse(documents)
    connection = built(documents, "intermediate.int_topic_document", topic=read("ai_chips"))
    chosen = {
        row["publication_number"]: row["selected_by"]
        for row in rows(connection, "from intermediate.int_topic_document")
    }
    hits = {
        (row["publication_number"], row["purpose"], row["label"])
        for row in rows(
            connection, "from intermediate.int_topic_rule_hit inner join topic.topic_rule using (rule_id)"
        )
    }
    let_in = {number for number, purpose, _ in hits if purpose == "include"}
    for number in [d["publication_number"] for d in documents][::3]:
        found = explain(settings, number)
        assert found.selected_by == chosen.get(number)
        holding = {(number, v.purpose, v.label) for v in found.rules if v.holds}
        told = {hit for hit in hits if hit[0] == number}
        assert holding >= told
        if number in let_in:
            assert holding == told


def test_classes_and_words_are_told_with_their_place(warehouse):
    settings = warehouse(
        [
            {
                "publication_number": "JP-2010123456-A",
                "symbols": "G06F12/02 H10P72/00",
                "title": "ＦＰＧＡ装置",
                "abstract": "本発明は、ＣＮＮの演算を行う装置に関する。",
            }
        ]
    )
    found = explain(settings, "JP-2010123456-A")
    assert found.selected_by == "b_class_and_ai"
    rule = by_label(found)["b_class_and_ai"]
    # H01L 21 as the topic names it, by its new name.
    assert rule.symbols == ("G06F12/02", "H10P72/00")
    word, _ = rule.words  # Korean terms take in what follows, in whatever script
    assert (word.text, word.field, word.position) == ("CNN", "abstract", 5)
    assert (word.before, word.after) == ("FPGA装置\n本発明は、", "の演算を行う装置に関する。")
    assert not by_label(found)["a_class"].holds
    assert "»CNN«の演算" in as_text(found)
    assert "(abstract, character 6)" in as_text(found)


@pytest.mark.whole
def test_an_exclusion_strikes_or_tells_what_spared_from_it(warehouse):
    settings = warehouse(
        numbered(
            [
                ("G06F17/16", "Machine learning of orders"),
                ("G06F17/16", "Machine learning processor"),
                ("A01B1/00", "Plough"),
            ]
        )
    )
    struck, spared, outside = (explain(settings, f"US-{n}-B2") for n in (1000, 1001, 1002))
    assert struck.selected_by is None
    assert by_label(struck)["hardware_not_said"].spared_by == ()
    assert "It is not in the topic ai_chips: hardware_not_said puts it out." in as_text(struck)
    assert by_label(spared)["hardware_not_said"].spared_by == ("hardware_said",)
    assert "hardware_not_said: words; spared by hardware_said" in as_text(spared)
    assert "It is not in the topic ai_chips: no rule lets it in." in as_text(outside)


def test_subfields_are_told_the_primary_first(warehouse):
    settings = warehouse(numbered([("G06F8/41 H03K19/177", "Neural network circuit on a GPU")]))
    found = explain(settings, "US-1000-B2")
    assert found.subfields == ("fpga", "gpu", "compiler")
    assert "sub-fields: fpga, gpu, compiler" in as_text(found)


@pytest.mark.whole
def test_a_family_is_in_by_a_member_and_no_design_counts(warehouse):
    settings = warehouse(
        [
            {"publication_number": "US-1000-B2", "family_id": "7", "symbols": "G06N3/063"},
            {"publication_number": "EP-1000-A1", "family_id": "7", "symbols": "A01B1/00"},
            {"publication_number": "CN-1000-S", "family_id": "8", "symbols": "G06N3/063"},
        ]
    )
    member = explain(settings, "EP-1000-A1")
    assert member.selected_by is None
    assert "Its family 7 has 2 invention documents, of which US-1000-B2 is in the topic." in (as_text(member))
    design = as_text(explain(settings, "CN-1000-S"))
    assert "but is no invention document" in design
    assert "Its family 8 has 0 invention documents, none of them in the topic." in design


@pytest.mark.whole
@pytest.mark.parametrize("spelt", ["US-1000-B2", "US1000B2", "us 1000 b2", "US 1,000 B2"])
def test_a_number_may_be_spelt_in_many_ways(spelt, warehouse):
    settings = warehouse(numbered([("G06N3/063", "Chip")]))
    assert explain(settings, spelt).publication_number == "US-1000-B2"


@pytest.mark.parametrize("spelt", ["US-1000", "US-1000-B1", "US01000B2"])
def test_of_an_unknown_number_the_near_ones_are_named(spelt, warehouse):
    settings = warehouse(numbered([("G06N3/063", "Chip")]))
    with pytest.raises(UsageError, match=f"no publication '{spelt}'; near it are US-1000-B2"):
        explain(settings, spelt)


@pytest.mark.whole
def test_a_number_that_is_near_none_is_unknown(warehouse):
    settings = warehouse(numbered([("G06N3/063", "Chip")]))
    for nothing in ("CN-99887766-A", "%", "", "' or 1=1 --"):
        with pytest.raises(UsageError, match="no publication"):
            explain(settings, nothing)


def test_text_of_the_dump_cannot_steer_the_terminal(warehouse):
    title = "Chip \x1b[31mred\x07 [bold]neural network\u202e[/bold]"
    told = as_text(explain(warehouse(numbered([("G06N3/02", title)])), "US-1000-B2"))
    assert "[bold]" in told
    assert not {"\x1b", "\x07", "\u202e"} & set(told)


@pytest.mark.whole
def test_nothing_is_written(warehouse):
    settings = warehouse(numbered([("G06N3/063", "Chip")]))
    before = settings.warehouse.read_bytes()
    explain(settings, "US-1000-B2")
    assert settings.warehouse.read_bytes() == before
    assert list(settings.warehouse.parent.iterdir()) == [settings.warehouse]


def test_a_warehouse_that_cannot_be_read_is_told_apart_from_one_that_is_empty(tmp_path):
    settings = Settings(topic="ai_chips", warehouse=tmp_path / "w.duckdb")
    with pytest.raises(UsageError, match="there is no warehouse"):
        explain(settings, "US-1000-B2")
    duckdb.connect(str(settings.warehouse)).close()
    with pytest.raises(UsageError, match="holds no documents yet"):
        explain(settings, "US-1000-B2")
    with duckdb.connect(str(settings.warehouse)) as connection:
        connection.execute("create schema staging; create table staging.stg_family as select 1 i")
    with pytest.raises(UsageError, match="older corepath; refresh it"):
        explain(settings, "US-1000-B2")
    settings.warehouse.write_text("nothing of the kind" * 1000)
    with pytest.raises(BadInput, match="not a valid DuckDB database"):
        explain(settings, "US-1000-B2")


def test_a_warehouse_in_use_is_busy(warehouse):
    settings = warehouse(numbered([("G06N3/063", "Chip")]))
    code = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('held', flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", code, str(settings.warehouse)],
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout.readline() == "held\n"
        with pytest.raises(Busy, match="held by another run"):
            explain(settings, "US-1000-B2")


@pytest.mark.whole
def test_a_topic_may_search_titles_where_there_is_no_abstract_and_the_other_way(warehouse, tmp_path):
    file = tmp_path / "t.toml"
    file.write_text('name = "t"\ntitle = "T"\n[[include]]\nid = "r"\nterms = "t"\n[terms.t]\nen = "chip"\n')
    settings = warehouse(
        [
            {"publication_number": "US-1-B2", "title": "A chip"},
            {"publication_number": "US-2-B2", "abstract": "A chip"},
            {"publication_number": "US-3-B2"},
        ],
        topic=str(file),
    )
    words = [v.words for n in (1, 2, 3) for v in explain(settings, f"US-{n}-B2").rules]
    assert [[(w.field, w.position) for w in of] for of in words] == [[("title", 2)], [("abstract", 2)], []]
