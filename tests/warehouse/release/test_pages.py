"""The pages of a release tell what it is, and fetch nothing."""

import re
from html.parser import HTMLParser

import pytest

from corepath.report.page import FIGURES
from corepath.warehouse.errors import UsageError
from corepath.warehouse.release.pages import as_html, figure

PAGES = ("report.html", "data_docs.html", "dictionary.html")

# What makes a browser load something, or run it.
LOADING = {"src", "srcset", "data", "poster", "background", "action", "formaction", "ping"}


class Page(HTMLParser):
    """Collects the text of a page, its links, and what a browser would load or run."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.texts, self.links, self.loads = [], [], []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "a":
            self.links.append(given.get("href"))
        if tag in ("script", "link", "iframe", "object", "embed", "base", "form", "img"):
            self.loads.append(tag)
        self.loads += [name for name in given if name in LOADING or name.startswith("on")]
        if "url(" in (given.get("style") or ""):
            self.loads.append("style")

    def handle_data(self, data):
        self.texts.append(data)


@pytest.fixture(params=PAGES)
def page(request, sample_release) -> str:
    return (sample_release.path / request.param).read_text(encoding="utf-8")


def test_a_page_loads_and_runs_nothing(page):
    assert Page(page).loads == []
    assert "url(" not in page
    assert "@import" not in page
    assert "default-src 'none'" in page


def test_every_link_of_a_page_leads_to_a_file_of_the_release(page, sample_release):
    links = {link for link in Page(page).links if link}
    files = {link for link in links if not link.startswith(("#", "data:"))}
    assert files >= set(PAGES) - {"report.html"}
    assert [link for link in files if not (sample_release.path / link).is_file()] == []
    inside = {link[1:] for link in links if link.startswith("#")}
    assert inside <= set(re.findall(r'id="([\w-]+)"', page))


def test_the_test_finds_what_a_page_would_load():
    for text in ("<script src=//x></script>", "<img src=x>", "<p onclick=x>", "<link href=//x>"):
        assert Page(text).loads


def test_html_and_links_to_scripts_in_the_data_are_text():
    page = Page(as_html("<script>", "a <script>x</script> <img src=x onerror=x> [b](javascript:c)"))
    assert (page.loads, [link for link in page.links if "script" in link]) == ([], [])
    assert "<img src=x onerror=x>" in "".join(page.texts)


def test_the_report_tells_what_the_release_is_and_of_which_sources(sample_release):
    text = "".join(Page((sample_release.path / "report.html").read_text(encoding="utf-8")).texts)
    for word in (
        f"corepath release {sample_release.outcome.version}",
        "Who leads",
        "US government records, public domain",
        "rejected",
        "imputed",
        "warnings of validation",
    ):
        assert word in text


def test_data_docs_show_every_result_and_the_dictionary_every_mart(sample_release):
    docs = (sample_release.path / "data_docs.html").read_text(encoding="utf-8")
    wrong = [r for r in sample_release.outcome.results if r.outcome != "passed"]
    tables = {r.table for r in sample_release.outcome.results}
    told = len(re.findall("<td>(?:critical|warning|info)</td>", docs))
    assert told == len(sample_release.outcome.results) + len(wrong)
    assert all(f"<h2>{table}</h2>" in docs for table in tables)
    dictionary = (sample_release.path / "dictionary.html").read_text(encoding="utf-8")
    assert all(f"<h2>{mart}</h2>" in dictionary for mart in sample_release.outcome.rows)


def test_the_report_has_every_figure_with_its_sql_and_a_table(sample_release):
    page = (sample_release.path / "report.html").read_text(encoding="utf-8")
    sections = re.split("<figure ", page)[1:]
    assert [re.findall('^id="(\\w+)"', section)[0] for section in sections] == list(FIGURES)
    for section in sections:
        assert "<summary>SQL</summary>" in section
        assert re.search(r"from (marts|meta)\.", section)
        assert "<figcaption>" in section


def test_the_sample_says_what_it_cannot_tell(sample_release):
    page = (sample_release.path / "report.html").read_text(encoding="utf-8")
    for words in ("No technology is key core", "Left out of the score", "Fewer than 30 key core families"):
        assert words in page


def test_a_figure_can_be_had_alone(sample_release):
    assert figure(sample_release.path, "rank").startswith("<svg xmlns=")
    with pytest.raises(UsageError, match="no such figure: ranks; there are quantity, since, rank"):
        figure(sample_release.path, "ranks")
