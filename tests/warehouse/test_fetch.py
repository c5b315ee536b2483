"""Fetching from a server that behaves as the USPTO's portal does, faults included."""

import hashlib
import json
import logging
import threading
import urllib.parse
from dataclasses import dataclass, field
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from corepath.warehouse.errors import BadInput, Unavailable, UsageError
from corepath.warehouse.fetch import LEDGER, Manners, Wanted, fetch, list_uspto, read_manifest

KEY = "secret-key"
CONTENT = {f"ipg2401{day:02}.zip": bytes([day]) * 5000 for day in range(1, 4)}


@dataclass
class Portal:
    """The portal's files, the faults it is to show, and what it was asked."""

    address: str = ""
    content: dict[str, bytes] = field(default_factory=lambda: dict(CONTENT))
    faults: dict[str, list[tuple[int, dict[str, str]]]] = field(default_factory=dict)  # by path
    cut: list[int] = field(default_factory=list)  # after how many bytes answers break off
    listed: list[dict] | None = None
    ranges: bool = True
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)


@pytest.fixture
def portal():
    told = Portal()

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_):
            pass

        def answer(self, code, content=b"", **headers):
            self.send_response(code)
            for name, value in headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def do_GET(self):
            parts = urllib.parse.urlsplit(self.path)
            told.asked.append((self.path, dict(self.headers)))
            if told.faults.get(parts.path):
                code, headers = told.faults[parts.path].pop(0)
                self.answer(code, **headers)
            elif parts.path.startswith("/signed/"):
                self.send_file(parts.path.rpartition("/")[2])
            elif self.headers.get("X-API-KEY") != KEY:
                self.answer(403)
            elif "/files/" in parts.path:
                name = parts.path.rpartition("/")[2]
                known = name in told.content
                where = {"Location": f"/signed/{name}?Signature=hidden"}
                self.answer(302, **where) if known else self.answer(404)
            elif parts.path.endswith("/PTGRXML"):
                self.answer(200, json.dumps(self.page(urllib.parse.parse_qs(parts.query))).encode())
            else:
                self.answer(404)

        def page(self, asked):
            files = told.listed
            if files is None:
                folder = f"{told.address}/api/v1/datasets/products/files/PTGRXML/2024"
                files = [
                    {
                        "fileName": name,
                        "fileSize": len(content),
                        "fileDownloadURI": f"{folder}/{name}",
                        "fileReleaseDate": "2024-01-02",
                        "fileTypeText": "Data",
                    }
                    for name, content in told.content.items()
                ]
            offset, limit = int(asked["offset"][0]), int(asked["limit"][0])
            bag = {"fileDataBag": files[offset : offset + limit]}
            return {"count": 1, "bulkDataProductBag": [{"productFileBag": bag}]}

        def send_file(self, name):
            content, start = told.content[name], 0
            asked = self.headers.get("Range")
            if asked and told.ranges:
                start = int(asked.removeprefix("bytes=").rstrip("-"))
                if start >= len(content):
                    self.answer(416)
                    return
            rest = content[start:]
            self.send_response(206 if start else 200)
            self.send_header("Content-Length", str(len(rest)))
            self.end_headers()
            self.wfile.write(rest[: told.cut.pop(0)] if told.cut else rest)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    told.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield told
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def waits():
    return []


@pytest.fixture
def manners(waits):
    return Manners(pause=0, tries=3, timeout=5, sleep=waits.append)


@pytest.fixture
def listed(portal, manners):
    def ask(**options):
        given = {"key": KEY, "products": ["PTGRXML"], "manners": manners, "service": portal.address}
        return list_uspto(date(2024, 1, 1), date(2024, 1, 31), **(given | options))

    return ask


def test_new_files_are_fetched_whole_and_noted(portal, listed, manners, tmp_path):
    found = fetch(listed(), tmp_path, KEY, manners)
    assert found.came == list(CONTENT)
    assert {p.name: p.read_bytes() for p in tmp_path.glob("*.zip")} == CONTENT
    ledger = json.loads((tmp_path / LEDGER).read_text())
    name, content = next(iter(CONTENT.items()))
    assert (ledger[name]["bytes"], ledger[name]["sha256"]) == (
        len(content),
        hashlib.sha256(content).hexdigest(),
    )
    assert not list(tmp_path.glob("*.part"))
    asked = urllib.parse.parse_qs(urllib.parse.urlsplit(portal.asked[0][0]).query)
    assert (asked["fileDataFromDate"], asked["fileDataToDate"]) == (["2024-01-01"], ["2024-01-31"])


def test_what_is_there_is_not_fetched_again_but_what_changed_is(portal, listed, manners, tmp_path):
    fetch(listed(), tmp_path, KEY, manners)
    portal.content["ipg240102.zip"] = b"longer" * 2000
    (tmp_path / "ipg240103.zip").write_bytes(b"cut by somebody")
    found = fetch(listed(), tmp_path, KEY, manners)
    assert (found.came, found.there) == (["ipg240102.zip", "ipg240103.zip"], ["ipg240101.zip"])
    assert (tmp_path / "ipg240103.zip").read_bytes() == CONTENT["ipg240103.zip"]


def test_the_key_goes_to_the_portal_only_and_is_not_told(portal, listed, manners, tmp_path, caplog):
    caplog.set_level(logging.DEBUG)
    portal.faults["/signed/ipg240101.zip"] = [(503, {})]
    fetch(listed(), tmp_path, KEY, manners)
    signed = [headers for path, headers in portal.asked if path.startswith("/signed/")]
    assert signed
    assert not any(KEY in headers.values() for headers in signed)
    written = caplog.text + (tmp_path / LEDGER).read_text()
    assert KEY not in written
    assert "hidden" not in written


def test_a_file_that_breaks_off_is_resumed(portal, listed, manners, tmp_path):
    portal.cut = [2000, 1000]
    fetch(listed()[:1], tmp_path, KEY, manners)
    assert (tmp_path / "ipg240101.zip").read_bytes() == CONTENT["ipg240101.zip"]
    ranges = [headers.get("Range") for path, headers in portal.asked if path.startswith("/signed/")]
    assert ranges == [None, "bytes=2000-", "bytes=3000-"]


def test_a_server_without_ranges_begins_anew(portal, listed, manners, tmp_path):
    portal.cut, portal.ranges = [2000], False
    fetch(listed()[:1], tmp_path, KEY, manners)
    assert (tmp_path / "ipg240101.zip").read_bytes() == CONTENT["ipg240101.zip"]


def test_a_fetch_that_failed_goes_on_from_what_it_had(portal, listed, manners, tmp_path):
    portal.cut = [1000, 1000, 1000]
    with pytest.raises(Unavailable, match="keeps breaking off"):
        fetch(listed()[:1], tmp_path, KEY, manners)
    assert not (tmp_path / "ipg240101.zip").exists()
    fetch(listed()[:1], tmp_path, KEY, manners)
    assert portal.asked[-1][1]["Range"] == "bytes=3000-"
    assert (tmp_path / "ipg240101.zip").read_bytes() == CONTENT["ipg240101.zip"]


def test_a_part_that_is_whole_already_is_only_renamed(listed, manners, tmp_path):
    (tmp_path / "ipg240101.zip.part").write_bytes(CONTENT["ipg240101.zip"])
    assert fetch(listed()[:1], tmp_path, KEY, manners).came == ["ipg240101.zip"]


@pytest.mark.parametrize(
    ("code", "error", "message"),
    [
        (401, UsageError, "the key is refused"),
        (403, UsageError, "the key is refused"),
        (404, BadInput, "no such product"),
        (413, UsageError, "ask for fewer days"),
        (418, BadInput, "not documented"),
        (429, Unavailable, "too many requests"),
        (500, Unavailable, "the server has a fault"),
        (503, Unavailable, "the server has a fault"),
    ],
)
def test_answers_are_told_apart(portal, listed, code, error, message):
    portal.faults["/api/v1/datasets/products/PTGRXML"] = [(code, {})] * 3
    with pytest.raises(error, match=message) as raised:
        listed()
    assert "?" not in str(raised.value).split(": ")[0]


def test_what_may_pass_is_asked_again_after_as_long_as_the_server_says(portal, listed, waits):
    portal.faults["/api/v1/datasets/products/PTGRXML"] = [(429, {"Retry-After": "7"}), (502, {})]
    assert len(listed()) == 3
    assert 7 in waits


def test_a_server_that_asks_for_hours_is_not_waited_for(portal, listed):
    portal.faults["/api/v1/datasets/products/PTGRXML"] = [(429, {"Retry-After": "90000"})]
    with pytest.raises(Unavailable):
        listed()


def test_pages_are_followed_and_only_archives_of_data_taken(portal, listed):
    portal.listed = [
        {"fileName": f"ipg{n:06}.zip", "fileSize": 1, "fileDownloadURI": "http://x", "fileTypeText": "Data"}
        for n in range(230)
    ] + [{"fileName": "guide.pdf", "fileSize": 1, "fileDownloadURI": "http://x", "fileTypeText": "PDF"}]
    assert len(listed()) == 230


def test_an_answer_that_is_not_as_documented_is_refused(portal, listed):
    portal.listed = [{"name": "x"}]
    with pytest.raises(BadInput, match="not what it documents"):
        listed()


def test_without_a_key_nothing_is_asked(portal, listed):
    with pytest.raises(UsageError, match="USPTO_API_KEY"):
        listed(key=None)
    assert portal.asked == []


def test_a_wrong_key_is_refused(listed):
    with pytest.raises(UsageError, match="the key is refused"):
        listed(key="other")


def test_a_server_that_is_not_there_is_unavailable(manners, tmp_path):
    with pytest.raises(Unavailable, match="cannot be reached"):
        fetch([Wanted("a.zip", "http://127.0.0.1:9/a.zip")], tmp_path, None, manners)


def test_a_file_of_another_size_is_not_kept(portal, listed, manners, tmp_path):
    wanted = Wanted("ipg240101.zip", listed()[0].url, 6000)
    with pytest.raises(Unavailable, match="keeps breaking off"):
        fetch([wanted], tmp_path, KEY, manners)
    wanted = Wanted("ipg240102.zip", listed()[1].url, 4000)
    with pytest.raises(BadInput, match="has 5,000 bytes and not 4,000"):
        fetch([wanted], tmp_path, KEY, manners)
    assert not list(tmp_path.glob("*.zip"))


@pytest.mark.parametrize("name", ["../a.zip", "a/b.zip", ".hidden", "a.part", LEDGER, ""])
def test_a_name_cannot_lead_out_of_the_folder(manners, tmp_path, name):
    with pytest.raises(BadInput, match="is no name"):
        fetch([Wanted(name, "http://127.0.0.1:9/a")], tmp_path, None, manners)


def test_a_manifest_tells_any_other_files(portal, manners, tmp_path):
    content = portal.content["ipg240101.zip"]
    manifest = tmp_path / "files.toml"
    manifest.write_text(
        f'[[file]]\nurl = "{portal.address}/signed/ipg240101.zip"\n'
        f'bytes = {len(content)}\nsha256 = "{hashlib.sha256(content).hexdigest()}"\n'
        f'[[file]]\nurl = "{portal.address}/signed/ipg240102.zip?token=x"\nname = "other.zip"\n'
    )
    found = fetch(read_manifest(manifest), tmp_path / "out", None, manners)
    assert found.came == ["ipg240101.zip", "other.zip"]
    manifest.write_text(manifest.read_text().replace(hashlib.sha256(content).hexdigest(), "0" * 64))
    with pytest.raises(BadInput, match="has the sha256"):
        fetch(read_manifest(manifest), tmp_path / "out", None, manners)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[[file]]\nurl = 'ftp://x/a'", "file.0.url"),
        ("file = 1", "file"),
        ("[[file", "cannot be read as a manifest"),
        ("[[file]]\nurl='http://x/a'\n[[file]]\nurl='http://y/a'", "two files are called a"),
    ],
)
def test_a_manifest_that_is_none_is_refused(tmp_path, text, message):
    (tmp_path / "files.toml").write_text(text)
    with pytest.raises(BadInput, match=message):
        read_manifest(tmp_path / "files.toml")
