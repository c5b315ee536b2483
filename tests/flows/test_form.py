"""What Prefect's pages show: forms with texts for people, validation with its failures first."""

from typing import Any

import pytest
from prefect import Flow
from prefect.utilities.callables import parameter_schema

from corepath.flows import refresh
from corepath.flows.fetch import fetch
from corepath.flows.history import prune, rollback
from corepath.flows.watch import watch
from corepath.warehouse.settings import Settings
from corepath.warehouse.validate.validator import Result, Severity


@pytest.mark.parametrize("shown", [refresh.refresh, refresh.backfill, rollback, prune, fetch, watch])
def test_every_parameter_of_a_flow_is_explained(shown: Flow) -> None:
    form = parameter_schema(shown)
    assert form.properties
    for name, field in form.properties.items():
        assert len(field.get("description", "")) > 10, name
    settings = form.definitions["Settings"]
    for name, field in settings["properties"].items():
        assert field["description"] == Settings.model_fields[name].description
        assert field["title"] == Settings.model_fields[name].title, f"{name} has a title of its own"
    assert ">>>" not in settings["description"], "no text for programmers"
    assert "----" not in (shown.description or "")


def result(expectation: str, outcome: str, severity: Severity) -> Result:
    return Result("fct_patent", expectation, None, severity, outcome, "", "why")  # pyright: ignore


def test_results_that_reject_a_release_come_first_then_other_failures(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shown: list[dict[str, Any]] = []
    monkeypatch.setattr(refresh, "create_table_artifact", lambda table, **_: shown.extend(table))
    refresh._show_results(
        [
            result("passes", "passed", "critical"),
            result("warns", "failed", "warning"),
            result("rejects", "failed", "critical"),
            result("passes too", "passed", "warning"),
            result("breaks", "errored", "warning"),
        ],
        "any",
    )
    assert [row["expectation"] for row in shown] == ["rejects", "breaks", "warns", "passes", "passes too"]
