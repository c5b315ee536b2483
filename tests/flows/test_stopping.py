"""Ctrl-C and TERM end a command at once, with a line, its exit code and all that it started."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from prefect.settings import PREFECT_API_URL, temporary_settings

from corepath.flows.refresh import require_server
from corepath.warehouse.errors import Unavailable
from corepath.warehouse.settings import ROOT

# At work within one long call, with a child that has a child, and a file in the temporary folder.
AT_WORK = """
import subprocess, sys, tempfile
from corepath.flows.stopping import stop_on_signals
stop_on_signals()
tempfile.NamedTemporaryFile(delete=False).close()
child = subprocess.Popen([sys.executable, "-c", '''
import signal, subprocess, sys
signal.signal(signal.SIGTERM, signal.SIG_IGN)
grandchild = subprocess.Popen(["sleep", "600"])
print(grandchild.pid, flush=True)
grandchild.wait()
'''], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
print(child.pid, child.stdout.readline().strip(), tempfile.gettempdir(), flush=True)
import duckdb
duckdb.sql("select sum(hash(a.i * b.i)) from range(10000000) a(i), range(10000) b(i)").fetchall()
"""


def is_running(pid: int) -> bool:
    """Whether a process runs: one that ended may wait for its parent to look."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
@pytest.mark.parametrize("to_group", [True, False])
def test_a_command_that_is_told_to_stop_leaves_nothing(
    sent: signal.Signals, code: int, to_group: bool
) -> None:
    if not Path("/proc/self/stat").exists():
        pytest.skip("needs /proc to look for processes")
    with subprocess.Popen(
        [sys.executable, "-c", AT_WORK],
        cwd=ROOT,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    ) as process:
        assert process.stdout is not None
        child, grandchild, folder = process.stdout.readline().split()
        if to_group:  # as a terminal does
            os.killpg(process.pid, sent)
        else:
            process.send_signal(sent)
        _, told = process.communicate(timeout=20)
    assert process.returncode == code
    assert told.strip() == f"corepath: stopped by {sent.name}"
    assert not is_running(int(child))
    assert not is_running(int(grandchild))
    assert not Path(folder).exists()


def test_a_server_that_does_not_answer_is_told() -> None:
    with (
        temporary_settings({PREFECT_API_URL: "http://127.0.0.1:9/api"}),
        pytest.raises(Unavailable, match=r"server at http://127.0.0.1:9/api cannot be reached: start it, or"),
    ):
        require_server()
