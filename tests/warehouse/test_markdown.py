"""Text of data is text in Markdown, whatever its signs mean there."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from corepath.warehouse.markdown import escaped, table

pytestmark = pytest.mark.service


@pytest.mark.parametrize(
    "text",
    [
        "[link](javascript:alert(1))",
        "![pixel](http://127.0.0.1:9/px.png)",
        "x<script>alert(1)</script><img src=x>",
        "T\n\n# Fake section\n\n**All checks passed.** [Download](http://127.0.0.1:9/evil)",
        "# heading",
        "a | b | c",
        "`code` *emphasis* ~~gone~~ &lt;b&gt;",
        "http://example.org www.example.org a@example.org",
        "<http://example.org>",
    ],
)
def test_a_title_becomes_nothing_but_its_text(text):
    for source in (f"# {escaped(text)} 2026.11.0", table(["title"], [[text]])):
        html = MarkdownIt("commonmark").enable("table").render(source)
        assert not re.search(r"<(a|img|script|em|strong|code|del|h2)\b", html)
        assert html.count("<h1>") == source.startswith("#")
        assert html.count("<tr>") == 2 * source.startswith("|")


@given(st.text(st.sampled_from("ab \n#*_[](){}<>!`|\\~:/@&;.-+=1\"'"), max_size=30))
def test_any_text_reads_as_it_was(text):
    html = MarkdownIt("commonmark").render(f"# x {escaped(text)} y")
    shown = re.sub(r"<[^>]*>", "", html.replace("<em>", "_").replace("</em>", "_"))
    unescaped = shown.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"').replace("&amp;", "&")
    assert unescaped.split() == f"x {text} y".split()
