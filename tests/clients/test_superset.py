"""A real Apache Superset on a release: it lists the marts, draws a chart, and sees the next one.

`make test-superset` installs it, into an environment of its own, and runs this.
"""

import json
import os
import socket
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from corepath.warehouse.release.repository import Releases
from corepath.warehouse.settings import ROOT, Settings
from tests.releases import publish

SUPERSET = ROOT / ".venv-superset" / "bin" / "superset"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not SUPERSET.exists(), reason="`make test-superset` installs Superset"),
]

DASHBOARD = ROOT / "docs" / "superset"
PLACEHOLDER = "/absolute/path/to/releases/information_technology/latest/corepath.duckdb"

# An administrator of a server that lives as long as this test, on this machine alone.
USER, PASSWORD = "tester", "for this test alone"


class Server:
    """A running Superset, over its HTTP API."""

    def __init__(self, port: int) -> None:
        self.address = f"http://127.0.0.1:{port}/api/v1/"
        self.headers = {"content-type": "application/json"}

    def api(self, path: str, body: object = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        # Where there is no body, a server that is told of one looks for it.
        headers = self.headers if data else {k: v for k, v in self.headers.items() if k != "content-type"}
        request = urllib.request.Request(self.address + path, data=data, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=120) as response:
                return json.load(response)
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{path}: {error.code} {error.read().decode()}") from error

    def log_in(self) -> None:
        who = {"username": USER, "password": PASSWORD, "provider": "db", "refresh": False}
        token = self.api("security/login", who)["access_token"]
        self.headers["authorization"] = f"Bearer {token}"

    def connect(self, file: Path) -> int:
        """Connect to a DuckDB file, as docs/readers.md says; tell the database's number."""
        engine = {"engine_params": {"connect_args": {"read_only": True}}}
        made = self.api(
            "database/",
            {"database_name": "corepath", "sqlalchemy_uri": f"duckdb:///{file}", "extra": json.dumps(engine)},
        )
        return made["id"]

    def bring(self, folder: Path, file: Path, work: Path) -> int:
        """Import a dashboard that was exported into a folder, with a DuckDB file for its database."""
        archive = work / "dashboard.zip"
        with zipfile.ZipFile(archive, "w") as made:
            for path in sorted(folder.rglob("*.yaml")):
                text = path.read_text(encoding="utf-8").replace(PLACEHOLDER, str(file))
                made.writestr(f"corepath/{path.relative_to(folder)}", text)
        boundary = "corepath"
        head = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="formData"; '
            'filename="dashboard.zip"\r\nContent-Type: application/zip\r\n\r\n'
        )
        body = head.encode() + archive.read_bytes() + f"\r\n--{boundary}--\r\n".encode()
        headers = self.headers | {"content-type": f"multipart/form-data; boundary={boundary}"}
        request = urllib.request.Request(self.address + "dashboard/import/", data=body, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=120) as response:
                assert json.load(response) == {"message": "OK"}
        except urllib.error.HTTPError as error:
            raise AssertionError(error.read().decode()) from error
        (found,) = self.api("dashboard/")["result"]
        return found["id"]

    def chart(self, dataset: int, columns: list[str], sums: str) -> dict[Any, float]:
        """The rows of a chart: a column's sum by others, of what is default."""
        query = {
            "columns": columns,
            "metrics": [
                {
                    "expressionType": "SIMPLE",
                    "aggregate": "SUM",
                    "label": "total",
                    "column": {"column_name": sums},
                }
            ],
            "row_limit": 1000,
        }
        chart = {"datasource": {"id": dataset, "type": "table"}, "queries": [query]}
        (result,) = self.api("chart/data", chart)["result"]
        assert result["status"] == "success"
        return {tuple(row[c] for c in columns): row["total"] for row in result["data"]}


@pytest.fixture
def superset(tmp_path: Path) -> Iterator[Server]:
    """Superset as its own documents set it up, with its database in the test's folder."""
    home = tmp_path / "superset"
    home.mkdir()
    config = home / "superset_config.py"
    config.write_text(
        f'SECRET_KEY = "{os.urandom(32).hex()}"\n'
        f'SQLALCHEMY_DATABASE_URI = "sqlite:///{home}/superset.db"\n'
        "WTF_CSRF_ENABLED = False\n"  # no browser takes part
    )
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"} | {
        "SUPERSET_HOME": str(home),
        "SUPERSET_CONFIG_PATH": str(config),
        "FLASK_APP": "superset",
    }

    def run(*command: str) -> None:
        done = subprocess.run(
            [SUPERSET, *command],
            cwd=home,
            env=environment,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, f"superset {' '.join(command)}: {done.stderr[-3000:]}"

    run("db", "upgrade")
    run(
        "fab",
        "create-admin",
        "--username",
        USER,
        "--firstname",
        "T",
        "--lastname",
        "T",
        "--email",
        "tester@example.org",
        "--password",
        PASSWORD,
    )
    run("init")
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    said = home / "server.log"
    with said.open("wb") as output:
        process = subprocess.Popen(
            [SUPERSET, "run", "--host", "127.0.0.1", "--port", str(port), "--with-threads"],
            cwd=home,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        server = Server(port)
        deadline = time.monotonic() + 120
        while True:
            assert process.poll() is None, said.read_text()
            assert time.monotonic() < deadline, said.read_text()
            try:
                server.log_in()
                break
            except OSError:
                time.sleep(0.5)
        yield server
    finally:
        process.terminate()
        process.wait(30)


def test_superset_lists_the_marts_draws_a_chart_and_sees_the_next_release(
    superset: Server, own_sample: Settings
) -> None:
    releases = Releases(own_sample.releases, own_sample.topic)
    latest = releases.folder / "latest" / "corepath.duckdb"
    database = superset.connect(latest)

    query = urllib.parse.quote("(schema_name:marts)")
    listed = superset.api(f"database/{database}/tables/?q={query}")["result"]
    first = releases.latest()
    assert first is not None
    assert {table["value"] for table in listed} == first.rows.keys()

    dataset = superset.api(
        "dataset/", {"database": database, "schema": "marts", "table_name": "fct_country_year"}
    )["id"]
    columns = superset.api(f"dataset/{dataset}")["result"]["columns"]
    with duckdb.connect(str(latest), read_only=True) as db:
        expected = db.sql("select country, sum(families) from marts.fct_country_year group by all")
        expected = {(country,): total for country, total in expected.fetchall()}
        comments = db.sql(
            "select column_name, comment from meta.data_dictionary where table_name = 'fct_country_year'"
        ).fetchall()
    assert {c["column_name"]: c["description"] for c in columns} == dict(comments)
    assert superset.chart(dataset, ["country"], "families") == pytest.approx(expected)

    # Superset is idle and keeps no file open: the next release shows at the next query.
    select = "select * from (values ('JP', 7.0::double), ('KR', 8.5)) as v(country, families)"
    next_one = publish(releases, {"fct_country_year": ("country", select)})
    assert (releases.folder / "latest").resolve() == next_one.resolve()
    assert superset.chart(dataset, ["country"], "families") == {("JP",): 7.0, ("KR",): 8.5}


def test_superset_draws_the_example_dashboard_from_latest(
    superset: Server, own_sample: Settings, tmp_path: Path
) -> None:
    latest = Releases(own_sample.releases, own_sample.topic).folder / "latest" / "corepath.duckdb"
    dashboard = superset.bring(DASHBOARD, latest, tmp_path)
    charts = superset.api(f"dashboard/{dashboard}/charts")["result"]
    assert len(charts) == len(list((DASHBOARD / "charts").iterdir())) >= 5
    with duckdb.connect(str(latest), read_only=True) as db:
        ranked = db.sql("select count(*) from marts.fct_country_ranking where is_default").fetchall()[0][0]
    for chart in charts:
        (result,) = superset.api(f"chart/{chart['id']}/data/")["result"]
        assert result["status"] == "success", chart["slice_name"]
        # Of the sample no path and no lag can be determined.
        assert result["data"] or chart["slice_name"] in ("Which path?", "Who is how many years behind whom?")
        if chart["slice_name"].startswith("Many patents"):
            assert len(result["data"]) == min(ranked, 40)
