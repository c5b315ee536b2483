"""No value of a dump decides how much memory or time a run takes: here, days of 236 years."""

import json
import random
import subprocess
import sys
from pathlib import Path

import pytest

RUN = """
import resource, sys
from pathlib import Path
from corepath.warehouse.refresh import refresh
from corepath.warehouse.settings import Settings

folder = Path(sys.argv[1])
outcome = refresh(Settings(
    topic=str(folder / "span.toml"), sources={"google_patents": folder / "p.jsonl"}, threads=1, memory="1GB",
    warehouse=folder / "w.duckdb", releases=folder / "releases",
))
of = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
print(outcome.status, sum(used.ru_maxrss for used in of) * 1024, sum(used.ru_utime for used in of))
"""


@pytest.mark.slow
def test_a_run_over_all_years_that_patents_have_stays_in_its_memory(tmp_path: Path) -> None:
    chance = random.Random(1)
    symbols = ["G06N3/063", "H01L21/02", "A21D13/40", "B60W10/06", "G11C11/00", "G06F17/10", "H04L9/00"]
    with (tmp_path / "p.jsonl").open("w") as file:
        for number in range(1500):
            year = 1791 + number % 235
            record = {
                "publication_number": f"US-{1_000_000 + number}-A",
                "publication_date": year * 10000 + 601,
                "filing_date": (year - 1) * 10000 + 601,
                # What no patent can have: it would span two thousand years.
                "priority_date": 10103 if number % 7 == 0 else (year - 1) * 10000 + 101,
                "family_id": str(50_000_000 + number),
                "assignee_harmonized": [
                    {
                        "name": f"COMPANY {number % 40}",
                        "country_code": chance.choice(["US", "JP", "KR", "CN"]),
                    }
                ],
                "ipc": [
                    {"code": code, "inventive": True, "first": False}
                    for code in chance.sample(symbols, chance.randint(1, 4))
                ],
                "citation": [
                    {"publication_number": f"US-{1_000_000 + chance.randrange(number + 1)}-A"}
                    for _ in range(4)
                ],
            }
            file.write(json.dumps(record) + "\n")
    (tmp_path / "span.toml").write_text(
        'name = "span"\ntitle = "Span"\nclasses = ["A", "B", "G", "H"]\n'
        'countries = ["US", "JP", "KR", "CN"]\n'
        "[method]\nminimum_families = 10\nsamples = 10\nnull_draws = 100\nrarefaction_draws = 20\n"
        "permutations = 99\ncommunities = 2\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", RUN, str(tmp_path)], capture_output=True, text=True, check=False, timeout=900
    )
    assert done.returncode == 0, done.stderr
    status, most, seconds = done.stdout.split()[-3:]
    assert status == "published"
    # Of the run and of the process that validates, which has a limit of its own.
    assert int(most) < 1.5e9
    assert float(seconds) < 120
