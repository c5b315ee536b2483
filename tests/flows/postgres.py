"""A PostgreSQL of its own for a test, as the compose file has one: the user prefect, and its database."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

# Where Debian keeps what is not for everyone's path.
_FOLDERS = [*Path("/usr/lib/postgresql").glob("*/bin"), *map(Path, os.get_exec_path())]
PROGRAMS = next((folder for folder in _FOLDERS if (folder / "initdb").exists()), None)


@dataclass(frozen=True)
class Database:
    """Where it answers, and the password of the user prefect."""

    port: int
    password: str

    @property
    def url(self) -> str:
        """As Prefect's server wants it."""
        return f"postgresql+asyncpg://prefect:{self.password}@127.0.0.1:{self.port}/prefect"

    @property
    def environment(self) -> dict[str, str]:
        """For psql and its like."""
        return {"PGHOST": "127.0.0.1", "PGPORT": str(self.port), "PGUSER": "prefect"} | {
            "PGPASSWORD": self.password
        }


@contextmanager
def postgres(password: str = "of this test") -> Iterator[Database]:
    """Start a cluster. It does not run as root, who has the user postgres for it."""
    assert PROGRAMS
    own = {"user": "postgres", "group": "postgres"} if os.getuid() == 0 else {}
    home = Path(tempfile.mkdtemp(prefix="corepath-postgres-"))
    (home / "password").write_text(password)
    if own:
        shutil.chown(home, **own)
        shutil.chown(home / "password", **own)
    with socket.create_server(("127.0.0.1", 0)) as probe:
        database = Database(probe.getsockname()[1], password)
    data = str(home / "data")
    initdb = [PROGRAMS / "initdb", "-D", data, "-U", "prefect", "-E", "UTF8", "--auth", "scram-sha-256"]
    subprocess.run(
        [*initdb, "--pwfile", home / "password"], check=True, stdout=subprocess.DEVNULL, cwd="/", **own
    )
    settings = (f"port={database.port}", "listen_addresses=127.0.0.1", f"unix_socket_directories={home}")
    listens = [word for setting in settings for word in ("-c", setting)]
    with (home / "log").open("wb") as said:
        server = subprocess.Popen(
            [PROGRAMS / "postgres", "-D", data, *listens], stdout=said, stderr=said, cwd="/", **own
        )
    try:
        deadline = time.monotonic() + 60
        while "ready to accept" not in (home / "log").read_text():
            assert server.poll() is None, (home / "log").read_text()
            assert time.monotonic() < deadline
            time.sleep(0.2)
        subprocess.run(
            [PROGRAMS / "createdb", "prefect"], check=True, env=os.environ | database.environment, cwd="/"
        )
        yield database
    finally:
        server.send_signal(signal.SIGINT)  # ends it without waiting for clients
        server.wait(30)
        shutil.rmtree(home)
