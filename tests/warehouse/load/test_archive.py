"""Archives: what is in them comes out once, under its name, and never without a limit."""

import errno
import gzip
import io
import os
import zipfile

import pytest

from corepath.warehouse.load import archive
from corepath.warehouse.load.archive import BrokenDownloadError, open_members
from corepath.warehouse.sources import bare_name


def zipped(**members):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in members.items():
            target.writestr(name.replace("__", "/").replace("_", "."), content)
    return file.getvalue()


def opened(path, wanted=bool):
    return [(name, stream.read()) for name, stream in open_members(path, wanted)]


@pytest.mark.parametrize(
    ("name", "bare"),
    [
        ("a.tsv", "a.tsv"),
        ("a.tsv.gz", "a.tsv"),
        ("A.TSV.ZIP", "A.TSV"),
        ("a.zip.gz", "a"),
        ("x/a.b.csv.gz", "x/a.b.csv"),
    ],
)
def test_a_bare_name_has_no_ending_of_compression(name, bare):
    assert bare_name(name) == bare


def test_members_of_members_are_named_by_the_way_to_them(tmp_path):
    inner = zipped(DOC__a_xml="A", b_xml_gz=gzip.compress(b"B"))
    outer = tmp_path / "all.zip"
    outer.write_bytes(zipped(index_xml="I", parts__one_zip=inner, two_zip=inner))
    assert opened(outer) == [
        ("index.xml", b"I"),
        ("parts/one.zip!DOC/a.xml", b"A"),
        ("parts/one.zip!b.xml", b"B"),
        ("two.zip!DOC/a.xml", b"A"),
        ("two.zip!b.xml", b"B"),
    ]


def test_only_wanted_members_are_opened_and_every_inner_zip_is_searched(tmp_path):
    outer = tmp_path / "all.zip"
    outer.write_bytes(
        zipped(a_xml="A", b_pdf="B", c_xml_gz=gzip.compress(b"C"), in_zip=zipped(d_xml="D", e_txt="E"))
    )
    assert opened(outer, lambda name: name.endswith(".xml")) == [
        ("a.xml", b"A"),
        ("c.xml", b"C"),
        ("in.zip!d.xml", b"D"),
    ]


def test_a_damaged_zip_in_a_zip_costs_itself_and_no_other(tmp_path):
    outer = tmp_path / "all.zip"
    outer.write_bytes(zipped(a_zip=b"no zip", b_zip=zipped(b_xml="B")))
    members = open_members(outer)
    name, stream = next(members)
    assert name == "a.zip!a.zip"
    with pytest.raises(BrokenDownloadError):
        stream.read()
    assert [(name, stream.read()) for name, stream in members] == [("b.zip!b.xml", b"B")]


def test_zips_nested_without_end_are_refused(tmp_path):
    content = b"deep"
    for _ in range(archive.MAX_DEPTH + 2):
        content = zipped(x_zip=content)
    path = tmp_path / "x.zip"
    path.write_bytes(content)
    with pytest.raises(BrokenDownloadError, match=f"zips in zips deeper than {archive.MAX_DEPTH}"):
        opened(path)


@pytest.mark.parametrize("depth", [0, 1])
def test_what_comes_out_of_an_archive_is_limited_at_every_depth(tmp_path, monkeypatch, depth):
    monkeypatch.setattr(archive, "RATIO_FREE", 2**16)
    content = zipped(a_xml=b"\0" * 2**22)
    for _ in range(depth):
        content = zipped(in_zip=content)
    path = tmp_path / "bomb.zip"
    path.write_bytes(content)
    with pytest.raises(BrokenDownloadError, match="decompression ratio over 200"):
        opened(path)


def test_what_comes_out_of_all_members_together_is_limited(tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "RATIO_FREE", 2**16)
    path = tmp_path / "bomb.zip"
    member = bytes(2**16 - 1)  # which alone may come out
    path.write_bytes(zipped(a_xml=member))
    assert opened(path) == [("a.xml", member)]
    path.write_bytes(zipped(**{f"m{n}_xml": member for n in range(100)}))
    with pytest.raises(BrokenDownloadError, match="decompression ratio over 200"):
        opened(path)


@pytest.mark.parametrize("depth", [0, 1])
def test_what_macos_adds_to_an_archive_is_no_member(tmp_path, depth):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as target:
        for name in ("a.xml", "__MACOSX/._a.xml", "week/._b.xml"):
            target.writestr(name, name)
    content = file.getvalue()
    for _ in range(depth):
        content = zipped(in_zip=content)
    path = tmp_path / "mac.zip"
    path.write_bytes(content)
    assert [content for _, content in opened(path)] == [b"a.xml"]


@pytest.mark.parametrize("code", [errno.EIO, errno.ESTALE, errno.ENOTCONN])
@pytest.mark.parametrize("name", ["a.xml", "a.xml.gz", "a.zip"])
def test_a_disk_that_does_not_give_its_bytes_is_no_damage(tmp_path, monkeypatch, name, code):
    path = tmp_path / name
    path.write_bytes(zipped(a_xml="A"))

    class Failing(io.BytesIO):
        def read(self, *_):
            raise OSError(code, os.strerror(code))

        read1 = readinto = read

    failing = Failing(path.read_bytes())
    monkeypatch.setattr(type(path), "open", lambda *_: failing)
    with pytest.raises(OSError, match=os.strerror(code)):
        opened(path)
