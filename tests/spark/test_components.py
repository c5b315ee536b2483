"""Families by large-star and small-star: what SciPy and `transforms/stg_family.py` find."""

import random
import string
import time
from itertools import pairwise

import numpy as np
import polars as pl
import pyarrow as pa
import pytest
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from corepath.transforms.stg_family import stg_family
from corepath.transforms.stg_filing import stg_filing
from corepath.warehouse.lake.components import components, families, filings
from corepath.warehouse.lake.frames import frame_of, show


@pytest.fixture
def save(spark, tmp_path):
    def write(frame, name):
        path = str(tmp_path / f"{name}-{time.monotonic_ns()}")
        frame.write.parquet(path)
        return spark.read.schema(frame.schema).parquet(path)

    return write


def expected(pairs: list[tuple[int, int]], size: int) -> dict[str, str]:
    one, other = (np.array(column) for column in zip(*pairs, strict=True))
    graph = coo_array((np.ones(len(one), dtype=np.int8), (one, other)), shape=(size, size))
    label = connected_components(graph, directed=False)[1]
    least = {}
    for node in range(size):
        least.setdefault(label[node], node)
    return {f"{n:07}": f"{least[label[n]]:07}" for n in range(size) if least[label[n]] != n}


def found(spark, pairs, save) -> dict[str, str]:
    texts = pa.table({name: [f"{pair[i]:07}" for pair in pairs] for i, name in enumerate(("one", "other"))})
    rows = components(spark, frame_of(spark, texts), save).toArrow()
    return dict(zip(rows["node"].to_pylist(), rows["component"].to_pylist(), strict=True))


def test_a_chain_of_100_000_is_one_component(spark, save):
    size = 100_000
    order = random.Random(1).sample(range(size), size)  # neighbours have nothing in common
    pairs = list(pairwise(order))
    assert found(spark, pairs, save) == {f"{n:07}": f"{0:07}" for n in range(1, size)}


def test_components_are_those_of_scipy(spark, save):
    chance = random.Random(2)
    size = 3_000
    pairs = [(chance.randrange(size), chance.randrange(size)) for _ in range(size // 2)]
    pairs += [(n, n) for n in range(5)] + pairs[:5]
    assert found(spark, pairs, save) == expected(pairs, size)


def test_families_are_those_of_one_machine(spark, save):
    chance = random.Random(3)
    offices = ["US", "EP", "JP", "CN", "WO"]
    n = 400
    numbers = [str(chance.randrange(10**7, 10**7 + 300)) for _ in range(n)]
    documents = pl.DataFrame(
        {
            "publication_number": [f"{chance.choice(offices)}-{i}-{chance.choice('AB')}1" for i in range(n)],
            "office": [chance.choice(offices) for _ in range(n)],
            "application_number": [None if i % 17 == 0 else number for i, number in enumerate(numbers)],
            "filing_date": [None] * n,
            "source_family_id": [str(chance.randrange(40)) if i % 3 == 0 else None for i in range(n)],
        },
        schema_overrides={"filing_date": pl.Date, "source_family_id": pl.String},
    )
    priorities = pl.DataFrame(
        {
            "publication_number": [chance.choice(documents["publication_number"]) for _ in range(n)],
            "priority_office": [chance.choice(offices) for _ in range(n)],
            "priority_number": [chance.choice([*numbers, None, "x", string.digits]) for _ in range(n)],
            "priority_date": [None] * n,
        },
        schema_overrides={"priority_date": pl.Date},
    ).unique()
    show(spark, "staging.stg_document", documents.to_arrow().cast(_plain(documents)))
    show(spark, "staging.stg_priority", priorities.to_arrow().cast(_plain(priorities)))
    named = stg_filing(documents.lazy(), priorities.lazy())
    found = filings(spark, save)
    found.createOrReplaceTempView("staging__stg_filing")
    assert set(pl.DataFrame(found.toArrow()).rows()) == set(named.rows())
    ours = stg_family(documents.lazy(), named.lazy()).sort("publication_number")
    theirs = pl.DataFrame(families(spark, save).toArrow()).sort("publication_number")
    assert set(ours["family_basis"]) == {"docdb", "priority", "application"}
    assert theirs.select(ours.columns).rows() == ours.rows()


def _plain(frame: pl.DataFrame) -> pa.Schema:
    kinds = {pl.String: pa.string(), pl.Date: pa.date32()}
    return pa.schema([(name, kinds[type(kind)]) for name, kind in frame.schema.items()])
