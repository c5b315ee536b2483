"""What an analyst would write: the same tables with pandas, numpy, scipy and networkx.

`python -m benchmarks.analyst DUMP OUT` reads a dump of google_patents (Parquet) and writes the
marts that `benchmarks.compare` reads. One script from top to bottom, whole columns at a time, a
column of lists read only when its turn comes. Look-up tables, the topic's rules, how offices
write numbers and the recognition of organisations (registers, not computations) are corepath's own.
"""

# The types of pandas do not know what is a table, a column or a value.
# pyright: reportArgumentType=false, reportAttributeAccessIssue=false, reportCallIssue=false
# pyright: reportIndexIssue=false, reportReturnType=false

import argparse
import re
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd
import polars as pl
from scipy.stats import chi2, false_discovery_control, gamma, hypergeom, norm

from corepath.transforms.stg_organisation import stg_organisation
from corepath.warehouse.numbers import publication_number
from corepath.warehouse.topic import files as topics

REFERENCE = Path(__file__).resolve().parents[1] / "reference"
SYMBOL = re.compile(r"[A-HY][0-9]{2}[A-Z]([1-9][0-9]{0,3}/[0-9]{2,6})?")


def main(arguments: list[str] | None = None) -> None:
    """Read a dump, write the marts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("dump", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--topic", default="information_technology")
    options = parser.parse_args(arguments)
    options.out.mkdir(parents=True, exist_ok=True)
    for name, frame in tables(options.dump, topics.read(options.topic)).items():
        frame.to_parquet(options.out / f"{name}.parquet", index=False)


def tables(dump: Path, topic: topics.Topic) -> dict[str, pd.DataFrame]:
    """Compute the marts of a topic of classes.

    Returns
    -------
    dict of str to pandas.DataFrame
        By mart, with the columns that are computed rather than copied.
    """
    publications = read_publications(dump)
    codes, symbols = read_codes(dump, publications)
    families = select_families(publications, codes, symbols, topic)
    parties = read_parties(dump, publications)
    shares = share_families(families, parties, publications)
    subclasses = classify(families, codes)
    indicators = measure(families, subclasses, read_citations(dump, publications), publications)
    cohort = assign_cohorts(families, subclasses)
    weights, scores = weigh(indicators, cohort, shares, topic)
    subclasses = subclasses[["family_id", "subclass"]]
    world = networks(families, subclasses, shares, topic)
    edges = pd.concat([edge_table(*network) for network in world])
    nodes = pd.concat([node_table(*network) for network in world])
    main_country = shares.sort_values(["share", "country"], ascending=[False, True])
    main_country = main_country.groupby("family_id").agg(
        country=("country", "first"), country_share=("share", "max"), country_count=("country", "size")
    )
    patents = (
        families.drop(columns=["publication", "party", "first_office", "fs"])
        .merge(indicators.assign(fc_5=indicators.fc_5_so_far).drop(columns="fc_5_so_far"), on="family_id")
        .merge(rao_stirling(subclasses), on="family_id", how="left")
        .merge(scores, on="family_id")
        .merge(main_country, on="family_id")
    )
    return {
        "fct_patent": patents,
        "fct_patent_country": shares,
        "fct_indicator_weight": weights,
        "fct_core_technology": core_technologies(subclasses, cohort, scores, shares, nodes),
        "fct_country_ranking": rank_countries(shares, scores, topic),
        "fct_country_year": country_years(shares, families, scores),
        "fct_convergence_edge": edges,
        "fct_convergence_node": nodes,
        "fct_network_metric": pd.DataFrame([network_row(*network) for network in world]),
    }


# --- The dump ------------------------------------------------------------------------------------


def bare(numbers: pd.Series) -> pd.Series:
    """Leave out the kind, but tell a utility model from a patent: both may have one number."""
    parts = numbers.str.rsplit("-", n=1)
    return parts.str[0] + parts.str[1].str[:1].isin(["U", "Y"]).map({True: "-U", False: ""})


def read_publications(dump: Path) -> pd.DataFrame:
    """Read dates, families and titles; tell inventions and grants by office, kind and date."""
    df = pd.read_parquet(
        dump,
        columns=[
            "publication_number",
            "application_number",
            "family_id",
            "title_localized",
            "grant_date",
            "publication_date",
            "filing_date",
            "priority_date",
            "priority_claim",
        ],
    )
    df["publication"] = np.arange(len(df))
    df[["office", "number", "kind"]] = df.publication_number.str.split("-", expand=True)
    years = df.publication_date // 10_000
    df["publication_number"] = [
        publication_number(*written, None if year == 0 else year)
        for *written, year in zip(df.office, df.number, df.kind, years, strict=True)
    ]
    df["bare"] = bare(df.publication_number)
    for column in ("publication", "filing", "priority"):
        df[f"{column}_day"] = pd.to_datetime(
            df[f"{column}_date"].astype(str), format="%Y%m%d", errors="coerce"
        )
    df["priority_day"] = df[["priority_day", "filing_day", "publication_day"]].min(axis=1)
    df["title"] = [
        next((t["text"] for t in titles if t["language"] == "en"), titles[0]["text"]) if len(titles) else None
        for titles in df.title_localized
    ]
    df["title"] = df.title.str.replace(r"\s+", " ", regex=True).str.strip()
    df["first_office"] = [
        min((c["filing_date"], c["application_number"].split("-")[0]) for c in dated)[1]
        if (dated := [c for c in claims if c["filing_date"] > 0])
        else None
        if len(claims)
        else number.split("-")[0]
        for claims, number in zip(df.priority_claim, df.application_number, strict=True)
    ]
    df["first_office"] = df.first_office.replace("", None)
    df["is_granted_then"] = df.grant_date == df.publication_date
    kinds = pd.read_csv(REFERENCE / "publication_kind.csv", keep_default_na=False)
    # Days at the end of time are beyond pandas' nanoseconds: compare as text.
    day = df.publication_day.dt.strftime("%Y-%m-%d")
    known = df[["publication", "office", "kind"]].assign(day=day).merge(kinds, on=["office", "kind"])
    known = known[known.day.between(known.valid_from, known.valid_to)]
    df = df.merge(known[["publication", "is_invention", "is_grant"]], how="left", on="publication")
    general = kinds[kinds.office == "*"].set_index("kind")
    unlisted = ~df.office.isin(kinds.office)
    for column in ("is_invention", "is_grant"):
        by_letter = df.kind.str[0].map(general[column])
        df[column] = df[column].where(~unlisted, by_letter).eq(True)  # null is not
    return df.drop(columns=["title_localized", "priority_claim", "number", "application_number"])


def read_codes(dump: Path, publications: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Read IPC and CPC: the first code first, symbols in one spelling and the newest scheme."""
    listed = []
    for scheme in ("IPC", "CPC"):
        df = pd.read_parquet(dump, columns=[scheme.lower()])
        df["publication"] = publications.publication
        df = df.explode(scheme.lower()).dropna()
        df["spelling"] = df[scheme.lower()].str["code"]
        df["later"] = df[scheme.lower()].str["first"].ne(True)  # null comes later
        df = df.sort_values(["publication", "later"], kind="stable")
        df["position"] = df.groupby("publication").cumcount() + 1
        listed.append(df[["publication", "spelling", "position"]].assign(scheme=scheme))
    codes = pd.concat(listed)
    reform = pd.read_csv(REFERENCE / "ipc_reform.csv", keep_default_na=False)
    moves = reform[reform.is_main].sort_values("old", key=lambda old: -old.str.len())
    symbols = codes[["scheme", "spelling"]].drop_duplicates()
    symbols["symbol"] = [spell(*row) for row in symbols.itertuples(index=False)]
    symbols = symbols.dropna()
    symbols["group"] = symbols.symbol.str.split("/").str[0]
    by_group: dict[str, list[tuple[str, str]]] = {}
    for old, new in zip(moves.old, moves.new, strict=True):
        by_group.setdefault(old.split("/")[0], []).append((old, new))
    symbols["place"] = [
        next((new for old, new in by_group.get(group, []) if symbol.startswith(old)), group)
        for symbol, group in zip(symbols.symbol, symbols.group, strict=True)
    ]
    symbols["subclass"] = symbols.place.str[:4]
    return codes.merge(symbols, on=["scheme", "spelling"]), symbols


def spell(scheme: str, spelling: str) -> str | None:
    """Write a symbol as H01L21/02; None for what is none."""
    head, _, tail = spelling.upper().replace(":", "/").partition("/")
    head, tail = re.sub(r"[^0-9A-Z]", "", head), tail.partition("/")[0].strip()
    if tail:
        head = head[:4] + head[4:].lstrip("0") + "/" + re.sub(r"[^0-9].*", "", tail)
    elif re.match(r"[A-Z0-9]{4}[0-9]{10}", head):
        head = head[:4] + head[4:8].lstrip("0") + "/" + head[8:10] + head[10:14].rstrip("0")
    return head if SYMBOL.fullmatch(head) and (scheme, head[0]) != ("IPC", "Y") else None


def select_families(
    publications: pd.DataFrame, codes: pd.DataFrame, symbols: pd.DataFrame, topic: topics.Topic
) -> pd.DataFrame:
    """Take the families with an invention that a rule lets in, and describe them."""
    if topic.exclude or topic.terms:
        raise ValueError(f"this script takes topics of classes only, not {topic.name}")
    if topic.method.preset != "study":
        raise ValueError(f'this script weighs by the study\'s method: set preset = "study" in {topic.name}')
    reform = pd.read_csv(REFERENCE / "ipc_reform.csv", keep_default_na=False)
    former = reform.groupby("new").old.agg(list)
    names = [
        [symbol, *([f"{place}/"] if place != group and len(place) > 4 else []), *former.get(group, [])]
        for symbol, place, group in symbols[["symbol", "place", "group"]].itertuples(index=False)
    ]
    rules = {key: value.to_pandas() for key, value in topic.tables(None).items()}
    hits = []
    for rule, prefixes in rules["topic_class"].groupby("rule_id"):
        starts = tuple(prefixes.prefix)
        fits = symbols[[any(n.startswith(starts) for n in own) for own in names]]
        own = codes.merge(fits[["scheme", "symbol"]].drop_duplicates(), on=["scheme", "symbol"])
        if prefixes.is_first_only.all():
            own = own[own.position == 1]
        hits.append(own[["publication"]].drop_duplicates().assign(rule_id=rule))
    hits = pd.concat(hits).merge(rules["topic_rule"], on="rule_id").sort_values("rule_id")
    inventions = publications[publications.is_invention]
    let_in = hits[hits.purpose == "include"].groupby("publication").label.first()
    chosen = inventions[inventions.publication.isin(let_in.index)].sort_values("publication_number")
    selected_by = chosen.publication.map(let_in).groupby(chosen.family_id).first()
    members = inventions[
        inventions.family_id.isin(selected_by.index) & inventions.publication_day.notna()
    ].sort_values(["publication_day", "publication_number"])
    subfields = hits[hits.purpose == "subfield"].merge(
        rules["topic_subfield"][["subfield", "position"]], left_on="label", right_on="subfield"
    )
    subfields = subfields.sort_values("position").groupby("publication").subfield.first()
    families = members.groupby("family_id").agg(
        publication=("publication", "first"),
        representative_publication=("publication_number", "first"),
        first_office=("first_office", "first"),
        priority_date=("priority_day", "min"),
        filing_date=("filing_day", "min"),
        publication_date=("publication_day", "min"),
        document_count=("publication", "size"),
    )
    families["title"] = families.publication.map(members.set_index("publication").title)
    families["grant_date"] = members[members.is_grant].groupby("family_id").publication_day.min()
    families["selected_by"] = selected_by
    families["subfield"] = families.publication.map(subfields)
    families["priority_year"] = families.priority_date.dt.year
    # EP counts as one office, WO is none.
    families["fs"] = members[members.office != "WO"].groupby("family_id").office.nunique()
    families["fs"] = families.fs.fillna(0)
    return families.reset_index()


def classify(families: pd.DataFrame, codes: pd.DataFrame) -> pd.DataFrame:
    """Take the subclasses of each family's first publication: IPC, or CPC where no IPC is known."""
    own = codes.merge(families[["family_id", "publication"]], on="publication")
    titles = pd.read_csv(REFERENCE / "ipc_title.csv", keep_default_na=False)
    has_ipc = own.family_id.isin(own.family_id[own.scheme == "IPC"])
    own = own[(own.scheme == "IPC") | (~has_ipc & own.subclass.isin(titles.technology))]
    return own.groupby(["family_id", "subclass"], as_index=False).position.min()


def read_parties(dump: Path, publications: pd.DataFrame) -> pd.DataFrame:
    """Read applicants and inventors of all publications, by role; count the inventors."""
    df = pd.read_parquet(dump, columns=["assignee", "assignee_harmonized", "inventor", "inventor_harmonized"])
    df = df.assign(publication=publications.publication, office=publications.office)
    counts = df.inventor_harmonized.str.len().replace(0, np.nan).fillna(df.inventor.str.len())
    publications["inventors"] = counts.replace(0, np.nan)
    rows = []
    for row in df.itertuples(index=False):
        inventors = _people(row.inventor_harmonized, row.inventor)
        applicants = _people(row.assignee_harmonized, row.assignee)
        persons = {name for name, _ in inventors}
        if row.office == "WO" and (others := [a for a in applicants if a[0] not in persons]):
            applicants = others
        for name, country in applicants:
            sector = "INDIVIDUAL" if name in persons else None
            rows.append((row.publication, "applicant", name.strip(), country, sector))
        for name, country in inventors:
            rows.append((row.publication, "inventor", name.strip(), country, None))
    parties = pd.DataFrame(rows, columns=["publication", "role", "name", "country", "sector"])
    countries = pd.read_csv(REFERENCE / "country.csv", keep_default_na=False).country
    parties.loc[~parties.country.isin(countries), "country"] = None
    return parties[parties.name != ""]


def _people(harmonized: np.ndarray, printed: np.ndarray) -> list[tuple[str, str | None]]:
    if len(harmonized):
        return [(p["name"], p["country_code"]) for p in harmonized]
    return [(name, None) for name in printed]


def read_citations(dump: Path, publications: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Read references: between families, and how many items of other literature a document has."""
    df = pd.read_parquet(dump, columns=["citation"])
    df = df.assign(publication=publications.publication, family_id=publications.family_id)
    us_grant = (publications.office == "US") & publications.is_granted_then
    us_grant &= publications.publication_day >= "1947-02-04"
    known = (df.citation.str.len() > 0) | us_grant
    refs = df.explode("citation").dropna(subset="citation")
    refs["cited"] = refs.citation.str["publication_number"]
    refs["text"] = refs.citation.str["npl_text"]
    npl = refs[refs.text.fillna("") != ""].groupby("publication").text.nunique()
    npl = npl.reindex(df.publication[known], fill_value=0).rename("npl").reset_index()
    refs = refs.loc[refs.cited.fillna("") != "", ["family_id", "cited"]].drop_duplicates()
    parts = refs.cited.str.split("-", expand=True).reindex(columns=[0, 1, 2])
    refs["number"] = [
        publication_number(*written, None) for written in zip(parts[0], parts[1], parts[2], strict=True)
    ]
    refs["bare"] = bare(refs.number)
    exact = publications.set_index("publication_number").family_id
    first = publications.sort_values("publication_number").drop_duplicates("bare")
    refs["target"] = (refs.number.map(exact).fillna(refs.bare.map(first.set_index("bare").family_id))).fillna(
        refs.bare
    )
    pairs = refs.loc[refs.family_id != refs.target, ["family_id", "target"]].drop_duplicates()
    published = publications.groupby("family_id").publication_day.min()
    pairs["day"] = pairs.family_id.map(published)
    return {"pairs": pairs, "npl": npl}


# --- Countries -----------------------------------------------------------------------------------


def share_families(families: pd.DataFrame, parties: pd.DataFrame, publications: pd.DataFrame) -> pd.DataFrame:
    """Share families between the countries of their applicants, else of their inventors."""
    organisations = recognise(parties, publications)
    members = publications[publications.family_id.isin(families.family_id)]
    documents = members[members.is_invention & members.publication_day.notna()].copy()
    applied = parties[parties.role == "applicant"]
    documents["has_applicant"] = documents.publication.isin(applied.publication)
    documents = documents.sort_values(
        ["has_applicant", "is_grant", "publication_day", "publication_number"],
        ascending=[False, False, True, True],
    )
    families["party"] = families.family_id.map(documents.groupby("family_id").publication.first())
    own = families[["family_id", "party", "first_office"]].merge(
        parties, left_on="party", right_on="publication"
    )
    invented = own[own.role == "inventor"].dropna(subset="country")
    invented = invented.groupby(["family_id", "country"]).size().rename("mentions").reset_index()
    invented = invented.sort_values(["mentions", "country"], ascending=[False, True])
    inventor = invented.groupby("family_id").country.first()

    everyone = members[["publication", "family_id"]].merge(applied, on="publication")
    everyone = everyone.merge(organisations[["name", "organisation"]], on="name")
    everyone["party"] = everyone.family_id.map(families.set_index("family_id").party)
    elsewhere = everyone[everyone.publication != everyone.party].dropna(subset="country")
    elsewhere = elsewhere.groupby(["family_id", "organisation"]).country.min()

    countries = set(pd.read_csv(REFERENCE / "country.csv", keep_default_na=False).country)
    office = families.set_index("family_id").first_office
    office = office.where(office.isin(countries))

    applicants = own[own.role == "applicant"].merge(organisations, on="name", how="left")
    applicants["organisation"] = applicants.organisation.fillna(applicants.name)
    applicants = applicants.groupby(["family_id", "organisation"], as_index=False).agg(
        country=("country", "min"), home=("home_country", "min"), namesake=("namesake_country", "min")
    )
    key = pd.MultiIndex.from_frame(applicants[["family_id", "organisation"]])
    for other in (
        pd.Series(elsewhere.reindex(key).to_numpy(), index=applicants.index),
        applicants.home,
        applicants.namesake,
        applicants.family_id.map(inventor),
        applicants.family_id.map(office),
        "ZZ",
    ):
        applicants["country"] = applicants.country.fillna(other)
    lone = families[~families.family_id.isin(applicants.family_id)]
    persons = lone[["family_id"]].merge(own[own.role == "inventor"], how="left", on="family_id")
    for other in (persons.family_id.map(inventor), persons.family_id.map(office), "ZZ"):
        persons["country"] = persons.country.fillna(other)
    parts = pd.concat([applicants[["family_id", "country"]], persons[["family_id", "country"]]])
    shares = parts.groupby(["family_id", "country"]).size().rename("share").reset_index()
    shares["share"] /= shares.groupby("family_id").share.transform("sum")
    return shares


def recognise(parties: pd.DataFrame, publications: pd.DataFrame) -> pd.DataFrame:
    """Ask corepath's register which organisation a name means."""
    named = parties.assign(publication_number=parties.publication.map(publications.publication_number))
    tables = tuple(f"organisation{end}" for end in ("s", "_alias", "_abbreviation", "_group", "_word"))
    tables += ("language_word",)
    given = pl.from_pandas(named.drop(columns="publication").dropna(subset="name")).lazy()
    return stg_organisation(
        given.filter(role="applicant"),
        given.filter(role="inventor"),
        *(pl.scan_csv(REFERENCE / f"{name}.csv", infer_schema_length=None) for name in tables),
    ).to_pandas()


# --- Indicators, weights, scores -----------------------------------------------------------------


def measure(
    families: pd.DataFrame,
    subclasses: pd.DataFrame,
    citations: dict[str, pd.DataFrame],
    publications: pd.DataFrame,
) -> pd.DataFrame:
    """Count each family's indicators; null where the source does not tell."""
    pairs, npl = citations["pairs"], citations["npl"]
    out = families[["family_id", "publication_date", "fs"]].copy()
    closing = out.publication_date + pd.DateOffset(years=5)
    cited = pairs.merge(
        out[["family_id", "publication_date"]].assign(closing=closing), left_on="target", right_on="family_id"
    )
    cited = cited[(cited.day > cited.publication_date) & (cited.day <= cited.closing)]
    out["fc_5_so_far"] = out.family_id.map(cited.target.value_counts()).fillna(0)
    out["fc_5_window_closed"] = closing <= publications.publication_day.max()
    out["fc_5"] = out.fc_5_so_far.where(out.fc_5_window_closed)
    inventions = publications[publications.is_invention & publications.publication_day.notna()]
    inventions = inventions.merge(npl, on="publication", how="left")
    out["npl"] = out.family_id.map(inventions.groupby("family_id").npl.max())
    out["bc"] = out.family_id.map(pairs.family_id.value_counts()).fillna(0)
    out["bc"] = out.bc.where(out.npl.notna())
    out["sc"] = out.family_id.map(subclasses.family_id.value_counts())
    out["cl"] = np.nan  # claims are one text
    out["inv"] = out.family_id.map(inventions.groupby("family_id").inventors.max())
    return out.drop(columns="publication_date")


def assign_cohorts(families: pd.DataFrame, subclasses: pd.DataFrame) -> pd.DataFrame:
    """Give each family's year and field, its WIPO field or else its first subclass."""
    fields = pd.read_csv(REFERENCE / "wipo_field.csv", keep_default_na=False)
    first = subclasses.sort_values(["position", "subclass"]).groupby("family_id").subclass.first()
    field = first.map(fields.set_index("ipc").field).fillna(first)
    return pd.DataFrame(
        {
            "year": families.set_index("family_id").priority_year,
            "field": families.set_index("family_id").index.map(field).fillna("unclassified"),
        }
    )


def compare_with_cohorts(x: pd.DataFrame, cohort: pd.DataFrame) -> pd.DataFrame:
    """Fill gaps with the median, and divide by the mean, of who is close in year and field.

    Of 30 families and more: the year and field; with the years before and after; with two of each;
    the same without the field; all.
    """
    sizes = cohort.groupby(["year", "field"]).size().rename("size").reset_index()
    done = pd.DataFrame(index=x.index, columns=x.columns, dtype=float)
    groups: dict[Any, pd.Index] = cohort.groupby(["year", "field"]).groups
    for (year, field), members in groups.items():
        for by_field, width in [
            (True, 0),
            (True, 1),
            (True, 2),
            (False, 0),
            (False, 1),
            (False, 2),
            (False, np.inf),
        ]:
            near = (sizes.year - year).abs() <= width
            near &= (sizes.field == field) | (not by_field)
            if int(sizes["size"][near].sum()) >= 30:
                break
        if by_field and width == 0:
            peers = x.loc[members]
        else:
            close = (cohort.year - year).abs() <= width
            peers = x[close & ((cohort.field == field) | (not by_field))]
        nobody = peers.count() == 0
        total, count = peers.sum().mask(nobody, x.sum()), peers.count().mask(nobody, x.count())
        filled = x.loc[members].fillna(peers.median()).fillna(x.median())
        # Multiplied first, so that equal ratios of whole numbers stay equal.
        done.loc[members] = (filled * count / total.where(total > 0)).fillna(0.0)
    return done


def weigh(
    indicators: pd.DataFrame, cohort: pd.DataFrame, shares: pd.DataFrame, topic: topics.Topic
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Weigh the indicators that are known well enough by entropy; score and rank families."""
    method = topic.method
    names = method.indicators
    frame = indicators.reindex(columns=["family_id", *names]).set_index("family_id")
    known = shares.merge(frame.notna(), on="family_id")
    by_country = known[names].mul(known.share, axis=0).groupby(known.country).sum()
    sizes = shares.groupby("country").share.sum()
    by_country = by_country.div(sizes, axis=0)[sizes >= 30]
    of_countries = by_country[by_country.index.isin(topic.countries)].copy()
    of_countries.loc["WORLD"] = frame[names].notna().mean()
    weights = pd.DataFrame(
        {
            "indicator": names,
            "position": range(1, len(names) + 1),
            "mean": frame.mean().to_numpy(),
            "zero_share": ((frame == 0).sum() / frame.notna().sum()).to_numpy(),
            "coverage": of_countries.loc["WORLD"].to_numpy(),
            "lowest_coverage": of_countries.min().to_numpy(),
            "lowest_country": of_countries.sort_index().idxmin().to_numpy(),
        }
    )
    covered = weights.indicator[weights.lowest_coverage >= method.minimum_coverage].tolist()
    x = compare_with_cohorts(frame[covered], cohort)
    y = ((x - x.min()) / (x.max() - x.min())).fillna(0.0).to_numpy()
    z = y / y.mean(axis=0, where=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = np.where(z > 0, z * np.log(z), 0.0) + 1 - z
    divergence = np.nan_to_num(terms.mean(axis=0) / np.log(len(y)))
    divergence = pd.Series(np.where(divergence > 1e-12, divergence, 0.0), index=covered)
    weights["divergence"] = weights.indicator.map(divergence)
    weights["entropy"] = 1 - weights.divergence
    weights["weight"] = weights.divergence / weights.divergence.sum()
    weights["imputed_share"] = (1 - weights.coverage).where(weights.weight.notna())
    weights["is_used"] = weights.weight.fillna(0) > 0
    score = 100 * (y * (divergence / divergence.sum()).to_numpy()).sum(axis=1).clip(0, 1)
    scores = pd.DataFrame({"family_id": frame.index, "score": score})
    scores = scores.sort_values(["score", "family_id"], ascending=[False, True])
    scores["position"] = np.arange(1, len(scores) + 1)
    scores["rank"] = scores.score.rank(ascending=False)
    scores["is_core"] = scores.score >= cut(scores, method.core_share)
    return weights, scores


def cut(scores: pd.DataFrame, share: float) -> float:
    """Find the score of the last family in the best share."""
    return scores.score.iloc[int(np.ceil(round(share * len(scores), 6))) - 1]


def rao_stirling(subclasses: pd.DataFrame) -> pd.DataFrame:
    """Measure how far apart a family's subclasses are: 1/3 in a class, 2/3 in a section, 1."""
    sharing = sum(
        subclasses.groupby(["family_id", subclasses.subclass.str[:width]]).subclass.transform("size")
        for width in (1, 3, 4)
    )
    sharing = sharing.groupby(subclasses.family_id).agg(["sum", "size"])
    return (1 - sharing["sum"] / (3 * sharing["size"] ** 2)).rename("rao_stirling").reset_index()


# --- Countries and technologies ------------------------------------------------------------------


def rank_countries(shares: pd.DataFrame, scores: pd.DataFrame, topic: topics.Topic) -> pd.DataFrame:
    """Rank countries by families and by core families, at several thresholds."""
    scored = shares[shares.country != "ZZ"].merge(scores[["family_id", "score"]], on="family_id")
    found = []
    # Where cohorts are widened, they vary, too.
    wide = 1.6 if topic.method.small_cohorts == "widen" and topic.method.cohort != "none" else 1
    shares_of_all = {0.005, *(percent / 100 for percent in range(1, 51)), topic.method.core_share}
    for threshold in sorted(shares_of_all):
        core = scored.share.where(scored.score >= cut(scores, threshold), 0.0)
        df = scored.assign(core=core).groupby("country", as_index=False)[["share", "core"]].sum()
        df.columns = ["country", "families", "core_families"]
        df["threshold"] = threshold
        ranks = df[["families", "core_families"]].round(9).rank(ascending=False, method="min")
        df["rank_families"], df["rank_core"] = ranks.families, ranks.core_families
        df["quality_gap"] = df.rank_families - df.rank_core
        rate, z = df.core_families / df.families, (1.959963984540054 * wide) ** 2 / df.families
        spread = np.sqrt(z * (rate * (1 - rate) + z / 4))
        df["core_rate"] = rate
        df["core_rate_lower"] = (rate + z / 2 - spread) / (1 + z)
        df["core_rate_upper"] = (rate + z / 2 + spread) / (1 + z)
        df["location_quotient"] = (df.core_families / df.core_families.sum()) / (
            df.families / df.families.sum()
        )
        found.append(df)
    return pd.concat(found)


def country_years(shares: pd.DataFrame, families: pd.DataFrame, scores: pd.DataFrame) -> pd.DataFrame:
    """Add up families and core families of countries by year, and up to it."""
    df = shares.merge(families[["family_id", "priority_year"]], on="family_id")
    df = df.merge(scores[["family_id", "is_core"]], on="family_id")
    df["core_families"] = df.share.where(df.is_core, 0.0)
    df = df.rename(columns={"priority_year": "year", "share": "families"})
    df = df.groupby(["country", "year"])[["families", "core_families"]].sum()
    years = range(df.index.levels[1].min(), df.index.levels[1].max() + 1)
    every = pd.MultiIndex.from_product([df.index.levels[0], years], names=["country", "year"])
    df = df.reindex(every, fill_value=0.0).reset_index()
    df["core_rate"] = df.core_families / df.families
    for name, short in (("families", "family"), ("core_families", "core_family")):
        df[f"all_{name}"] = df.groupby("year")[name].transform("sum")
        df[f"{short}_share"] = df[name] / df[f"all_{name}"]
        before = df.groupby("country")[name].shift()
        df["growth" if short == "family" else "core_growth"] = df[name] / before.mask(before == 0) - 1
        df[f"cumulative_{name}"] = df.groupby("country")[name].cumsum()
        placed = df[name].round(9).where((df.country != "ZZ") & (df.families > 0))
        df[f"rank_{name.removesuffix('_families')}"] = placed.groupby(df.year).rank(
            ascending=False, method="min"
        )
    first = df[df.families > 0].groupby("country").first()
    since = df.year - df.country.map(first.year)
    ratio = (df.families / df.country.map(first.families)).where((df.families > 0) & (since > 0))
    df["compound_growth"] = ratio ** (1 / since.where(since > 0)) - 1
    return df


def merged(families: pd.DataFrame, by: str) -> list[list[int]]:
    """Put neighbouring values together until twenty families are core and twenty are not."""
    sizes = families.groupby(by).is_core.agg(["size", "sum"])
    groups: list[list[int]] = [[]]
    for value in sizes.index:
        at = sizes.loc[groups[-1]].sum()
        if at["sum"] >= 20 and at["size"] - at["sum"] >= 20:
            groups.append([])
        groups[-1].append(value)
    last = sizes.loc[groups[-1]].sum()
    if len(groups) > 1 and min(last["sum"], last["size"] - last["sum"]) < 20:
        groups[-2:] = [groups[-2] + groups[-1]]
    return groups


def usual_breadth(df: pd.DataFrame, cohort: pd.DataFrame) -> pd.Series:
    """Give the mean breadth of each family's field in its year and those beside it, in hundredths."""
    breadth = df.groupby("family_id").breadth.first()
    own = cohort.loc[breadth.index].assign(breadth=breadth)
    years = range(own.year.min() - 1, own.year.max() + 2)
    sums = own.groupby(["field", "year"]).breadth.agg(["sum", "size"]).unstack("field", fill_value=0)
    sums = sums.reindex(years, fill_value=0).rolling(3, center=True).sum()
    mean = 100 * (sums["sum"] / sums["size"]).stack()
    at = pd.MultiIndex.from_frame(own[["year", "field"]])
    return pd.Series(np.floor(mean.reindex(at).to_numpy() + 0.5), index=own.index)


def core_technologies(
    subclasses: pd.DataFrame,
    cohort: pd.DataFrame,
    scores: pd.DataFrame,
    shares: pd.DataFrame,
    nodes: pd.DataFrame,
) -> pd.DataFrame:
    """Test every technology for an excess of core families; rank them."""
    df = subclasses.merge(scores[["family_id", "is_core"]], on="family_id")
    out = df.groupby("subclass").is_core.agg(["size", "sum"]).reset_index()
    out.columns = ["technology", "families", "core_families"]
    df["spread"] = 1 / df.groupby("family_id").subclass.transform("size")
    out["fractional_families"] = df.groupby("subclass").spread.sum().to_numpy()
    spread_core = df.spread.where(df.is_core, 0.0).groupby(df.subclass).sum()
    out["fractional_core_families"] = spread_core.to_numpy()
    n, k = out.families.to_numpy(float), out.core_families.to_numpy(float)
    total, core = len(scores), scores.is_core.sum()
    out["core_rate"] = k / n
    out["location_quotient"] = (k / core) / (n / total)
    out["hypergeometric_p"] = hypergeom.sf(k - 1, total, core, n)
    # Families of as many subclasses, where about as many are usual, are compared with each other.
    df["breadth"] = df.groupby("family_id").subclass.transform("size")
    df["usual"] = df.family_id.map(usual_breadth(df, cohort))
    chance = [np.ones(1)] * len(out)
    expected, variance = np.zeros(len(out)), np.zeros(len(out))
    once = df.drop_duplicates("family_id")
    for breadths in merged(once, "breadth"):
        for usual in merged(once[once.breadth.isin(breadths)], "usual"):
            alike = df.breadth.isin(breadths) & df.usual.isin(usual)
            size, special = len(once[alike[once.index]]), once.is_core[alike[once.index]].sum()
            drawn = df[alike].groupby("subclass").size()
            for i, n_c in enumerate(out.technology.map(drawn).fillna(0).astype(int)):
                expected[i] += n_c * special / size
                variance[i] += hypergeom.var(size, special, n_c)
                chance[i] = np.convolve(chance[i], hypergeom.pmf(np.arange(n_c + 1), size, special, n_c))
    out["expected_core_families"] = expected
    out["core_ratio"] = k / expected
    out["p_value"] = [min(1.0, at[int(x) :].sum()) for at, x in zip(chance, k, strict=True)]
    # Where technologies lie wider than chance on the whole, chances are enlarged (genomic control).
    known = (expected >= 5) & (variance > 0)
    z = (k - expected)[known] / np.sqrt(variance[known])
    wide = np.sqrt(max(1.0, np.median(z**2) / chi2.median(1))) if len(z) >= 20 else 1.0
    out["q_value"] = false_discovery_control(norm.sf(norm.isf(out.p_value) / wide))
    mean = k.sum() / expected.sum()
    excess = (expected * (k / expected - mean) ** 2).sum() - (len(k) - 1) * mean
    weight = expected.sum()
    if excess > 0:
        weight = mean * (expected.sum() - (expected**2).sum() / expected.sum()) / excess
        weight = np.clip(weight, min(1, expected.sum()), expected.sum())
    out["shrunken_core_ratio"] = (k + mean * weight) / (expected + weight)
    out["core_ratio_lower"] = gamma.ppf(0.05, k + mean * weight, scale=1 / (expected + weight))
    out["is_core_technology"] = (out.q_value < 0.05) & (out.core_ratio > 1) & (out.core_families >= 5)
    world = nodes[nodes.network == "WORLD"].set_index("technology").betweenness
    order = out.assign(betweenness=out.technology.map(world).fillna(0)).sort_values(
        ["is_core_technology", "core_ratio_lower", "betweenness", "technology"],
        ascending=[False, False, False, True],
    )
    out["rank"] = pd.Series(np.arange(1, len(out) + 1), index=order.index)
    leaders = df[df.is_core].merge(shares[shares.country != "ZZ"], on="family_id")
    leaders = leaders.groupby(["subclass", "country"], as_index=False).share.sum()
    leaders = leaders.sort_values(["share", "country"], ascending=[False, True])
    leaders = leaders.groupby("subclass").first()
    out["leading_country"] = out.technology.map(leaders.country)
    out["leading_families"] = out.technology.map(leaders.share)
    return out


# --- Networks ------------------------------------------------------------------------------------

Network = tuple[str, float, pd.DataFrame, pd.DataFrame]


def networks(
    families: pd.DataFrame, subclasses: pd.DataFrame, shares: pd.DataFrame, topic: topics.Topic
) -> list[Network]:
    """Give the name, families, technologies and pairs of the world's network and each country's."""
    codes = subclasses.assign(k=subclasses.groupby("family_id").subclass.transform("size"))
    codes = codes[codes.k <= 20]
    pairs = codes.merge(codes[["family_id", "subclass"]], on="family_id")
    pairs = pairs[pairs.subclass_x < pairs.subclass_y]
    found = []
    for name in ["WORLD", *topic.countries]:
        share = (
            pd.Series(1.0, index=families.family_id)
            if name == "WORLD"
            else shares[shares.country == name].set_index("family_id").share
        )
        own = codes.assign(share=codes.family_id.map(share)).dropna(subset="share")
        if own.empty:
            continue
        occurrences = own.groupby("subclass").share.sum()
        tied = pairs.assign(share=pairs.family_id.map(share)).dropna(subset="share")
        tied = tied.assign(
            fractional=tied.share / (tied.k - 1), fraction=tied.share * 2 / (tied.k * (tied.k - 1))
        )
        tied = tied.groupby(["subclass_x", "subclass_y"], as_index=False)[
            ["share", "fractional", "fraction"]
        ].sum()
        tied.columns = ["source", "target", "full_count", "fractional_count", "pair_fraction"]
        in_it = share[share.index.isin(own.family_id)].sum()
        found.append((name, in_it, occurrences, tied))
    return found


def graph_of(occurrences: pd.Series, pairs: pd.DataFrame) -> "nx.Graph[str]":
    """Build the graph, isolates too."""
    graph = nx.Graph()
    graph.add_nodes_from(occurrences.index)
    graph.add_weighted_edges_from(
        pairs[["source", "target", "full_count"]].itertuples(index=False), weight="full_count"
    )
    return graph


def edge_table(name: str, families: float, occurrences: pd.Series, pairs: pd.DataFrame) -> pd.DataFrame:
    """Tell how much more often two technologies meet than chance would have it."""
    ends = pd.concat(
        [
            pairs[["source", "full_count"]].set_axis(["node", "c"], axis=1),
            pairs[["target", "full_count"]].set_axis(["node", "c"], axis=1),
        ]
    )
    strength, degree = ends.groupby("node").c.sum(), ends.node.value_counts()
    df = pairs.assign(network=name)
    c, n_i, n_j = df.full_count, df.source.map(occurrences), df.target.map(occurrences)
    s_i, s_j = df.source.map(strength), df.target.map(strength)
    k_i, k_j = df.source.map(degree), df.target.map(degree)
    df["expected"] = n_i * n_j / families
    df["association_strength"] = c / df.expected
    df["vos_strength"] = 2 * c.sum() * c / (s_i * s_j)
    df["cosine"] = c / np.sqrt(n_i * n_j)
    df["jaccard"] = c / (n_i + n_j - c)
    variance = df.expected * (1 - n_i / families) * (families - n_j) / (families - 1)
    df["z"] = ((c - df.expected) / np.sqrt(variance)).where(variance > 0)
    values = np.stack([c, n_i, n_j, np.full(len(c), families)])
    whole = (np.abs(values - values.round()) < 1e-9).all(axis=0)
    p = hypergeom.sf(c.round() - 1, round(families), n_i.round(), n_j.round())
    df["hypergeometric_p"] = np.where(whole, p, np.nan)
    df["disparity_alpha"] = np.minimum((1 - c / s_i) ** (k_i - 1), (1 - c / s_j) ** (k_j - 1))
    df["is_cross_section"] = df.source.str[0] != df.target.str[0]
    return df


def node_table(name: str, families: float, occurrences: pd.Series, pairs: pd.DataFrame) -> pd.DataFrame:
    """Tell each technology's place in the network."""
    graph = graph_of(occurrences, pairs)
    df = pd.DataFrame({"network": name, "occurrences": occurrences})
    df["degree"] = pd.Series(dict(graph.degree()))
    df["strength"] = pd.Series(dict(graph.degree(weight="full_count")))
    df["betweenness"] = pd.Series(nx.betweenness_centrality(graph))
    df["closeness"] = pd.Series(nx.harmonic_centrality(graph)) / (len(graph) - 1)
    df["pagerank"] = pd.Series(nx.pagerank(graph, tol=1e-13, max_iter=1000, weight="full_count"))
    df["constraint_unweighted"] = pd.Series(nx.constraint(graph))
    df["constraint_weighted"] = pd.Series(nx.constraint(graph, weight="full_count"))
    df["effective_size"] = pd.Series(nx.effective_size(graph))
    df["clustering"] = pd.Series(nx.clustering(graph))
    return df.reset_index(names="technology")


def network_row(name: str, families: float, occurrences: pd.Series, pairs: pd.DataFrame) -> dict[str, object]:
    """Describe a network as a whole."""
    graph = graph_of(occurrences, pairs)
    giant = graph.subgraph(max(nx.connected_components(graph), key=len)).copy()
    strength = pd.Series(dict(graph.degree(weight="full_count")))
    sections = strength.groupby(strength.index.str[0]).sum() / strength.sum()
    crossing = pairs.source.str[0] != pairs.target.str[0]
    across = pairs.full_count[crossing].sum() / pairs.full_count.sum()
    expected = 1 - (sections**2).sum()
    return {
        "network": name,
        "families": families,
        "nodes": len(graph),
        "edges": graph.number_of_edges(),
        "isolates": nx.number_of_isolates(graph),
        "density": nx.density(graph),
        "mean_degree": 2 * graph.number_of_edges() / len(graph),
        "mean_strength": strength.mean(),
        "clustering": nx.average_clustering(graph),
        "clustering_onnela": nx.average_clustering(graph, weight="full_count"),
        "transitivity": nx.transitivity(graph),
        "giant_share": len(giant) / len(graph),
        "average_path_length": nx.average_shortest_path_length(giant),
        "diameter": nx.diameter(giant),
        "cross_section_share": across,
        "external_internal_index": 2 * across - 1,
        "expected_cross_section_share": expected,
        "cross_section_lift": across / expected,
        "section_modularity": expected - across,
    }


if __name__ == "__main__":
    main()
