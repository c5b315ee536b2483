"""axe-core on a page that a browser shows: what people with disabilities could not use."""

from typing import Any

from corepath.warehouse.settings import ROOT
from tests.browser.chromium import Tab

# `make test-browser` installs it. Of the package only axe-core's own script is used (MPL-2.0).
SCRIPT = next((ROOT / ".venv-browser").glob("lib/*/site-packages/axe_playwright_python/axe.min.js"), None)


def findings(tab: Tab) -> list[str]:
    """List what axe-core calls serious or critical on the page that is shown, with where it is."""
    assert SCRIPT
    tab.evaluate(SCRIPT.read_text(encoding="utf-8") + "; undefined")
    found: list[dict[str, Any]] = tab.evaluate(
        "axe.run({resultTypes: ['violations']}).then(found => found.violations.map(v => "
        "({id: v.id, impact: v.impact, at: v.nodes.slice(0, 3).map(n => n.html)})))"
    )
    return [f"{v['id']}: {v['at']}" for v in found if v["impact"] in ("serious", "critical")]
