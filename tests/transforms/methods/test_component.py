"""Weights by the first principal component."""

import numpy as np
import polars as pl
import pytest

from corepath.transforms.methods.component import component_weights
from corepath.transforms.methods.entropy import DegenerateInput


def test_weights_are_the_squared_loadings_that_a_singular_value_decomposition_finds():
    values = np.random.default_rng(1).gamma(1, size=(300, 4))
    values[:, 1] += 2 * values[:, 0]
    found = component_weights(pl.DataFrame(values, schema=["a", "b", "c", "d"]))["weight"].to_numpy()
    standardised = (values - values.mean(axis=0)) / values.std(axis=0)
    first = np.linalg.svd(standardised)[2][0]
    assert found == pytest.approx(first**2, abs=1e-9)


def test_what_never_varies_has_no_weight_and_nothing_to_weigh_is_an_error():
    flat = pl.DataFrame({"a": [0.0, 1.0, 2.0], "flat": [1.0, 1.0, 1.0]})
    assert component_weights(flat)["weight"].to_list() == [1.0, 0.0]
    with pytest.raises(DegenerateInput, match="constant"):
        component_weights(flat.select("flat"))
