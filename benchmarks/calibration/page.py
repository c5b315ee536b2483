"""Write what was measured: docs/calibration.md for readers, reference/calibration.csv for reports."""

import csv
import io
from collections.abc import Mapping, Sequence
from itertools import groupby
from math import sqrt
from typing import Any

from benchmarks.calibration.inference import Claim, Inference

Row = Mapping[str, Any]
HEAD = """# Calibration: how often each inference is wrong

Every p, q, interval, flag and label of a mart is tried in worlds whose truth is known: with nothing
planted, with something planted at several sizes, and in worlds of another maker, which share no code
with the generator. This page says how often each of them is wrong there. It is generated:

```sh
python -m benchmarks calibration --size full
```

A run that was stopped goes on where it was, as long as the code is the same.

- *Nominal* is what the inference must keep; a dash where there is no promise, only a figure.
- *Measured* is the rate over all worlds of a kind, with its Monte Carlo error: one standard error,
  each world, or each sample of a large one, being one draw.
- *Holds* says whether the rate keeps to the nominal one, give or take two standard errors: that of all
  worlds together and that of each kind.
- Worlds that measure have other seeds than those with which a rule was made.
- *Method* is that of the topic: the recommended one, which a topic has unless it asks for another, or the
  study's plain one (`preset = "study"`).

`reference/calibration.csv` has one line for each claim: `position`, `inference`, `column` (mart and
column that say it), `claim`, `says`, `least`, `most`, `rate` and `error` of all worlds, `worst` and
`kind`, the rate of the worst kind of world, `holds` (empty where nothing is promised), and `sentence`,
which a report can print beside the label. Each release carries it as `meta.calibration`.
"""


def as_markdown(measured: Mapping[str, Any], known: Mapping[str, Inference]) -> str:
    """Write the page.

    Parameters
    ----------
    measured
        By name of an inference: measured (the day), size, and what `runner.measure` gives.
    known
        The inferences by name.

    Returns
    -------
    str
        Markdown.
    """
    parts = [HEAD, "## At a glance\n", *at_a_glance(summary(measured, known))]
    for name, about in measured.items():
        inference = known[name]
        claims = {claim.name: claim for claim in inference.claims}
        parts += [f"\n## {name[0].upper()}{name[1:]}\n", f"`{inference.column}`. {inference.about}\n"]
        planned = len(inference.worlds(about["size"]))
        of_them = f" of its {planned}" if planned > about["worlds"] else ""
        parts.append(
            f"Measured on {about['measured']}, size {about['size']}, {about['method']} method: "
            f"{about['worlds']}{of_them} worlds took {about['minutes']:.0f} minutes of processor time.\n"
        )
        parts += [
            "| draws, worlds | what is counted | nominal | measured | cases | holds |",
            "|---|---|---|---|---|---|",
        ]
        for row in about["rows"]:
            claim = claims[row["claim"]]
            parts.append(
                f"| {row['worlds']}, {row['kind']} | {claim.says} | {nominal(claim.least, claim.most)} | "
                f"{figure(row)} | {row['cases']:,.0f} | {_yes(holds(claim, row))} |"
            )
    return "\n".join(parts) + "\n"


def at_a_glance(lines: Sequence[Row]) -> list[str]:
    """Write the lines of `summary` as a table."""
    return [
        "| inference | what is counted | nominal | all worlds | worst kind of world | holds |",
        "|---|---|---|---|---|---|",
        *(
            f"| {line['inference']} | {line['says']} | {nominal(line['least'], line['most'])} | "
            f"{figure(line)} | {100 * line['worst']:.1f} %, {line['kind']} | {_yes(line['holds'])} |"
            for line in lines
        ),
    ]


def in_brief(lines: Sequence[Row]) -> list[str]:
    """Write the lines of `summary` as a table of a row an inference: is it wrong, does it hold, does it find.

    Of several rates of a sort the one is shown that is farthest from, or nearest to, what is asked.
    """
    table = [
        "| inference | promises that hold | where nothing is there, or wrongly | intervals that hold "
        "| what is there is found |",
        "|---|---|---|---|---|",
    ]
    for name, of_inference in groupby(lines, lambda line: line["inference"]):
        own = list(of_inference)
        promised = [line for line in own if line["holds"] is not None]
        false = [line for line in promised if line["most"] is not None]
        covers = [line for line in promised if line["least"] is not None]
        found = [line for line in own if line["holds"] is None]
        kept = sum(line["holds"] for line in promised)
        cells = [_least_room(false), _least_room(covers), _brief(found[0]) if found else "–"]
        table.append(f"| {name} | {kept} of {len(promised)} | {' | '.join(cells)} |")
    return table


def _least_room(lines: Sequence[Row]) -> str:
    if not lines:
        return "–"
    line = max(lines, key=lambda line: _distance(line, line["rate"]))
    return f"{_brief(line)}; {nominal(line['least'], line['most'])}"


def _brief(line: Row) -> str:
    return f"{figure(line)} of {line['says']}"


def placed(text: str, lines: Sequence[Row]) -> str:
    """Put the brief table into a page, between its two marks.

    Examples
    --------
    >>> placed("before\\n<!-- calibration -->\\nold\\n<!-- end -->\\nafter", []).splitlines()[-3:]
    ['|---|---|---|---|---|', '<!-- end -->', 'after']
    """
    before, _, rest = text.partition("<!-- calibration -->\n")
    after = rest.partition("<!-- end -->")[2]
    return "\n".join([f"{before}<!-- calibration -->", *in_brief(lines), f"<!-- end -->{after}"])


def summary(measured: Mapping[str, Any], known: Mapping[str, Inference]) -> list[dict[str, Any]]:
    """Give a line for each claim: all worlds together, and the kind where it is kept least."""
    lines = []
    for name, about in measured.items():
        inference = known[name]
        for claim in inference.claims:
            own = [row for row in about["rows"] if row["claim"] == claim.name]
            if not own:
                continue
            limits: Row = {"least": claim.least, "most": claim.most}
            worst = max(own, key=lambda row: _distance(limits, row["rate"]))
            pooled = _pooled(own)
            line: dict[str, Any] = {
                "position": len(lines) + 1,
                "inference": name,
                "column": inference.column,
                "claim": claim.name,
                "says": claim.says,
                "least": claim.least,
                "most": claim.most,
                **pooled,
                "worst": worst["rate"],
                "kind": worst["kind"],
            }
            kept = [holds(claim, row) for row in (pooled, *own)]
            line["holds"] = None if None in kept else all(kept)
            lines.append(line | {"sentence": sentence(line)})
    return lines


def _pooled(rows: Sequence[Row]) -> dict[str, Any]:
    """Put all kinds of world together, each case counting once."""
    cases = sum(row["cases"] for row in rows)
    errors = [row["error"] * row["cases"] for row in rows if row["error"] is not None]
    return {
        "rate": sum(row["rate"] * row["cases"] for row in rows) / cases,
        "error": sqrt(sum(error**2 for error in errors)) / cases if errors else None,
    }


def sentence(line: Row) -> str:
    """Say in a sentence how often an inference is wrong.

    Examples
    --------
    >>> sentence({"inference": "lag", "says": "false lags", "rate": 0.04, "error": 0.01})
    'lag: 4.0 % (± 1.0) of false lags'
    """
    return f"{line['inference']}: {figure(line)} of {line['says']}"


def as_csv(lines: Sequence[Row]) -> str:
    """Write the lines of `summary` as a look-up table."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(lines[0]), lineterminator="\n")
    writer.writeheader()
    for line in lines:
        rounded = {k: round(v, 6) if isinstance(v, float) else v for k, v in line.items()}
        writer.writerow(rounded | {"holds": {True: "true", False: "false", None: ""}[line["holds"]]})
    return text.getvalue()


def figure(row: Row) -> str:
    """Write a rate with its error, in percent."""
    error = "" if row["error"] is None else f" (± {100 * row['error']:.1f})"
    return f"{100 * row['rate']:.1f} %{error}"


def nominal(least: float | None, most: float | None) -> str:
    """Write limits.

    Examples
    --------
    >>> nominal(0.87, 0.93), nominal(None, 0.05), nominal(0.9, None), nominal(None, None)
    ('87 to 93 %', 'at most 5 %', 'at least 90 %', '–')
    """
    if least is not None and most is not None:
        return f"{100 * least:g} to {100 * most:g} %"
    if most is not None:
        return f"at most {100 * most:g} %"
    return "–" if least is None else f"at least {100 * least:g} %"


def holds(claim: Claim, row: Mapping[str, Any]) -> bool | None:
    """Tell whether a rate keeps its limits, give or take two standard errors; None without limits.

    Examples
    --------
    >>> fires = Claim("fires", "pairs called different", most=0.05)
    >>> [holds(fires, {"rate": rate, "error": 0.01}) for rate in (0.06, 0.08)]
    [True, False]
    """
    if claim.least is None and claim.most is None:
        return None
    slack = 2 * (row["error"] or 0.0)
    return (claim.least is None or row["rate"] + slack >= claim.least) and (
        claim.most is None or row["rate"] - slack <= claim.most
    )


def _distance(limits: Row, rate: float) -> float:
    """Tell how far a rate is from what is asked, the more the worse; without limits less is worse."""
    least, most = limits["least"], limits["most"]
    if least is None and most is None:
        return -rate
    beyond = [rate - most] if most is not None else []
    return max(beyond + ([least - rate] if least is not None else []))


def _yes(value: bool | None) -> str:
    return {True: "yes", False: "**no**", None: "–"}[value]
