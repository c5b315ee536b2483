"""The organisation behind each applicant's name.

Key: name.
Never null: organisation, organisation_type.
"""

import re
from itertools import islice, product

import polars as pl

from corepath.transforms.methods.applicant_type import TYPES, type_rule
from corepath.transforms.methods.grouping import RULES, described, find_groups
from corepath.transforms.methods.harmonise import harmonise, plain, sorted_words

# A name of many words has many ways to abbreviate them; nobody uses most of them.
_MOST_VARIANTS = 64


def stg_organisation(
    stg_applicant: pl.LazyFrame,
    stg_inventor: pl.LazyFrame,
    organisations: pl.LazyFrame,
    organisation_alias: pl.LazyFrame,
    organisation_abbreviation: pl.LazyFrame,
    organisation_group: pl.LazyFrame,
    organisation_word: pl.LazyFrame,
    language_word: pl.LazyFrame,
) -> pl.DataFrame:
    """Recognise applicants: by the register, else by their harmonised name; and their groups.

    Parameters
    ----------
    stg_applicant
        One row a publication x applicant: publication_number, name, country (ISO alpha-2, null if
        unknown), sector (PATSTAT's, null if unknown).
    stg_inventor
        One row a publication x inventor: publication_number, name.
    organisations
        The register: organisation, group, home_country, type, basis.
    organisation_alias
        Other names, in any script: alias, organisation (of the register).
    organisation_abbreviation
        How data bases shorten words: word, abbreviation. Used for organisations that have an alias.
    organisation_group
        Parts of names that tell a group: place (starts, contains, ends), text (harmonised), group,
        type (null where the part tells none).
    organisation_word
        Words that tell no group: word, kind (place, form, business, common).
    language_word
        Words of the language, which no company has coined: word.

    Returns
    -------
    pl.DataFrame
        One row a raw applicant name: name, organisation, corporate_group, group_rule (id of the
        rule that tells it, of grouping.RULES), group_confidence (of that rule), home_country (of the
        register), namesake_country (the commonest in records of the harmonised name; ties by
        alphabet), organisation_type (the same for all names of an organisation; UNKNOWN where
        nothing tells), type_rule (id of the rule that tells it, of applicant_type.TYPES), basis
        (why the register says so).
    """
    told = stg_applicant.group_by("name", "country", "sector").len("records").collect(engine="streaming")
    names = (
        told.select("name")
        .unique()
        .with_columns(key=harmonise(pl.col("name")))
        .drop_nulls("key")
        .join(
            _register(
                organisations.collect(), organisation_alias.collect(), organisation_abbreviation.collect()
            ),
            on="key",
            how="left",
        )
        .with_columns(organisation=pl.coalesce("organisation", "key"))
        .with_columns(**_of_group(organisation_group.collect()))
    )
    told = told.join(names.select("name", "key", "organisation"), on="name")
    types = _types(names, told, stg_applicant, stg_inventor)
    words = pl.concat(
        [organisation_word.select("word", "kind"), language_word.select("word", kind=pl.lit("language"))]
    ).collect()
    groups = _groups(
        names.join(types, on="organisation"),
        told,
        stg_applicant,
        stg_inventor,
        words,
        organisations.filter(basis="known", type="COMPANY").collect(),
    )
    return (
        names.join(_commonest(told, "key", "country"), on="key", how="left")
        .join(types, on="organisation", how="left")
        .join(groups, on="organisation", how="left")
        .select(
            "name",
            "organisation",
            "corporate_group",
            "group_rule",
            group_confidence=pl.col("group_rule").replace_strict(RULES, return_dtype=pl.Float64),
            home_country="home_country",
            namesake_country="country",
            organisation_type="type",
            type_rule="rule",
            basis="basis",
        )
        .sort("name")
    )


def _register(
    organisations: pl.DataFrame, aliases: pl.DataFrame, abbreviations: pl.DataFrame
) -> pl.DataFrame:
    """Give every key under which an organisation of the register is known."""
    known = organisations.select(
        "organisation",
        "home_country",
        "basis",
        key=harmonise(pl.col("organisation")),
        register_group="group",
        register_type="type",
    )
    named = aliases.with_columns(key=harmonise(pl.col("alias"))).select("key", "organisation")
    shortened = (
        _shorten(known.join(named, on="organisation", how="semi"), abbreviations)
        .unique()
        # A short name of two organisations is nobody's; a long one says who it is.
        .filter(pl.len().over("key") == 1)
        .join(known, on="key", how="anti")
        .join(named, on="key", how="anti")
    )
    return pl.concat(
        [known, pl.concat([named, shortened]).join(known.drop("key"), on="organisation")], how="diagonal"
    )


def _shorten(known: pl.DataFrame, abbreviations: pl.DataFrame) -> pl.DataFrame:
    """Abbreviate names as data bases do: key, organisation."""
    short = dict(abbreviations.group_by("word").agg("abbreviation").iter_rows())
    found = []
    for key, organisation in known.select("key", "organisation").iter_rows():
        forms = [key.split()]
        if "UNIVERSITY" in forms[0]:  # WUHAN UNIVERSITY OF TECHNOLOGY: UNIV WUHAN TECHNOLOGY
            forms.append(["UNIV", *(w for w in forms[0] if w not in ("UNIVERSITY", "OF"))])
        for words in forms:
            choices = [[word, *sorted(short.get(word, ()))] for word in words]
            variants = map(" ".join, islice(product(*choices), _MOST_VARIANTS))
            found += [(variant, organisation) for variant in variants if variant != key]
    return pl.DataFrame(found, {"key": pl.String, "organisation": pl.String}, orient="row")


def _of_group(rules: pl.DataFrame) -> dict[str, pl.Expr]:
    """Find the group that a part of the key tells, and its type: starts, then contains, ends."""
    frames = {"starts": "^({})", "contains": "({})", "ends": "({})$"}
    groups, types = [], []
    for place, frame in frames.items():
        here = rules.filter(pl.col("place") == place)
        # The longest first: HITACHI ZOSEN is no HITACHI.
        texts = sorted(here["text"].to_list(), key=lambda text: (-len(text), text))
        # Latin texts are whole words; Chinese, Japanese and Korean have no marks between words.
        marked = [rf"(?-u:\b){t}(?-u:\b)" if t.isascii() else re.escape(t) for t in texts]
        part = pl.col("key").str.extract(frame.format("|".join(marked) or "$^"))
        groups.append(_look_up(part, here, "group"))
        types.append(_look_up(part, here, "type"))
    return {"group": pl.coalesce(groups), "part_type": pl.coalesce(types)}


def _look_up(part: pl.Expr, rules: pl.DataFrame, column: str) -> pl.Expr:
    return part.replace_strict(
        rules["text"], rules[column].cast(pl.String), default=None, return_dtype=pl.String
    )


def _commonest(told: pl.DataFrame, by: str, column: str) -> pl.DataFrame:
    """Take the value that most records name; ties by alphabet."""
    return (
        told.drop_nulls(column)
        .group_by(by, column)
        .agg(pl.col("records").sum())
        .sort(["records", column], descending=[True, False])
        .unique(by, keep="first", maintain_order=True)
        .select(by, column)
    )


def _types(
    names: pl.DataFrame, told: pl.DataFrame, stg_applicant: pl.LazyFrame, stg_inventor: pl.LazyFrame
) -> pl.DataFrame:
    """Settle the type of each organisation: organisation, type, rule."""
    guessed = (
        names.with_columns(words=plain(pl.col("name")))
        .with_columns(rule=type_rule(pl.col("name"), pl.col("words")))
        .with_columns(type=pl.col("rule").replace_strict(TYPES, return_dtype=pl.String))
    )
    persons = _inventors(guessed.filter(pl.col("rule") == "unknown"), stg_applicant, stg_inventor)
    by_sector = _commonest(told.filter(pl.col("sector") != "UNKNOWN"), "organisation", "sector").select(
        "organisation", type="sector", rule=pl.lit("sector")
    )
    by_register = names.drop_nulls("register_type").select(
        "organisation", type="register_type", rule=pl.lit("register")
    )
    # A company's legal form stands above the part of a name: a company may bear an institute's.
    by_part = guessed.filter(pl.col("part_type").is_not_null(), pl.col("rule") != "company_form").select(
        "organisation", type="part_type", rule=pl.lit("name_part")
    )
    by_inventor = persons.select("organisation", type=pl.lit("INDIVIDUAL"), rule=pl.lit("inventor"))
    return (
        pl.concat(
            [by_sector, by_register, by_part, by_inventor, guessed.select("organisation", "type", "rule")]
        )
        # Of an organisation's names the one that tells by the first rule speaks for all.
        .sort(pl.col("rule").cast(pl.Enum(list(TYPES))), "type")
        .unique("organisation", keep="first", maintain_order=True)
    )


def _groups(
    names: pl.DataFrame,
    told: pl.DataFrame,
    stg_applicant: pl.LazyFrame,
    stg_inventor: pl.LazyFrame,
    words: pl.DataFrame,
    well_known: pl.DataFrame,
) -> pl.DataFrame:
    """Settle the group of each organisation: organisation, corporate_group, group_rule."""
    # A line that gives a company as its own group, because a grant names its seat, tells no group.
    registered = pl.when(
        (pl.col("basis") == "known") | (pl.col("register_group") != pl.col("organisation"))
    ).then("register_group")
    organisations = (
        names.join(told.group_by("name").agg(pl.col("records").sum()), on="name")
        .group_by("organisation")
        .agg(
            pl.col("records").sum(),
            known_group=pl.coalesce(registered, "group").drop_nulls().min(),
            is_registered=registered.is_not_null().any(),
            is_well_known=(pl.col("basis") == "known").fill_null(False).any(),
            is_company=pl.col("type").first().is_in(["COMPANY", "UNKNOWN"]),
            is_sure=pl.col("type").first() == "COMPANY",
            home_country=pl.col("home_country").first(),
        )
        .join(_commonest(told, "organisation", "country"), on="organisation", how="left")
        .with_columns(country=pl.coalesce("home_country", "country"))
        .with_columns(
            known_rule=pl.when("is_registered")
            .then(pl.lit("register"))
            .when(pl.col("known_group").is_not_null())
            .then(pl.lit("name_part"))
        )
    )
    # A company that has no record is known all the same by those that bear its name.
    unrecorded = well_known.join(organisations, on="organisation", how="anti").select(
        "organisation",
        known_group="group",
        known_rule=pl.lit("register"),
        country="home_country",
        records=pl.lit(0, pl.UInt32),
        is_well_known=pl.lit(True),
        is_sure=pl.lit(True),
    )
    companies = described(
        pl.concat([organisations.filter("is_company"), unrecorded], how="diagonal_relaxed"), words
    )
    ours = names.join(companies, on="organisation", how="semi").select("name", "organisation")
    filed = (
        stg_applicant.join(ours.lazy(), on="name")
        .select("publication_number", "organisation")
        .collect(engine="streaming")
    )
    # Universities, institutes and persons are one group only where a table says so.
    others = organisations.filter(~pl.col("is_company")).select(
        "organisation",
        corporate_group=pl.coalesce("known_group", "organisation"),
        group_rule=pl.col("known_rule").fill_null("itself"),
    )
    found = find_groups(companies, filed, stg_inventor).join(unrecorded, on="organisation", how="anti")
    return pl.concat([found, others])


def _inventors(names: pl.DataFrame, stg_applicant: pl.LazyFrame, stg_inventor: pl.LazyFrame) -> pl.DataFrame:
    """Keep the names that are also an inventor's of the same publication, in any order of words."""
    numbered = names.with_row_index("number")
    words = numbered.select("number", words=sorted_words(pl.col("name")))
    applied = (
        stg_applicant.join(numbered.lazy().select("name", "number"), on="name")
        # A view of a batch's text would keep all of the batch in memory.
        .select("number", publication_number=pl.col("publication_number") + "")
        .collect(engine="streaming")
    )
    same = (
        stg_inventor.join(applied.lazy(), on="publication_number")
        .join(words.lazy(), on="number")
        .filter(sorted_words(pl.col("name")) == pl.col("words"))
        .select("number")
        .unique()
        .collect(engine="streaming")
    )
    return numbered.join(same, on="number", how="semi", maintain_order="left").drop("number")
