"""Processes that do work which is sent to them."""

import importlib
import os
import subprocess
import sys
import time
from functools import partial
from operator import truediv
from pathlib import Path

import pytest

from corepath.warehouse.errors import CorepathError, Refused
from corepath.warehouse.helper import Helper
from corepath.warehouse.settings import ROOT


def test_work_is_done_elsewhere_as_often_as_it_is_sent():
    with Helper() as helper:
        others = {helper.do(os.getpid) for _ in range(3)}
    assert len(others) == 1
    assert os.getpid() not in others


def test_what_work_prints_is_no_result(tmp_path, monkeypatch):
    (tmp_path / "chatterbox.py").write_text("print('x' * 200_000)")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with Helper("chatterbox") as helper:
        assert helper.do(partial(print, "y" * 200_000)) is None
        assert helper.do(partial(abs, -1)) == 1


def test_an_error_is_the_one_that_work_raised_and_says_where():
    with Helper() as helper:
        with pytest.raises(ZeroDivisionError) as raised:
            helper.do(partial(truediv, 1, 0))
        assert "Traceback" in raised.value.__notes__[0]
        assert helper.do(partial(truediv, 1, 1)) == 1


def test_an_error_that_cannot_be_sent_is_told_in_words(tmp_path, monkeypatch):
    (tmp_path / "odd.py").write_text(
        "class Odd(Exception):\n    def __init__(self, one, two): super().__init__(one)\n"
        "def fail(): raise Odd('the roof fell in', 2)\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    odd = importlib.import_module("odd")
    with Helper() as helper, pytest.raises(CorepathError, match="the roof fell in"):
        helper.do(odd.fail)


def test_what_a_refusal_tells_comes_along(tmp_path, monkeypatch):
    (tmp_path / "strict.py").write_text(
        "from corepath.warehouse.errors import Refused\ndef fail(): raise Refused('too little', ['result'])\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    strict = importlib.import_module("strict")
    with Helper() as helper, pytest.raises(Refused, match="too little") as raised:
        helper.do(strict.fail)
    assert raised.value.results == ["result"]


@pytest.mark.parametrize(
    ("program", "how"),
    [("exit 3", "exit code 3"), ("kill -KILL $$", "killed by signal 9.*fewer --threads")],
    ids=["exits", "is killed"],
)
def test_a_process_that_dies_is_told_with_its_last_words(program, how, tmp_path, monkeypatch):
    python = tmp_path / "python"
    python.write_text(f"#!/bin/sh\necho the roof fell in >&2\n{program}\n")
    python.chmod(0o755)
    monkeypatch.setattr("corepath.warehouse.helper.sys.executable", str(python))
    with Helper() as helper, pytest.raises(CorepathError, match=f"(?s){how}.*the roof fell in"):
        helper.do(os.getpid)


def test_a_module_that_is_missing_is_told():
    with Helper("no_such_module") as helper, pytest.raises(CorepathError, match="no_such_module"):
        helper.do(os.getpid)


def test_a_process_that_is_not_needed_any_more_is_ended():
    with Helper() as helper:
        other = helper.do(os.getpid)
    assert not Path(f"/proc/{other}").exists()


def test_a_process_ends_with_the_one_that_started_it():
    code = (
        "import os\nfrom corepath.warehouse.helper import Helper\n"
        "with Helper() as helper:\n    print(helper.do(os.getpid), flush=True)\n"
        "    import time; helper.do(__import__('functools').partial(time.sleep, 60))"
    )
    with subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True) as one:
        assert one.stdout is not None
        other = Path("/proc") / one.stdout.readline().strip()
        assert other.exists()
        one.kill()
    late = time.monotonic() + 30
    while other.exists() and time.monotonic() < late:
        time.sleep(0.05)
    assert not other.exists()
