"""Processes beside the pipeline's that do work which is sent to them, and end with it.

They are started as programs: a fork of a process that runs threads of DuckDB and Polars may hang, and
what `multiprocessing` starts runs the program of its parent once more, whosever that is.
"""

import importlib
import os
import pickle
import signal
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import Any, Self, TypeVar

from corepath.warehouse.errors import CorepathError
from corepath.warehouse.settings import ROOT

T = TypeVar("T")


class Helper:
    """A process that imports modules, which may take seconds, then does whatever work it is sent.

    Parameters
    ----------
    modules
        What it imports before it works. Work that is sent meanwhile waits.
    """

    def __init__(self, *modules: str) -> None:
        self._modules = modules

    def __enter__(self) -> Self:
        # A program may close its standard output, and a pipe could fill up unread.
        self._said = tempfile.TemporaryFile("w+")
        self._pipe, theirs = Pipe()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "corepath.warehouse.helper", str(theirs.fileno()), *self._modules],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=self._said,
            stderr=self._said,
            pass_fds=[theirs.fileno()],
        )
        theirs.close()
        self._is_ready = False
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        self._pipe.close()
        self._said.close()

    def is_ready(self) -> bool:
        """Tell whether it has imported what it needs, and would begin at once."""
        if not self._is_ready and self._pipe.poll():
            self._receive()
        return self._is_ready

    def do(self, work: Callable[[], T]) -> T:
        """Have work done, and wait for it.

        Parameters
        ----------
        work
            A function of a module, or a `partial` of one, for it has to be pickled. It works in the
            project's folder.

        Raises
        ------
        CorepathError
            The process died; the message holds the end of what it said.
        Exception
            What the work raised, with a note of where.
        """
        with suppress(OSError):  # it is dead, and its last words are told below
            self._pipe.send(work)
        if not self._is_ready:
            self._receive()
        result, error = self._receive()
        if error:
            raise error
        return result

    def _receive(self) -> tuple[Any, Exception | None]:
        """Receive an answer; the first only says that there will be others."""
        try:
            answer = self._pipe.recv()
        except (EOFError, OSError):
            code = self._process.wait()
            self._said.seek(0)
            how = f"was killed by signal {-code}" if code < 0 else f"ended with exit code {code}"
            if code == -signal.SIGKILL:
                how += ", which the system does where memory is short: take fewer --threads, or less --memory"
            said = self._said.read()[-2000:]
            raise CorepathError(f"a process beside this one {how}\n{said}".strip()) from None
        self._is_ready = True
        return answer


def _main(descriptor: int, modules: Sequence[str]) -> None:
    """Do each work that comes, until nobody can send any more.

    The process ends without taking the interpreter apart: DuckDB would print a page about leaks
    over the words that matter.
    """
    code = 0
    stay_with(os.getppid())
    try:
        for module in modules:
            importlib.import_module(module)
        with Connection(descriptor) as pipe:
            pipe.send((None, None))  # ready
            while True:
                pipe.send(_done(pipe.recv()))
    except EOFError:
        pass
    except BaseException:
        traceback.print_exc()
        code = 1
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _done(work: Callable[[], Any]) -> tuple[Any, Exception | None]:
    """Do work: what comes of it, and the error that did."""
    try:
        return work(), None
    except Exception as error:
        error.add_note(f"in a process of its own:\n{traceback.format_exc()}")
        try:
            pickle.loads(pickle.dumps(error))  # noqa: S301 - made here
        except Exception:
            return None, CorepathError(traceback.format_exc())
        return None, error


def stay_with(parent: int) -> None:
    """End this process with its parent, however that ends: it may hold what the next one needs."""
    threading.Thread(target=_end_with, args=[parent], daemon=True).start()


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.1)
    os._exit(1)


if __name__ == "__main__":
    _main(int(sys.argv[1]), sys.argv[2:])
