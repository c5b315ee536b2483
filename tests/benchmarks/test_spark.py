"""What the benchmark of Spark makes of its figures; the figures themselves want pyspark."""

import json
import os
import subprocess
import sys

from benchmarks import spark


def run(cpu: float, **of_spark: float) -> dict:
    return {
        "steps": {
            "load": {"cpu": 1.0, "wall": 2.0},
            "staging.stg_applicant": {"cpu": 0.0, "wall": 1.0},
            "staging.stg_party": {"cpu": cpu, "wall": 3.0, **of_spark},
        }
    }


def test_costs_of_a_further_family_are_those_between_the_sizes():
    small = {"families": 1000, "DuckDB": run(1.0), "Spark": run(9.0, shuffled=5e5, skew=1.0)}
    large = {"families": 11000, "DuckDB": run(2.0), "Spark": run(29.0, shuffled=2.2e7, skew=1.5)}
    page = spark.as_markdown([large, small])
    assert "| staging.stg_party | 2.0 | 3.0 | 29.0 | 3.0 | 22.0 | 1.5 |" in page
    assert "staging.stg_applicant" not in page
    assert "| 1 others | 0.0 | 1.0 | 0.0 | 1.0 |  |  |" in page
    assert "| 11,000 | 3 | 6 | 30 | 6 | 10.0 |" in page
    # 1 s and 20 s of 10,000 families.
    assert "CPU of a further family: DuckDB 0.10 ms, Spark 2.00 ms; 2.0 kB shuffled." in page
    # 3 / 2 and 30 / 10 times as much for 11 times as many.
    assert "Slope of log CPU over log families: 0.17 and 0.46." in page
    # 75 million of them: 7,500 s and 150,000 s, and 2 kB each.
    assert "75,000,000 families: DuckDB 2 core-hours, Spark 42, 150 GB shuffled." in page
    assert "| 2 | 5.2 |" in page


def test_spark_s_own_log_tells_bytes_and_the_fullest_task(tmp_path):
    tasks = [(1, 10, 700), (1, 30, 0), (0, 1, 50)]
    lines = [
        {
            "Event": "SparkListenerTaskEnd",
            "Stage ID": stage,
            "Task Info": {"Finish Time": 2000},
            "Task Metrics": {
                "Shuffle Read Metrics": {"Total Records Read": read},
                "Shuffle Write Metrics": {"Shuffle Bytes Written": written},
            },
        }
        for stage, read, written in tasks
    ]
    lines += [{"Event": "SparkListenerTaskEnd", "Task Metrics": None}, {"Event": "SparkListenerJobStart"}]
    (tmp_path / "app").write_text("\n".join(map(json.dumps, lines)))
    found = list(spark.read_tasks(tmp_path))
    assert {task["ended"] for task in found} == {2.0}
    # 30 records where the mean is 20.
    assert spark.of_tasks(found) == {"shuffled": 750, "skew": 1.5}
    assert spark.of_tasks([]) == {"shuffled": 0, "skew": 1.0}


def test_a_process_is_told_the_time_of_those_below_it():
    before = spark.cpu_seconds(os.getpid())
    subprocess.run([sys.executable, "-c", "sum(i * i for i in range(3_000_000))"], check=True)
    assert spark.cpu_seconds(os.getpid()) > before + 0.05
    assert spark.cpu_seconds(2**22 + 1) == 0  # there is none
