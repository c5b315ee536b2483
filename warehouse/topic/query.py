r"""What a topic needs of data sources that answer queries: SQL, a query string, a list of files."""

import csv
import re
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from enum import StrEnum

from corepath.warehouse.errors import UsageError
from corepath.warehouse.settings import ROOT
from corepath.warehouse.sources import named
from corepath.warehouse.topic.files import Rule, Topic, below


class Dialect(StrEnum):
    """Whom to ask."""

    bigquery = "bigquery"
    lens = "lens"
    uspto = "uspto"


def query(
    topic: Topic, dialect: Dialect, since: date | None = None, sample: int = 100, asked: str | None = None
) -> str:
    """Write what to ask a data source for, so that a topic can be refreshed from the answer.

    Parameters
    ----------
    topic
        The topic.
    dialect
        Whom to ask.
    since
        Of the USPTO: the first day of publication.
    sample
        Of BigQuery: one family in so many is exported from outside of the topic; 0 for none.
    asked
        How the reader names the topic; its own name by default.

    Returns
    -------
    str
        With comments that say how to use it.

    Raises
    ------
    UsageError
        The dialect wants a date, or cannot say what the topic asks.

    Examples
    --------
    >>> topic = Topic(name="t", title="T", classes=["H01M10"])
    >>> print(query(topic, Dialect.uspto, date(2026, 11, 24)).splitlines()[-1])
    ipa261126.zip
    """
    match dialect:
        case Dialect.bigquery:
            return _bigquery(topic, sample, asked or topic.name)
        case Dialect.lens:
            return _lens(topic)
        case Dialect.uspto:
            return _uspto(topic, since)


# --- Google BigQuery -----------------------------------------------------------------------------

PUBLICATIONS = "patents-public-data.patents.publications"

_BIGQUERY = """\
-- What the topic {name} needs of Google Patents Public Data (IFI CLAIMS, CC BY 4.0): whole families.
--
--   selected  families of which a publication has what an include rule asks for, before exclusions: more
--             than the topic selects
--   cited     families that these cite, and citing: that cite them
--   sample    {sample_says}
--
-- A release from this export equals one from the whole table in selection, indicators, weights, core and
-- networks. It cannot give what the whole world decides: disruption and breakthrough (cd_5, top_1),
-- PageRank, corporate groups that only other families of a company show (app, fc_5_others,
-- co-applications), and rates outside of the topic, for which the sample is an estimate.
--
-- BigQuery bills the columns that a query names, in full, whatever it filters; 1 TB a month is free. Claims
-- and descriptions, which are most of the table, are not named; abstracts and citations are most of the
-- rest. Ask first what it would read, then put a bucket of yours in place of BUCKET, run it, and copy:
--
--   bq query --use_legacy_sql=false --dry_run < {name}.sql
--   bq query --use_legacy_sql=false < {name}.sql
--   gcloud storage cp 'gs://BUCKET/{name}/*.parquet' google_patents/
--   corepath refresh --topic {asked} --source google_patents=google_patents
export data options (
    uri = 'gs://BUCKET/{name}/*.parquet', format = 'PARQUET', compression = 'SNAPPY', overwrite = true
) as
{select}
"""

_SELECT = """\
with publication as (
    select
        publication_number,
        -- Without a family's number a publication stands alone.
        if(regexp_contains(family_id, r'^[1-9][0-9]*$'), family_id, publication_number) as family,
        publication_date,
        ipc,
        cpc,
        citation,
        normalize(
            concat(
                coalesce((select string_agg(t.text, '\\n') from unnest(title_localized) as t), ''),
                '\\n',
                coalesce((select string_agg(a.text, '\\n') from unnest(abstract_localized) as a), '')
            ), nfkc
        ) as words
    from `{publications}`
),

selected as (
    select distinct family
    from publication
    where
        {rules}
),

member as (
    select p.publication_number, p.family
    from publication as p
    inner join selected as s on p.family = s.family
),

reference as (
    select p.family as citing, c.publication_number as cited
    from publication as p, unnest(p.citation) as c
    where c.publication_number <> ''
),

wanted as (
    select family from selected
    union distinct
    select r.citing
    from reference as r
    inner join member as m on r.cited = m.publication_number
    union distinct
    select p.family
    from reference as r
    inner join selected as s on r.citing = s.family
    inner join publication as p on r.cited = p.publication_number
    union distinct
    -- Up to when citations can be known is told by the last publication of all.
    select family
    from (
        select family, row_number() over (order by publication_date desc, publication_number) as place
        from publication
    ) as latest
    where place = 1{sample}
)

select
    {columns}
from `{publications}`
where
    if(regexp_contains(family_id, r'^[1-9][0-9]*$'), family_id, publication_number)
    in (select family from wanted)"""

_SAMPLE = """
    union distinct
    select family from publication where mod(abs(farm_fingerprint(family)), {sample}) = 0"""


def _bigquery(topic: Topic, sample: int, asked: str) -> str:
    says = f"one family in {sample} of all others, for rates" if sample else "none"
    return _BIGQUERY.format(
        name=topic.name, asked=asked, sample_says=says, select=select_publications(topic, sample)
    )


def select_publications(topic: Topic, sample: int, publications: str = PUBLICATIONS) -> str:
    """Write the SELECT of the export, in BigQuery's SQL.

    Parameters
    ----------
    topic
        The topic.
    sample
        One family in so many of those outside of the topic; 0 for none.
    publications
        The table.
    """
    rules = "\n        or ".join(f"({_condition(topic, rule)})" for rule in topic.include)
    return _SELECT.format(
        publications=publications,
        rules=rules,
        sample=_SAMPLE.format(sample=sample) if sample else "",
        columns=",\n    ".join(named("google_patents").tables["publication"].columns),
    )


def _condition(topic: Topic, rule: Rule) -> str:
    """Write an include rule, or less: words near each other need only both be there."""
    parts = []
    prefixes = rule.classes or rule.first_classes
    if prefixes:
        pattern = f"^(?:{'|'.join(re.escape(p) for p in places(prefixes))})"
        parts += [
            "exists (select 1 from unnest(array_concat("
            "array(select i.code from unnest(ipc) as i), array(select c.code from unnest(cpc) as c)"
            f")) as code where regexp_contains(replace(code, ' ', ''), {_raw(pattern)}))"
        ]
    for group in (rule.terms, *(rule.near or ())):
        if group:
            patterns = "|".join(f"(?:{re2(p)})" for p in topic.terms[group].values())
            parts += [f"regexp_contains(words, {_raw('(?i)' + patterns)})"]
    return "\n            and ".join(parts)


def places(prefixes: Iterable[str]) -> list[str]:
    """Give prefixes of symbols, with those that they had before a reform or have after it.

    Examples
    --------
    >>> places(["H10P72"])
    ['H01L21/67', 'H01L21/68', 'H10P72/']
    """
    with (ROOT / "reference" / "ipc_reform.csv").open(encoding="utf-8", newline="") as file:
        reform = [(row["old"], row["new"], row["is_main"] == "true") for row in csv.DictReader(file)]
    found = set()
    for prefix in map(below, prefixes):
        found.add(prefix)
        found |= {new + "/" for old, new, _ in reform if old.startswith(prefix)}
        # As in int_topic_symbol, a symbol that was divided is where most of it went.
        found |= {old for old, new, is_main in reform if is_main and f"{new}/".startswith(prefix)}
    return sorted(found)


def re2(pattern: str) -> str:
    r"""Write a pattern of Rust's regex for RE2, whose \w is of ASCII only.

    \b is of ASCII there too, so that a word may be found beside a Chinese character where it is none here:
    more is found, never less.

    Examples
    --------
    >>> re2(r"\w+[\w-]\\w\W")
    '[\\pL\\pM\\pN_]+[\\pL\\pM\\pN_-]\\\\w[^\\pL\\pM\\pN_]'
    """
    written, in_class = [], False
    for part in re.findall(r"\\.|.", pattern, re.DOTALL):
        if part == r"\w":
            part = r"\pL\pM\pN_" if in_class else r"[\pL\pM\pN_]"
        elif part == r"\W" and not in_class:
            part = r"[^\pL\pM\pN_]"
        in_class = part == "[" or (in_class and part != "]")
        written.append(part)
    return "".join(written)


def _raw(pattern: str) -> str:
    if '"""' in pattern or pattern.endswith(('"', "\\")):
        raise UsageError("a pattern with three double quotes, or one at its end, cannot be put to BigQuery")
    return f'r"""{pattern}"""'


# --- Lens.org ------------------------------------------------------------------------------------

# Fields of the JSON export that are read.
_LENS_FIELDS = (
    "jurisdiction, doc_number, kind, date_published, biblio, abstract, families, claims (for their number)"
)


def _lens(topic: Topic) -> str:
    lines = [
        f"# What the topic {topic.name} needs of Lens.org (patents, Structured Search or the API's query).",
        "# Classes alone: its words are regular expressions, which corepath applies to what comes back.",
        "# Group by nothing, so that every publication of a family is there; export as JSON Lines, with",
        f"# the fields {_LENS_FIELDS}.",
        "# References and citing patents are told by each record; the citing ones' own records are not in",
        "# it, so that citations are counted, and classes of what cites remain unknown.",
    ]
    found: set[str] = set()
    for rule in topic.include:
        prefixes = rule.classes or rule.first_classes
        if not prefixes:
            lines += [f"# {rule.id} asks for no class: Lens.org cannot be asked for its words; add your own."]
        found |= set(places(prefixes))
    if not found:
        raise UsageError(f"the topic {topic.name} asks for no class: Lens.org cannot be asked for it")
    symbols = " OR ".join(re.sub(r"(?=/)", r"\\", f"{p}*") for p in sorted(found))
    lines += [f"class_ipcr.symbol:({symbols}) OR class_cpc.symbol:({symbols})"]
    return "\n".join(lines)


# --- USPTO ---------------------------------------------------------------------------------------


def _uspto(topic: Topic, since: date | None) -> str:
    if since is None:
        raise UsageError("say from when on: --from 2024-01-01")
    until = max(since, date.today())
    lines = [
        f"# Weekly files of the USPTO from {since} on: grants on Tuesdays, applications on Thursdays. They",
        f"# hold every field, and cannot be asked for the topic {topic.name} alone; corepath selects. A",
        "# holiday may move a day. To fetch them: corepath fetch uspto --from " + since.isoformat(),
    ]
    return "\n".join([*lines, *_weekly("ipg", since, until, 1), *_weekly("ipa", since, max(until, since), 3)])


def _weekly(prefix: str, since: date, until: date, weekday: int) -> Iterator[str]:
    day = since + timedelta((weekday - since.weekday()) % 7)
    while day <= until:
        yield f"{prefix}{day:%y%m%d}.zip"
        day += timedelta(7)
