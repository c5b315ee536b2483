"""A standalone cluster of this machine: a master and workers, each a process, on the loopback."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pyspark

PROGRAM = Path(pyspark.__file__).parent / "bin" / "spark-class"
MASTER, WORKER = ("org.apache.spark.deploy." + name for name in ("master.Master", "worker.Worker"))
EXECUTOR = "CoarseGrainedExecutorBackend"
# Little of the machine for each of them, and nothing to be seen from outside.
OPTIONS = {
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.ui.enabled": "false",
    "spark.executor.cores": "1",
    "spark.executor.memory": "768m",
    "spark.executor.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
}


@contextmanager
def cluster(folder: Path, workers: int) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """Start a master and workers of one core; give the master's address, and the workers' processes."""
    with ExitStack() as stack:
        log = folder / "master.log"
        stack.enter_context(_started(log, MASTER, "--host", "127.0.0.1", "--port", "0", "--webui-port", "0"))
        address = _found(log, r"(spark://127\.0\.0\.1:\d+)")
        processes = []
        for number in range(workers):
            log = folder / f"worker-{number}.log"
            given = ["--host", "127.0.0.1", "--webui-port", "0", "--cores", "1", "--memory", "1g"]
            given += ["--work-dir", str(folder / f"work-{number}"), address]
            processes.append(stack.enter_context(_started(log, WORKER, *given)))
        for number in range(workers):
            _found(folder / f"worker-{number}.log", "Successfully registered with master")
        yield address, processes


def executors(worker: subprocess.Popen[bytes]) -> list[int]:
    """Give the processes that a worker started for applications."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(path.read_text().rpartition(")")[2].split()[1])
            called = (path.parent / "cmdline").read_text()
        except OSError:  # it has ended
            continue
        if parent == worker.pid and EXECUTOR in called:
            found.append(int(path.parent.name))
    return found


@contextmanager
def _started(log: Path, name: str, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    environment = {
        "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_DAEMON_MEMORY": "256m",
        "SPARK_DAEMON_JAVA_OPTS": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
        "PYSPARK_PYTHON": sys.executable,
    }
    with open(log, "wb") as out:
        process = subprocess.Popen(
            [PROGRAM, name, *arguments],
            stdout=out,
            stderr=subprocess.STDOUT,
            env={**os.environ, **environment},
        )
        try:
            yield process
        finally:
            process.kill()
            process.wait()


def _found(log: Path, pattern: str, seconds: float = 600) -> str:
    """Wait until a process has said something."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if match := re.search(pattern, log.read_text(errors="replace")):
            return match[match.lastindex or 0]
        time.sleep(0.1)
    raise TimeoutError(f"{log.name}: {pattern} was not said\n{log.read_text()[-2000:]}")
