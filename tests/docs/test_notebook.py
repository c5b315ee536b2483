"""The notebook runs from its first cell to its last, on the release of the sample."""

import json
from pathlib import Path
from typing import Any

import altair as alt
import pytest

NOTEBOOK = Path(__file__).resolve().parents[2] / "docs" / "notebook.ipynb"
CELLS = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]


def test_every_cell_runs_and_its_figures_and_tables_hold_data(sample_release, monkeypatch, capsys) -> None:
    monkeypatch.setenv("RELEASE", str(sample_release.path))
    names: dict[str, Any] = {}
    for number, cell in enumerate(CELLS):
        if cell["cell_type"] == "code":
            exec(compile("".join(cell["source"]), f"cell {number}", "exec"), names)
    assert f"release {sample_release.outcome.version}, identity " in capsys.readouterr().out
    ranking = names["ranking"]
    assert ranking.columns[:3] == ["name", "families", "core_families"]
    assert ranking["core_families"].is_sorted(descending=True)
    for figure in ("chart", "certain"):
        assert isinstance(names[figure], alt.LayerChart | alt.Chart)
        assert names[figure].to_dict()["datasets"], "a figure holds its data"
    assert names["network"].number_of_edges() == names["edges"].height > 0
    assert len(names["carriers"]) == names["links"].filter("is_global").height + 1


@pytest.mark.parametrize(
    "cell", [cell for cell in CELLS if cell["cell_type"] == "code"], ids=lambda c: c["id"]
)
def test_the_notebook_is_kept_without_outputs(cell: dict[str, Any]) -> None:
    assert (cell["outputs"], cell["execution_count"]) == ([], None)
