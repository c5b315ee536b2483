"""Find corporate groups that no register names: by distinctive words and by who files together."""

import re
from collections.abc import Iterable
from difflib import SequenceMatcher
from itertools import combinations

import polars as pl
import polars.selectors as cs

from corepath.transforms.methods.harmonise import harmonise, sorted_words

# What tells a group, the surest first, and how sure it is: (right + 1) / (joined + 2), of the labelled
# pairs that the rule joins (docs/organisations.md); 1 where a table says so.
RULES = {
    "register": 1.0,
    "name_part": 1.0,
    "spelling": 0.99,
    "place": 0.99,
    "brand": 0.99,
    "words": 0.92,
    "words_at_home": 0.83,
    "brand_at_home": 0.67,
    "abbreviation": 0.88,
    "misspelling": 0.94,
    "beginning": 0.94,
    "coined_word": 0.89,
    "word_and_place": 0.8,
    "word_and_filings": 0.95,
    "likeness_and_filings": 0.92,
    "files_with": 0.8,
    "itself": 1.0,
}
# A word that more organisations begin with than that is not looked at: it is a common one.
_MOST_BEARERS = 50
# Documents that a company needs, and the share of them that it files with another, to be its own.
_FILINGS, _FILED_WITH = 3, 0.9
# Letters of a name of which a slip leaves no doubt, and the share of them that is left.
_LONG, _LIKENESS_ALONE = 20, 0.95
# A word that more companies begin with is a name that many have, whatever it says.
_MOST_NAMESAKES = 20
# Persons of the same name are many: one that two companies have in common says nothing.
_INVENTORS = 2
# Share of letters that two names have in common if one is a slip of the other.
_LIKENESS = 0.9
_DIGITS = re.compile(r"\d+")
_KINDS = ("place", "form", "business", "common", "language")
# Records of the company whose words others bear: a name that nobody knows may be borne by two.
_RECORDS = 5

# Where a name is mostly made of words of the language, two companies of one country bear the same one
# by chance.
_ENGLISH = ["AU", "CA", "GB", "IE", "NZ", "US"]

# One spelling of the words that say what business it is, also where they end a longer word.
_SPELLINGS = {
    r"(?:ELECTRONICS?|ELECTRICALS?|ELECTRIC|ELECTS?|ELEC|ELEKTRONIK|ELEKTRIK|ELETTRONICA)\b": "ELECT",
    r"\b(?:TECHNOLOGY|TECHNOLOGIES|TECHNOL|TECHNICS?|TECHN|TECHS)\b": "TECH",
    r"\b(?:INDUSTRIES|INDUSTRIAL|INDUSTRY|INDS)\b": "IND",
    r"\b(?:DEVELOPMENTS?|DEVELOPING|DEVS)\b": "DEV",
    r"\b(?:LABORATORY|LABORATORIES)\b": "LAB",
    r"\bGEN\b": "GENERAL",
    r"\b(?:ENGINEERING|ENGINEERS)\b": "ENG",
    r"\b(?:ENTERPRISES?|ENTPRS)\b": "ENTPR",
    r"\b(?:INTERNATIONAL|INTERNAT)\b": "INT",
    r"\bMANUFACTURING\b": "MFG",
    r"\b(?:SYSTEMS?|SYST|SYSTE)\b": "SYS",
    r"\bPRODUCTS?\b": "PROD",
    r"\bMATERIALS?\b": "MAT",
    r"\bSERVICES?\b": "SERV",
    r"\bRESEARCH\b": "RES",
    r"\bDEFENCE\b": "DEFENSE",
    r"\b(?:COMMUNICATIONS?|COMMS)\b": "COMM",
    r"\b(HONG|NEW|SHEN|KUN|GREAT|UNITED|SOUTH|NORTH) (KONG|YORK|ZEALAND|ZHEN|SHAN|BRITAIN|STATES"
    r"|AMERICA|AMERICAN|KOREA|AFRICA)\b": "$1$2",
}


def kinds_of_words(words: pl.DataFrame) -> pl.DataFrame:
    """Say of each word, in one spelling, of which kinds it is.

    Parameters
    ----------
    words
        One row a word x kind: word, kind (place, business; form: how companies are held together;
        common: borne by unrelated companies; language: a word of it, that no company has coined).

    Returns
    -------
    pl.DataFrame
        One row a word: word, and a column for each kind, whether it is of that kind.
    """
    # Few are spelt otherwise: to look for each spelling in all of them takes several times as long.
    is_spelt_otherwise = pl.col("word").str.contains("|".join(_SPELLINGS))
    spelt = pl.concat(
        [
            words.filter(~is_spelt_otherwise).select("word", "kind"),
            words.filter(is_spelt_otherwise).select(_spelt(pl.col("word")), "kind"),
        ]
    )
    plurals = spelt.filter(kind="business").with_columns(pl.col("word") + "S")
    return (
        pl.concat([spelt, plurals])
        .group_by("word")
        .agg((pl.col("kind") == kind).any().alias(kind) for kind in _KINDS)
    )


def distinctive(names: pl.DataFrame, words: pl.DataFrame) -> pl.DataFrame:
    """Take off what many names have: places, then the words for a kind of business.

    Parameters
    ----------
    names
        One row a harmonised name, `key`, and perhaps more.
    words
        As `kinds_of_words` gives them.

    Returns
    -------
    pl.DataFrame
        The same, and of each name: spelt, it in one spelling; stem, that without places and forms;
        words, without business too, null where a single word of the language is left; word_in_place,
        the first of these and a place; coined, the first, if it is neither common nor of the language.
        These but the first are null where nothing is left that is distinctive: only common words,
        letters or digits. A stem that begins with a place, as in Texas Instruments Japan, loses the
        places at its end alone. is_no_person: whether the name is of one word, or has a listed one.

    Examples
    --------
    >>> import polars as pl
    >>> words = pl.DataFrame(
    ...     [("XIAMEN", "place"), ("MICROELECT", "business")], ["word", "kind"], orient="row"
    ... )
    >>> names = pl.DataFrame({"key": ["XIAMEN TIANMA MICROELECTRONICS", "TIANMA MICROELECT"]})
    >>> distinctive(names, kinds_of_words(words)).select("stem", "words").rows()
    [('TIANMA MICROELECT', 'TIANMA'), ('TIANMA MICROELECT', 'TIANMA')]
    """
    word, is_place = pl.col("word"), pl.col("place")
    is_tail = is_place | pl.col("form")
    is_left = ~(is_tail | pl.col("business"))
    # What many bear, or is too short to be a name, tells no group by itself.
    is_telling = is_left & ~pl.col("common") & word.str.contains(r"\p{L}{3}")
    first_left = word.filter(is_left).first()
    named = names.with_columns(spelt=_spelt(pl.col("key"))).with_row_index("_name")
    parts = (
        named.select("_name", word=pl.col("spelt").str.split(" "))
        .explode("word")
        .unique(maintain_order=True)
        .join(words, on="word", how="left", maintain_order="left")
        .with_columns(pl.col(_KINDS).fill_null(False))
        .group_by("_name")
        .agg(
            _placeless=word.filter(~is_tail).str.join(" "),
            _left=word.filter(is_left).str.join(" "),
            _are_several_left=is_left.sum() > 1,
            _place=word.filter(is_place).min(),
            _first=first_left,
            _is_found=is_telling.any(),
            _is_word=pl.col("language").filter(is_left).first(),
            _is_name=is_telling.filter(is_left).first() & (first_left.str.len_chars() > 3),
            _begins_with_place=is_place.first(),
            _has_listed=pl.any_horizontal(_KINDS).any(),
        )
    )
    tails = "|".join(words.filter(is_tail)["word"].sort())
    endless = pl.col("spelt").str.replace(rf"( ({tails}))+$", "")
    return (
        named.join(parts, on="_name", how="left", maintain_order="left")
        .with_columns(
            stem=pl.when("_is_found")
            .then("_placeless")
            .when(endless.str.contains(" ") & pl.col("_begins_with_place"))
            .then(endless),
            words=pl.when(pl.col("_is_found") & (~pl.col("_is_word") | pl.col("_are_several_left"))).then(
                "_left"
            ),
            word_in_place=pl.when(pl.col("_is_found") & pl.col("_is_name")).then(
                pl.col("_first") + " " + pl.col("_place")
            ),
            coined=pl.when(pl.col("_is_name") & ~pl.col("_is_word")).then("_first"),
            is_no_person=~pl.col("spelt").str.contains(" ") | pl.col("_has_listed"),
        )
        .drop(cs.starts_with("_"))
    )


def _spelt(words: pl.Expr) -> pl.Expr:
    """Give words of business their one spelling."""
    for pattern, spelling in _SPELLINGS.items():
        words = words.str.replace_all(pattern, spelling)
    return words


def find_groups(organisations: pl.DataFrame, filed: pl.DataFrame, invented: pl.LazyFrame) -> pl.DataFrame:
    """Join companies that bear the same distinctive words, or that file as one.

    In this order, and never two that the register or a name's part puts into different groups:
    names that are equal in one spelling ("spelling"); without places ("place"); names that begin
    with that of a well-known group ("brand"); that are equal without business words too, if one is
    of many records ("words"), or both are of one country where English is not the language
    ("words_at_home"); that begin with that of a well-known group of such a country, their own,
    however few records there are ("brand_at_home"); whose words are cut short ("abbreviation"); long
    ones that are misspelt ("misspelling"); that begin with the whole of another, of two words or more
    ("beginning"); that begin with a coined word which is the whole name of one or of its group
    ("coined_word"); that begin with the same distinctive word in
    the same place ("word_and_place"); that share one, of companies that file together or share two
    inventors ("word_and_filings"); that are misspelt, or the initials or beginning of each other, of
    companies that file together ("likeness_and_filings"); a company that files nearly everything with one
    other ("files_with").

    Parameters
    ----------
    organisations
        One row a company: organisation, known_group (null where nothing names one), known_rule,
        is_well_known, is_sure (a company beyond doubt), records (0 of one that is only known),
        country (null if unknown), and what `distinctive` makes of its name
        and, with group_ before it, of its group's.
    filed
        One row a publication x company: publication_number, organisation; perhaps more than once.
    invented
        One row a publication x inventor: publication_number, name.

    Returns
    -------
    pl.DataFrame
        One row a company: organisation, corporate_group, group_rule.

    Examples
    --------
    >>> import polars as pl
    >>> words = pl.DataFrame({"word": ["SUZHOU"], "kind": ["place"]})
    >>> companies = pl.DataFrame(
    ...     {"organisation": ["Acme", "Acme Suzhou", "Zeta"], "records": [9, 1, 1]}
    ... ).with_columns(
    ...     pl.lit(None, pl.String).alias("known_group"),
    ...     pl.lit(None, pl.String).alias("known_rule"),
    ...     pl.lit(False).alias("is_well_known"),
    ...     pl.lit(True).alias("is_sure"),
    ...     pl.lit(None, pl.String).alias("country"),
    ... )
    >>> filed = pl.DataFrame(schema={"publication_number": pl.String, "organisation": pl.String})
    >>> invented = pl.LazyFrame(schema={"publication_number": pl.String, "name": pl.String})
    >>> find_groups(described(companies, words), filed, invented).rows()
    [('Acme', 'Acme', 'itself'), ('Acme Suzhou', 'Acme', 'place'), ('Zeta', 'Zeta', 'itself')]
    """
    # The best known of equals comes first, and gives the group its name.
    companies = organisations.sort(
        pl.col("known_group").is_null(), "records", "organisation", descending=[False, True, False]
    ).with_columns(home=pl.when(~pl.col("country").is_in(_ENGLISH)).then("country"))
    known = dict(companies.select("organisation", "known_group").iter_rows())
    head = {organisation: organisation for organisation in companies["organisation"]}
    rules = dict(companies.select("organisation", pl.col("known_rule").fill_null("itself")).iter_rows())
    order = {organisation: i for i, organisation in enumerate(companies["organisation"])}

    # Most publications are of one company: to look for pairs among all of them would take most of the time.
    is_shared = filed["publication_number"].is_duplicated()
    shared = filed.filter(is_shared).unique()
    filed = pl.concat([filed.filter(~is_shared), shared])
    # What nothing says to be a company may be a person.
    sure = shared.join(companies.filter("is_sure"), on="organisation", how="semi")

    def root(organisation: str) -> str:
        while head[organisation] != organisation:
            organisation = head[organisation]
        return organisation

    for rule, pairs in (
        ("spelling", _equal(companies, "spelt")),
        ("place", _equal(companies, "stem")),
        ("brand", _branded(companies)),
        ("words", _equal(companies.filter((pl.col("records") >= _RECORDS).any().over("words")), "words")),
        (
            "words_at_home",
            _equal(companies.with_columns(at_home=pl.col("words") + " " + pl.col("home")), "at_home"),
        ),
        ("brand_at_home", _branded(companies, at_home=True)),
        ("abbreviation", _abbreviated(companies)),
        ("misspelling", _misspelt(companies)),
        ("beginning", _begun(companies)),
        ("coined_word", _coined(companies)),
        ("word_and_place", _equal(companies, "word_in_place")),
        ("word_and_filings", _with_evidence(companies, filed, invented)),
        ("likeness_and_filings", _alike(companies, _joint(shared))),
        ("files_with", _always_together(filed, _joint(sure))),
    ):
        for one, other in pairs:
            first, second = sorted((root(one), root(other)), key=order.__getitem__)
            if first == second or (known[first] and known[second] and known[first] != known[second]):
                continue
            head[second] = first
            for joined in (one, other):
                if rules[joined] == "itself" and (joined != first or known[first]):
                    rules[joined] = rule
    return companies.select(
        "organisation",
        corporate_group=pl.Series(
            [known[root(o)] or root(o) for o in companies["organisation"]], dtype=pl.String
        ),
        group_rule=pl.Series([rules[o] for o in companies["organisation"]], dtype=pl.String),
    ).sort("organisation")


def _equal(companies: pl.DataFrame, column: str) -> Iterable[tuple[str, str]]:
    """Pair the first of each that bear the same with the others."""
    return (
        companies.drop_nulls(column)
        .with_columns(first=pl.col("organisation").first().over(column))
        .filter(pl.col("first") != pl.col("organisation"))
        .select("first", "organisation")
        .iter_rows()
    )


def _branded(companies: pl.DataFrame, at_home: bool = False) -> Iterable[tuple[str, str]]:
    """Pair the first of each well-known group with those whose names begin with the group's.

    The group's name must be distinctive as a whole, and found in several records; or both must be
    of one country.
    """
    is_found = pl.col("records").sum().over("word") >= _RECORDS
    begun = companies.drop_nulls("words").with_columns(word=pl.col("words").str.split(" ").list.first())
    brands = (
        begun.filter(
            pl.col("is_well_known"),
            pl.col("group_words") == pl.col("group_spelt"),
            pl.lit(at_home) | is_found,
        )
        .unique("group_words", keep="first", maintain_order=True)
        .select(named="group_words", first="organisation", home_of_group="home")
        .with_columns(word=pl.col("named").str.split(" ").list.first())
    )
    return (
        begun.join(brands, on="word", maintain_order="left")
        .filter(
            pl.col("first") != pl.col("organisation"),
            (pl.col("words") + " ").str.starts_with(pl.col("named") + " "),
            pl.lit(not at_home) | (pl.col("home") == pl.col("home_of_group")),
        )
        .select("first", "organisation")
        .iter_rows()
    )


def _abbreviated(companies: pl.DataFrame) -> Iterable[tuple[str, str]]:
    """Pair names whose words are equal or cut short, four letters at least, but for the first."""
    first, stubs = (
        pl.col("spelt").str.extract(r"^(\S+) "),
        pl.col("spelt").str.replace_all(r"(\S{4})\S*", "$1"),
    )
    cut = (
        companies.drop_nulls("words")
        .select("organisation", words=pl.col("spelt").str.split(" "), stub=first + " " + stubs)
        .drop_nulls("stub")
    )
    for _, names in cut.filter(pl.len().over("stub") > 1).group_by("stub", maintain_order=True):
        for (one, words), (other, others) in combinations(
            names.select("organisation", "words").iter_rows(), 2
        ):
            if all(
                a == b or (min(len(a), len(b)) >= 4 and (a.startswith(b) or b.startswith(a)))
                for a, b in zip(words, others, strict=True)
            ):
                yield one, other


def _misspelt(companies: pl.DataFrame) -> Iterable[tuple[str, str]]:
    """Pair long names with the next by the alphabet, if it is the same but for a slip."""
    names = companies.filter(pl.col("spelt").str.len_chars() >= _LONG).sort("spelt")
    spelt, organisations = names["spelt"].to_list(), names["organisation"].to_list()
    for one, other, name, next_name in zip(organisations, organisations[1:], spelt, spelt[1:], strict=False):
        if (
            name[:4] == next_name[:4]
            and _DIGITS.findall(name) == _DIGITS.findall(next_name)
            and SequenceMatcher(None, name, next_name).ratio() >= _LIKENESS_ALONE
        ):
            yield one, other


def _begun(companies: pl.DataFrame) -> Iterable[tuple[str, str]]:
    """Pair names with those that begin with all of them, two words at least beside those of business."""
    names = companies.drop_nulls("words").filter(pl.col("words").str.contains(" "))
    whole = dict(names.select("stem", "organisation").reverse().iter_rows())
    for organisation, stem in names.select("organisation", "stem").iter_rows():
        words = stem.split(" ")
        for length in range(2, len(words)):
            first = whole.get(" ".join(words[:length]))
            if first is not None:
                yield first, organisation


def _coined(companies: pl.DataFrame) -> Iterable[tuple[str, str]]:
    """Pair companies whose names begin with the same coined word, if it is the whole name of one.

    Or of its group; not where two groups are known by it, nor companies of two countries, but for a
    well-known one, that names its affiliates after itself.
    """
    return (
        companies.drop_nulls("coined")
        .filter(
            pl.col("is_sure") | pl.col("is_no_person"),
            pl.len().over("coined") <= _MOST_NAMESAKES,
            pl.col("known_group").drop_nulls().n_unique().over("coined") <= 1,
            pl.any_horizontal(pl.col("stem", "group_stem") == pl.col("coined")).any().over("coined"),
        )
        .with_columns(
            pl.col("organisation", "country", "is_well_known").first().over("coined").name.prefix("first_")
        )
        .filter(
            pl.col("first_organisation") != pl.col("organisation"),
            pl.col("first_is_well_known") | (pl.col("country") == pl.col("first_country")).fill_null(True),
        )
        .select("first_organisation", "organisation")
        .iter_rows()
    )


def _with_evidence(
    companies: pl.DataFrame, filed: pl.DataFrame, invented: pl.LazyFrame
) -> Iterable[tuple[str, str]]:
    """Pair companies whose names share a distinctive word and that file together or share inventors."""
    borne = (
        companies.drop_nulls("words")
        .filter(pl.col("is_sure") | pl.col("is_no_person"))
        .select("organisation", word=pl.col("words").str.split(" "))
        .explode("word")
        .unique()
        .filter(pl.len().over("word").is_between(2, _MOST_BEARERS), pl.col("word").str.len_chars() >= 3)
    )
    own = filed.join(borne, on="organisation")
    together = own.join(own, on=["publication_number", "word"], suffix="_other")
    # A name in thousands of records is brought to its words once.
    named = (
        invented.join(own.lazy(), on="publication_number")
        .select("organisation", "word", "name")
        .unique()
        .collect(engine="streaming")
    )
    persons = named.select("name").unique().with_columns(person=sorted_words(pl.col("name")))
    people = named.join(persons, on="name").select("organisation", "word", "person").unique()
    shared = people.join(people, on=["word", "person"], suffix="_other")
    return (
        pl.concat(
            [
                together.select("organisation", "organisation_other", "word", weight=pl.lit(_INVENTORS)),
                shared.select("organisation", "organisation_other", "word", weight=pl.lit(1)),
            ]
        )
        .filter(pl.col("organisation") < pl.col("organisation_other"))
        .group_by("organisation", "organisation_other", "word")
        .agg(pl.col("weight").sum())
        .filter(pl.col("weight") >= _INVENTORS)
        .sort("organisation", "organisation_other", "word")
        .select("organisation", "organisation_other")
        .iter_rows()
    )


def _joint(shared: pl.DataFrame) -> pl.DataFrame:
    """Keep publications of two to twenty companies."""
    return shared.filter(pl.len().over("publication_number").is_between(2, 20))


def _alike(companies: pl.DataFrame, joint: pl.DataFrame) -> Iterable[tuple[str, str]]:
    """Pair companies that file together, one name a slip of the other, its initials or its beginning."""
    named = companies.select("organisation", "spelt")
    pairs = (
        joint.join(joint, on="publication_number", suffix="_other")
        .filter(pl.col("organisation") < pl.col("organisation_other"))
        .select("organisation", "organisation_other")
        .unique()
        .join(named, on="organisation")
        .join(named, left_on="organisation_other", right_on="organisation", suffix="_other")
        .sort("organisation", "organisation_other")
    )
    for one, other, name, other_name in pairs.iter_rows():
        if (
            _is_slip(name, other_name)
            or _abbreviates(name, other_name)
            or _abbreviates(other_name, name)
            or f"{name} ".startswith(f"{other_name} ")
            or f"{other_name} ".startswith(f"{name} ")
        ):
            yield one, other


def _is_slip(name: str, other: str) -> bool:
    """Tell whether two names are one, misspelt: works 118 and works 119 are two."""
    if _DIGITS.findall(name) != _DIGITS.findall(other):
        return False
    one_letter = len(name) == len(other) > 4 and sum(a != b for a, b in zip(name, other, strict=True)) == 1
    return one_letter or SequenceMatcher(None, name, other).ratio() >= _LIKENESS


def _abbreviates(name: str, other: str) -> bool:
    """Tell whether a name begins with the initials of another, three at least."""
    first = name.split()[0]
    initials = "".join(word[0] for word in other.split())
    return len(first) >= 3 and initials.startswith(first)


def _always_together(filed: pl.DataFrame, joint: pl.DataFrame) -> Iterable[tuple[str, str]]:
    """Pair a company with the larger one that it files nearly all with."""
    sizes = filed.group_by("organisation").len("filings")
    return (
        joint.join(joint, on="publication_number", suffix="_other")
        .filter(pl.col("organisation") != pl.col("organisation_other"))
        .group_by("organisation", "organisation_other")
        .len("together")
        .join(sizes, on="organisation")
        .join(sizes, left_on="organisation_other", right_on="organisation", suffix="_other")
        .filter(
            pl.col("filings") >= _FILINGS,
            pl.col("together") >= _FILED_WITH * pl.col("filings"),
            pl.col("filings_other") > pl.col("filings"),
        )
        .sort("organisation", "together", "organisation_other", descending=[False, True, False])
        .unique("organisation", keep="first", maintain_order=True)
        .select("organisation_other", "organisation")
        .iter_rows()
    )


def described(companies: pl.DataFrame, words: pl.DataFrame) -> pl.DataFrame:
    """Put beside companies what `distinctive` makes of their names and of their groups'.

    Parameters
    ----------
    companies
        One row a company: organisation, known_group.
    words
        As `kinds_of_words` takes them.

    Returns
    -------
    pl.DataFrame
        The same, as `find_groups` takes it.
    """
    kinds = kinds_of_words(words)
    groups = distinctive(
        companies.select("known_group")
        .unique()
        .drop_nulls()
        .with_columns(key=harmonise(pl.col("known_group"))),
        kinds,
    )
    parts = ("spelt", "stem", "words", "word_in_place")
    of_group = groups.select("known_group", *(pl.col(part).alias(f"group_{part}") for part in parts))
    own = distinctive(companies.with_columns(key=harmonise(pl.col("organisation"))), kinds).drop("key")
    return own.join(of_group, on="known_group", how="left", maintain_order="left")
