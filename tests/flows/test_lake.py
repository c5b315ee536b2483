"""The deployments that work on a lake. What their flows do is tested in tests/spark."""

import sys
from importlib import import_module

import pytest
import yaml

from corepath.flows import lake
from corepath.warehouse.errors import UsageError
from corepath.warehouse.settings import ROOT, Cluster, Settings

DEPLOYMENTS = [
    deployment
    for deployment in yaml.safe_load((ROOT / "prefect.yaml").read_text())["deployments"]
    if ".lake." in deployment["entrypoint"]
]


def test_both_flows_are_deployed():
    assert {d["entrypoint"].rpartition(".")[2] for d in DEPLOYMENTS} == {"stage", "refresh_on_lake"}


@pytest.mark.parametrize("deployment", DEPLOYMENTS, ids=lambda d: d["name"])
def test_a_deployment_gives_what_its_flow_takes(deployment):
    module, _, name = deployment["entrypoint"].rpartition(".")
    flow = getattr(import_module(module), name)
    given = flow.validate_parameters(deployment["parameters"])
    assert (type(given["settings"]), type(given["cluster"])) == (Settings, Cluster)
    assert not given["cluster"].options  # which a service takes from no parameter
    assert "Args:" in flow.fn.__doc__


def test_without_spark_it_is_said_what_is_missing(monkeypatch):
    monkeypatch.setitem(sys.modules, "corepath.warehouse.cluster", None)
    monkeypatch.delattr("corepath.warehouse.cluster", raising=False)  # which another test may have imported
    with pytest.raises(UsageError, match=r"corepath\[spark\]"):
        lake.stage.fn(Settings(), Cluster(lake="lake", spark="local[2]"))
