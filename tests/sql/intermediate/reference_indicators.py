"""Indicators of methods.md 2.6 in plain pandas, written from the formulas and slow on purpose.

Nothing here is taken from sql/ or transforms/. A random world comes with it: documents of several
offices, of which designs cite too; references of known and unknown origin, some to what is not
loaded; symbols, some bare; applicants.
"""

from dataclasses import dataclass
from itertools import combinations
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd

KINDS = {"US": ["A1", "B2"], "EP": ["A1", "B1"], "JP": ["A", "B2"], "CN": ["A", "B"], "WO": ["A1"]}
GRANTS = {("US", "B2"), ("EP", "B1"), ("JP", "B2"), ("CN", "B")}
SUBCLASSES = ["A61B", "B60W", "G05B", "G06F", "G06N", "G06T", "G11C", "H01L", "H03K", "H04L"]


@dataclass(frozen=True)
class World:
    """Documents, references, symbols and applicants, as the canonical tables have them."""

    documents: pd.DataFrame
    references: pd.DataFrame
    symbols: pd.DataFrame
    applicants: pd.DataFrame


def random_world(families: int, seed: int) -> World:
    """Draw a world; the same for the same seed."""
    draw = np.random.default_rng(seed)
    # Since then the kinds below mean what GRANTS says.
    first_day, days = np.datetime64("2010-06-01"), 365 * 12
    documents, symbols, applicants = [], [], []
    for f in range(families):
        filed = first_day + int(draw.integers(days))
        has_design = draw.random() < 0.05
        codes = draw.choice(len(SUBCLASSES), size=int(draw.integers(1, 5)), replace=False)
        for d in range(int(draw.choice([1, 2, 3, 4], p=[0.5, 0.2, 0.2, 0.1]))):
            office = str(draw.choice(list(KINDS)))
            kind = str(draw.choice(KINDS[office]))
            if has_design and d == 0:
                office, kind = "US", "S1"
            number = f"{office}-{10_000_000 + 1000 * f + d}-{kind}"
            documents.append(
                {
                    "publication_number": number,
                    "office": office,
                    "kind": kind,
                    "family_id": f"F{f}",
                    "filing_date": filed + int(draw.integers(200)),
                    "priority_date": filed,
                    "publication_date": filed + int(draw.integers(200, 1800)),
                    "claim_count": int(draw.integers(1, 40)) if draw.random() < 0.8 else None,
                    "inventor_count": int(draw.integers(1, 9)) if draw.random() < 0.9 else None,
                    "npl_citation_count": int(draw.integers(0, 5)) if draw.random() < 0.7 else None,
                    "lists_references": bool(draw.random() < 0.8),
                    "forward_citation_count": int(draw.integers(9)) if draw.random() < 0.3 else None,
                    "family_size": int(draw.integers(1, 9)) if draw.random() < 0.3 else None,
                }
            )
            for place, code in enumerate(codes[: int(draw.integers(0, 5))], start=1):
                group = "" if draw.random() < 0.1 else f"{draw.integers(1, 4)}/00"
                symbols.append(
                    {"publication_number": number, "symbol": SUBCLASSES[code] + group, "position": place}
                )
            for place in range(1, int(draw.integers(0, 4)) + 1):
                applicants.append(
                    {"publication_number": number, "position": place, "name": f"Qx{draw.integers(200)} Zy"}
                )
    found = pd.DataFrame(documents)
    references = []
    for citing, lists in zip(found["publication_number"], found["lists_references"], strict=True):
        tells = draw.random() < 0.8
        for cited in draw.integers(len(found), size=int(draw.integers(0, 9)) if lists else 0):
            number = found["publication_number"][int(cited)]
            references.append(
                {
                    "citing_publication": citing,
                    "cited_publication": number if draw.random() < 0.8 else f"XX-{cited}-A",
                    "origin": str(draw.choice(["examiner", "applicant", "unknown"])) if tells else "unknown",
                }
            )
    return World(
        found,
        pd.DataFrame(references).drop_duplicates(["citing_publication", "cited_publication"]),
        pd.DataFrame(symbols).drop_duplicates(["publication_number", "symbol"]),
        pd.DataFrame(applicants),
    )


class Reference:
    """The indicators of a world's families, each by its formula."""

    def __init__(self, world: World) -> None:
        documents = world.documents
        self.family_of = dict(zip(documents["publication_number"], documents["family_id"], strict=True))
        self.published = documents.groupby("family_id")["publication_date"].min().to_dict()
        self.last_day = documents["publication_date"].max()
        inventions = documents[documents["kind"] != "S1"].sort_values(
            ["publication_date", "publication_number"]
        )
        self.documents = {str(f): rows for f, rows in inventions.groupby("family_id")}
        self.started = {f: rows["publication_date"].iloc[0] for f, rows in self.documents.items()}
        self.ends: dict[tuple[str, int], pd.Timestamp] = {}
        self.profiles: dict[tuple[int, int], float] = {}
        groups: dict[str, set[str]] = {}
        for number, symbol in zip(world.symbols["publication_number"], world.symbols["symbol"], strict=True):
            groups.setdefault(number, set()).add(symbol.split("/")[0])
        firsts = {f: rows["publication_number"].iloc[0] for f, rows in self.documents.items()}
        self.groups = {f: groups.get(number, set()) for f, number in firsts.items()}
        self.subclasses = {f: {g[:4] for g in found} for f, found in self.groups.items()}
        # In the topic is what has a symbol on any of its inventions.
        self.topic = [f for f, rows in self.documents.items() if groups.keys() & set(rows.publication_number)]
        self.applicants = world.applicants.groupby("publication_number")["name"].agg(set).to_dict()
        self.cites: dict[str, set[str]] = {}
        self.cited_by: dict[str, set[str]] = {}
        self.examiner: set[tuple[str, str]] = set()
        self.telling: set[str] = set()
        for citing, cited, origin in world.references.itertuples(index=False):
            source = self.family_of[citing]
            target = self.family_of.get(cited, cited)
            if origin != "unknown":
                self.telling.add(source)
            if source != target:
                self.cites.setdefault(source, set()).add(target)
                self.cited_by.setdefault(target, set()).add(source)
                if origin == "examiner":
                    self.examiner.add((source, target))

    def citing(self, family: str, of: str, years: int) -> set[str]:
        """Families that cite one, published within years after the publication of another."""
        start, end = self.start(of), self.end(of, years)
        return {c for c in self.cited_by.get(family, ()) if start < self.published[c] <= end}

    def start(self, family: str) -> pd.Timestamp:
        """The first publication of an invention document."""
        return self.started[family]

    def end(self, family: str, years: int) -> pd.Timestamp:
        """The last day of a window."""
        if (family, years) not in self.ends:
            self.ends[family, years] = self.start(family) + pd.DateOffset(years=years)
        return self.ends[family, years]

    def is_closed(self, family: str, years: int) -> bool:
        """Whether the data reach the end of a window."""
        return self.end(family, years) <= self.last_day

    def fc(self, family: str, years: int) -> float | None:
        """Forward citations."""
        return len(self.citing(family, family, years)) if self.is_closed(family, years) else None

    def deflated(self, family: str, years: int) -> float | None:
        """Forward citations over the share of them that complete cohorts had by that age."""
        if self.is_closed(family, years):
            return self.fc(family, years)
        ages = [a for a in range(2, years) if self.is_closed(family, a)]
        if not ages:
            return None
        age = max(ages)
        return len(self.citing(family, family, age)) / self.profile(years, age)

    def profile(self, years: int, age: int) -> float:
        """The share of the citations of complete cohorts that had come by an age."""
        if (years, age) not in self.profiles:
            complete = [f for f in self.topic if self.is_closed(f, years)]
            by_age = sum(len(self.citing(f, f, age)) for f in complete)
            in_the_end = sum(len(self.citing(f, f, years)) for f in complete)
            self.profiles[years, age] = by_age / in_the_end
        return self.profiles[years, age]

    def fcx_5(self, family: str) -> float | None:
        """Forward citations by examiners."""
        citing = self.citing(family, family, 5)
        if not self.is_closed(family, 5) or citing - self.telling:
            return None
        return sum((c, family) in self.examiner for c in citing)

    def owners(self, family: str) -> set[str] | None:
        """Applicants: those of a grant that names any, else of any document that does."""
        documents = self.documents.get(family)
        if documents is None:
            return None
        grants = documents[
            [kind in GRANTS for kind in zip(documents["office"], documents["kind"], strict=True)]
        ]
        numbers = [*grants["publication_number"], *documents["publication_number"]]
        return next((self.applicants[number] for number in numbers if number in self.applicants), None)

    def fc_5_others(self, family: str) -> float | None:
        """Forward citations by families that have no applicant in common with it."""
        if not self.is_closed(family, 5):
            return None
        own = self.owners(family) or set()
        return sum(not own & (self.owners(c) or set()) for c in self.citing(family, family, 5))

    def differing(self, families: set[str]) -> float | None:
        """The chance that two of the families, each in a random subclass, are in different ones."""
        classified = [self.subclasses[f] for f in sorted(families) if self.subclasses.get(f)]
        if len(classified) < 2:
            return None
        chances = [
            1 - len(one & other) / (len(one) * len(other)) for one, other in combinations(classified, 2)
        ]
        return sum(chances) / len(chances)

    def rad(self, family: str) -> float | None:
        """Share of the cited families' subclasses that the family is not in."""
        cited = [self.subclasses[c] for c in self.cites.get(family, set()) if self.subclasses.get(c)]
        own = self.subclasses[family]
        if not own or not cited:
            return None
        return sum(len(c - own) / len(c) for c in cited) / len(cited)

    def tct(self, family: str) -> float | None:
        """Median age of what it cites."""
        ages = [
            max((self.start(family) - self.published[c]).days, 0) / 365.25
            for c in self.cites.get(family, set())
            if c in self.published
        ]
        return float(np.median(ages)) if ages else None

    def nov(self) -> dict[str, float | None]:
        """Pairs of subclasses that no family of an earlier priority has."""
        first: dict[tuple[str, ...], Any] = {}
        days = {f: rows["priority_date"].min() for f, rows in self.documents.items()}
        pairs = {f: list(combinations(sorted(s), 2)) for f, s in self.subclasses.items()}
        for family, found in pairs.items():
            for pair in found:
                first[pair] = min(first.get(pair, days[family]), days[family])
        return {
            f: sum(first[pair] == days[f] for pair in pairs[f]) if self.subclasses[f] else None
            for f in self.topic
        }

    def cd_5(self, family: str) -> float | None:
        """Disruption: who cites it, and who cites what it cites."""
        references = self.cites.get(family, set())
        if not references or not self.is_closed(family, 5):
            return None
        own = self.citing(family, family, 5)
        theirs = {c for r in references for c in self.citing(r, family, 5)}
        i, j, k = len(own - theirs), len(own & theirs), len(theirs - own)
        return (i - j) / (i + j + k) if i + j + k else None

    def pr(self) -> dict[str, float]:
        """PageRank over the mean of the year."""
        graph = nx.DiGraph()
        graph.add_nodes_from(sorted(self.documents))
        graph.add_edges_from(
            (source, target)
            for source, targets in self.cites.items()
            for target in targets
            if target in self.published
        )
        rank = pd.Series(nx.pagerank(graph, alpha=0.85, tol=1e-15, max_iter=1000))
        years = pd.Series({f: self.published[f].year for f in graph})
        return (rank / rank.groupby(years).transform("mean")).to_dict()

    def conv(self, family: str) -> float | None:
        """One minus squared shares of codes by subclass; a bare subclass counts with no other."""
        groups = self.groups[family]
        codes = [g for g in groups if len(g) > 4]
        codes += [g for g in groups if len(g) == 4 and not any(c.startswith(g) for c in codes)]
        shares = pd.Series([c[:4] for c in codes], dtype=str).value_counts(normalize=True)
        return float(1 - (shares**2).sum()) if codes else None

    def table(self) -> pd.DataFrame:
        """All indicators of the topic's families, open windows unknown."""
        nov, pr = self.nov(), self.pr()
        rows, lags = {}, {}
        for family in self.topic:
            documents = self.documents[family]
            offices = set(documents["office"])
            kinds = zip(documents["office"], documents["kind"], strict=True)
            grants = documents[[kind in GRANTS for kind in kinds]]
            claimed = grants if len(grants) else documents
            applicants = self.owners(family)
            subclasses = self.subclasses[family]
            main_groups = [g for g in self.groups[family] if len(g) > 4]
            if len(grants):
                lag = grants["publication_date"].iloc[0] - documents["filing_date"].min()
                lags[family] = lag.days
            rows[family] = {
                "fc_3": self.fc(family, 3),
                "fc_5": self.fc(family, 5),
                "fc_7": self.fc(family, 7),
                "fcx_5": self.fcx_5(family),
                "fc_5_others": self.fc_5_others(family),
                "fc_reported": documents["forward_citation_count"].max(),
                "bc": len(self.cites.get(family, set())) if documents["lists_references"].any() else None,
                "npl": documents["npl_citation_count"].max(),
                "fs": len(offices - {"WO"}),
                "fs_reported": documents["family_size"].max(),
                "tri": float({"EP", "JP"} <= offices and "US" in set(grants["office"])),
                "pct": float("WO" in offices),
                "cl": claimed["claim_count"].iloc[0],
                "icl": None,
                "sc": len(subclasses) or None,
                "mg": len(main_groups) or None,
                "inv": documents["inventor_count"].max(),
                "app": len(applicants) if applicants else None,
                "ren": None,
                "gen": self.differing(self.citing(family, family, 5)),
                "ori": self.differing(self.cites.get(family, set())),
                "rad": self.rad(family),
                "tct": self.tct(family),
                "nov": nov[family],
                "cd_5": self.cd_5(family),
                "pr": pr[family],
                "conv": self.conv(family),
                "xsec": len({s[0] for s in subclasses}) - 1 if subclasses else None,
            }
        table = pd.DataFrame.from_dict(rows, orient="index").astype(float)
        lag = pd.Series(lags, dtype=float)
        years = pd.Series({f: self.documents[f]["priority_date"].min().year for f in lags})
        table["gl"] = 1 - lag / lag.groupby(years).transform("max")
        return table
