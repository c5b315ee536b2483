"""End a command that is told to stop: within seconds, with one line, and with nothing left running."""

import atexit
import os
import shutil
import signal
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from subprocess import run
from threading import Thread

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


def stop_on_signals() -> None:
    """Let Ctrl-C and TERM end this process with 130 and 143, whatever it is at.

    An exception would not do: Prefect catches it to tell a server that the same Ctrl-C has ended, and
    none is raised before a call into NumPy or DuckDB returns. So a thread of its own waits for them.
    """
    scratch = tempfile.mkdtemp(prefix="corepath-")
    os.environ["TMPDIR"] = tempfile.tempdir = scratch  # of this process and those it starts
    atexit.register(shutil.rmtree, scratch, ignore_errors=True)
    received, sent = os.pipe()
    os.set_blocking(sent, False)
    signal.set_wakeup_fd(sent)
    for number in _SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:  # as behind nohup
            signal.signal(number, lambda *_: None)
    Thread(target=_wait, args=(received, scratch), daemon=True).start()


def _wait(received: int, scratch: str) -> None:
    number = 0
    while number not in _SIGNALS:
        number = os.read(received, 1)[0]
    for process in _started():
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
    shutil.rmtree(scratch, ignore_errors=True)
    print(f"\rcorepath: stopped by {signal.Signals(number).name}", file=sys.stderr, flush=True)
    os._exit(128 + number)


def _started() -> list[int]:
    """Name the processes that this one started, and those that they did."""
    if Path("/proc/self/stat").exists():
        pairs = []
        for stat in Path("/proc").glob("[0-9]*/stat"):
            with suppress(OSError):  # it ended meanwhile
                _, _, rest = stat.read_text().rpartition(")")  # a name may hold anything
                pairs.append((int(stat.parent.name), int(rest.split()[1])))
    else:
        listed = run(["/bin/ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=False)
        pairs = [(int(pid), int(parent)) for pid, parent in map(str.split, listed.stdout.splitlines())]
    found = [os.getpid()]
    for known in found:  # it grows while it is read
        found += [pid for pid, parent in pairs if parent == known]
    return found[1:]
