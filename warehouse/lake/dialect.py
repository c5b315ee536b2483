"""DuckDB's SQL, as the files of this project use it, in Spark's: one rule for each difference.

sqlglot translates. Where what comes out would mean something else, or nothing, a rule changes the
syntax tree first; each rule says what it answers. What neither knows is rejected by name, before
anything runs: a function that is not on the list of those that mean the same on both sides, an order
within an aggregate, a type that Spark has not.
"""

import re
from collections.abc import Callable
from functools import cache
from itertools import pairwise

import duckdb
from sqlglot import ErrorLevel, exp, parse_one, tokenize
from sqlglot.dialects.spark import Spark
from sqlglot.errors import ParseError, UnsupportedError
from sqlglot.tokenizer_core import TokenType

from corepath.warehouse.database import SEALED
from corepath.warehouse.errors import CorepathError


class Untranslatable(CorepathError):
    """A SELECT holds what Spark has not, or would take for something else; the message names it."""


# Of Spark 4's manual, by the names that sqlglot gives them, each of the same meaning there as in
# DuckDB, or made so by a rule below.
# fmt: off
FUNCTIONS = {
    "abs", "array", "array_compact", "array_contains", "array_distinct", "array_join", "array_min",
    "array_prepend", "array_size", "array_sort", "array_union", "avg", "bool_and", "bool_or", "cast",
    "ceil", "coalesce", "collect_list", "collect_set", "concat", "concat_ws", "contains",
    "conv", "count", "date",
    "date_diff", "datediff", "day", "dayofmonth", "dense_rank", "endswith", "exists", "exp", "explode",
    "filter", "first_value", "floor", "greatest", "if", "lag", "last_value", "lead", "least", "length",
    "ln", "lower", "lpad", "max", "max_by", "md5", "median", "min", "min_by", "month", "named_struct",
    "nullif", "percent_rank", "posexplode", "pow", "power", "publication_number", "rank", "regexp_extract",
    "regexp_replace", "replace", "right", "round", "row_number", "sequence", "size", "slice", "split",
    "split_part", "sqrt", "startswith", "stddev", "struct", "substring", "sum", "to_date", "transform",
    "translate", "trim", "try_cast", "try_element_at", "upper", "year",
}
# fmt: on
TYPES = {"ARRAY", "BIGINT", "BOOLEAN", "DATE", "DECIMAL", "DOUBLE", "INT", "STRING", "STRUCT", "TIMESTAMP"}
# What DuckDB has under a name that sqlglot turns into something else.
LOSES_ITS_MEANING = {"len", "quantile_cont", "quantile_disc", "quantile", "mode", "histogram"}


def translate(sql: str, table: Callable[[str, str], str] = "{}.{}".format) -> str:
    r"""Write a SELECT of DuckDB in Spark's SQL.

    Parameters
    ----------
    sql
        One SELECT that names tables with their schema.
    table
        How Spark names a table, given schema and name.

    Returns
    -------
    str
        A SELECT of Spark 4.3 in ANSI mode that gives the same rows; integers may be narrower.

    Raises
    ------
    Untranslatable
        The SELECT holds what Spark has not, or what would mean something else there.

    Examples
    --------
    >>> translate(r"select regexp_replace(a, '^(x)$', 'EP-\1') as a from staging.b")
    "SELECT REGEXP_REPLACE(a, '(?d)^(x)\\\\z', 'EP-$1') AS a FROM staging.b AS b"
    """
    try:
        ours = parse_one(sql, read="duckdb")
        if found := _complaints(sql, ours):
            raise Untranslatable("; ".join(found))
        tree = exp.Subquery(this=ours)
        # Children first: what a rule has replaced is not visited again.
        for node in reversed(list(tree.walk())):
            if node is not tree and (rule := _RULES.get(type(node))):
                other = rule(node)
                if other is not node:
                    node.replace(other)
        for select in list(tree.find_all(exp.Select)):
            _explode_with_positions(select)
        for node in list(tree.find_all(exp.Table)):
            _name_table(node, table)
        text = _Generator(dialect="spark", unsupported_level=ErrorLevel.RAISE).generate(tree.this)
        theirs = parse_one(text, read="spark")
    except (ParseError, UnsupportedError, NotImplementedError) as error:
        raise Untranslatable(str(error)) from error
    if found := _unknown(theirs):
        raise Untranslatable("; ".join(found))
    return text


# --- Rules: each a kind of node, and what stands for it in Spark -----------------------------------


def _call(name: str, *arguments: exp.Expr) -> exp.Expr:
    return exp.Anonymous(this=name, expressions=list(arguments))


def _text(text: str) -> exp.Expr:
    return exp.Literal.string(text)


def _number(number: int) -> exp.Expr:
    return exp.Literal.number(number)


def _pattern(node: exp.Expr, frame: str = "{}") -> exp.Expr:
    r"""Write a regular expression of RE2 as one of Java.

    ``$`` would match before a last newline, ``.`` not a carriage return, ``\s`` a vertical tab.
    """
    if not (isinstance(node, exp.Literal) and node.is_string):
        raise UnsupportedError(f"{node.sql('duckdb')}: a pattern that is not written out")
    plain = frame.format(node.this.replace(r"\s", r"[ \t\n\f\r]"))
    return _text("(?d)" + re.sub(r"(?<!\\)\$(?![^\[]*\])", r"\\z", plain))


def _regexp_replace(node: exp.RegexpReplace) -> exp.Expr:
    r"""Replace by ``$1``: ``\1`` would be a 1. Spark replaces all matches: a first one only if anchored."""
    pattern, modifiers, by = node.expression, node.args.get("modifiers"), node.args["replacement"]
    written_out = _pattern(pattern)
    is_anchored = pattern.this.startswith("^") or pattern.this.endswith("$")
    if not is_anchored and not (modifiers and modifiers.this == "g"):
        raise UnsupportedError(f"{node.sql('duckdb')}: replaces the first match only; anchor it, or add 'g'")
    if not isinstance(by, exp.Literal):
        raise UnsupportedError(f"{node.sql('duckdb')}: a replacement that is not written out")
    written = re.sub(r"\\(\d)", r"$\1", by.this.replace("$", r"\$"))
    return _call("REGEXP_REPLACE", node.this, written_out, _text(written))


def _regexp_full_match(node: exp.RegexpFullMatch) -> exp.Expr:
    return exp.Paren(this=exp.RegexpLike(this=node.this, expression=_pattern(node.expression, r"^(?:{})$")))


def _regexp_matches(node: exp.RegexpLike) -> exp.Expr:
    node.set("expression", _pattern(node.expression))
    return node


def _regexp_extract(node: exp.RegexpExtract) -> exp.Expr:
    """Take one group: DuckDB's list of names has no counterpart. Spark takes group 1 by default, DuckDB 0."""
    group = node.args.get("group") or _number(0)
    if not (isinstance(group, exp.Literal) and group.is_int):
        raise UnsupportedError(f"{node.sql('duckdb')}: names groups; extract each by its number")
    return _call("REGEXP_EXTRACT", node.this, _pattern(node.expression), group)


def _regexp_split(node: exp.RegexpSplit) -> exp.Expr:
    return _call("SPLIT", node.this, _pattern(node.expression))


def _tried(value: exp.Expr, kind: str) -> exp.Expr:
    return exp.TryCast(this=value, to=exp.DataType.build(kind), safe=True)


def _day(year: exp.Expr, month: exp.Expr, day: exp.Expr) -> exp.Expr:
    """Make a day of texts or numbers; null where there is none: Spark's make_date raises."""
    parts = [
        _call("LPAD", exp.cast(part, "string"), _number(width), _text("0"))
        for part, width in ((year, 4), (month, 2), (day, 2))
    ]
    written = _call("CONCAT", parts[0], _text("-"), parts[1], _text("-"), parts[2])
    return _tried(written, "date")


def _found_day(text: exp.Expr, pattern: str, groups: tuple[int, ...]) -> exp.Expr:
    """Make a day of the groups of a pattern: year, month, day."""
    year, month, day = (
        _call("REGEXP_EXTRACT", text.copy(), _text(pattern), _number(group)) for group in groups
    )
    return _day(year, month, day)


_READ_DAY = (
    r"(?d)^[ \t\n\f\r]*([0-9]{1,4}+)([-/ \\])([0-9]{1,2}+)\2([0-9]{1,2}+)(?:[T ][0-9:.]*Z?)?[ \t\n\f\r]*\z"
)
_STRPTIME = {"%Y": "([0-9]{1,4}+)", "%m": "([0-9]{1,2}+)", "%d": "([0-9]{1,2}+)"}


def _try_cast(node: exp.TryCast) -> exp.Expr:
    """Read days and numbers as DuckDB does.

    Spark takes '2001' for 2001-01-01 and reads no 2001/05/03; of '12.5' it makes no integer.
    """
    if node.to.is_type("date"):
        return _found_day(node.this, _READ_DAY, (1, 3, 4))
    if node.to.is_type("bigint"):
        # Spark would also read the digits of other scripts.
        text = exp.func(
            "if",
            exp.RegexpLike(this=node.this, expression=_text(r"(?d)^[ -~\s]*\z")),
            node.this.copy(),
            exp.null(),
        )
        rounded = exp.func("round", _tried(text.copy(), "decimal(38, 18)"))
        return exp.func("coalesce", _tried(text, "bigint"), _tried(rounded, "bigint"))
    raise UnsupportedError(f"{node.sql('duckdb')}: of texts only days and big integers are read alike")


def _cast(node: exp.Cast) -> exp.Expr:
    """Read hexadecimal digits behind 0x, which Spark's cast does not know."""
    text = node.this.unnest()
    if isinstance(text, exp.DPipe) and text.this == exp.Literal.string("0x"):
        decimal = _call("CONV", text.expression, _number(16), _number(10))
        return exp.cast(decimal, node.to)
    return node


def _try_strptime(node: exp.Anonymous) -> exp.Expr:
    """Read a day in a format: Spark's own parser wants every digit, and no space around."""
    text, form = node.expressions
    parts = re.findall(r"%[Ymd]|[^%]", form.this)
    if "".join(parts) != form.this or sorted(p for p in parts if p[0] == "%") != ["%Y", "%d", "%m"]:
        raise UnsupportedError(f"{node.sql('duckdb')}: a format of other than %Y, %m and %d")
    order = [part for part in parts if part[0] == "%"]
    # A year that nothing parts from the month has its four digits.
    written = _STRPTIME | ({"%Y": "([0-9]{4})"} if "%Y%m" in form.this else {})
    body = "".join(written.get(part) or re.escape(part) for part in parts)
    groups = tuple(order.index(part) + 1 for part in ("%Y", "%m", "%d"))
    return _found_day(text, rf"(?d)^[ \t\n\f\r]*{body}[ \t\n\f\r]*\z", groups)


def _bracket(node: exp.Bracket) -> exp.Expr:
    """Take an element, null beyond the end, where Spark raises; or all from a place on."""
    [place] = node.expressions
    if isinstance(place, exp.Slice):
        first = place.this
        if place.expression or not isinstance(first, exp.Literal):
            raise UnsupportedError(f"{node.sql('duckdb')}: of texts write substring(); of lists only [n:]")
        left = exp.Sub(this=_call("ARRAY_SIZE", node.this.copy()), expression=_number(int(first.this) - 1))
        return _call("SLICE", node.this, first, exp.func("greatest", left, _number(0)))
    if isinstance(place, exp.Literal) and place.is_int:
        place = _number(int(place.this) + 1)  # sqlglot made it count from 0
    elif not isinstance(place, exp.Column):
        raise UnsupportedError(f"{node.sql('duckdb')}: a place that is neither a number nor a column")
    return _call("TRY_ELEMENT_AT", node.this, exp.cast(place.copy(), "int"))


def _array_size(node: exp.ArraySize) -> exp.Expr:
    """Count the elements: of null nothing, where Spark's size() may say -1."""
    return _call("ARRAY_SIZE", node.this)


def _array_contains(node: exp.ArrayContains) -> exp.Expr:
    """Say false where the list lacks a value and holds a null, where Spark says null."""
    return _call("ARRAY_CONTAINS", _call("ARRAY_COMPACT", node.this), node.expression)


def _array_distinct(node: exp.ArrayDistinct) -> exp.Expr:
    """Leave out nulls, as DuckDB does."""
    return _call("ARRAY_DISTINCT", _call("ARRAY_COMPACT", node.this))


def _array_to_string(node: exp.ArrayToString) -> exp.Expr:
    """Join nothing of nulls alone, where Spark makes an empty text."""
    filled = exp.GT(this=_call("ARRAY_SIZE", _call("ARRAY_COMPACT", node.this)), expression=_number(0))
    is_empty = exp.EQ(this=_call("ARRAY_SIZE", node.this.copy()), expression=_number(0))
    return exp.func(
        "if", exp.or_(filled, is_empty), _call("ARRAY_JOIN", node.this.copy(), node.expression), exp.null()
    )


def _list_concat(node: exp.ArrayConcat) -> exp.Expr:
    """Keep one list where the other is null."""
    lists = [node.this, *node.expressions]
    return exp.func("coalesce", _call("CONCAT", *lists), *(one.copy() for one in lists))


def _case(node: exp.Upper | exp.Lower) -> exp.Expr:
    """Change the case of letters one for one: Java makes SS of ß, and another sigma at a word's end.

    Letters that Java changes otherwise stand aside meanwhile, as code points that nobody uses.
    """
    name = "UPPER" if isinstance(node, exp.Upper) else "LOWER"
    letters, changed = _of_their_own_case(name)
    aside = "".join(chr(0xE000 + i) for i in range(len(letters)))
    hidden = _call("TRANSLATE", node.this, _text(letters), _text(aside))
    return _call("TRANSLATE", _call(name, hidden), _text(aside), _text(changed))


@cache
def _of_their_own_case(name: str) -> tuple[str, str]:
    """Give the letters that become several, or another by what is around them, and DuckDB's case of them."""
    function = str.upper if name == "UPPER" else str.lower
    letters = "".join(c for c in map(chr, range(0x80, 0x10000)) if len(function(c)) > 1 or c == "Σ")
    with duckdb.connect(config=SEALED) as connection:
        [(changed,)] = connection.execute(f"select {name}(?)", [letters]).fetchall()
    return letters, changed


def _anonymous(node: exp.Anonymous) -> exp.Expr:
    name = node.name.lower()
    if name == "try_strptime":
        return _try_strptime(node)
    if name == "isfinite":  # of NaN Spark says that it is greater than any number
        return exp.LT(
            this=exp.func("abs", node.expressions[0]), expression=exp.cast(_text("Infinity"), "double")
        )
    if name == "list_unique":
        return _call("ARRAY_SIZE", _call("ARRAY_DISTINCT", _call("ARRAY_COMPACT", node.expressions[0])))
    return node


def _make_date(node: exp.DateFromParts) -> exp.Expr:
    return _day(*(node.args[part].copy() for part in ("year", "month", "day")))


def _trim(node: exp.Trim) -> exp.Expr:
    r"""Trim every kind of space, as DuckDB does: Spark knows the one of ASCII only."""
    if node.expression is None:
        return _call("REGEXP_REPLACE", node.this, _text(r"(?d)^\p{Zs}+|\p{Zs}+\z"), _text(""))
    return node


def _string_agg(node: exp.GroupConcat) -> exp.Expr:
    """Join the distinct texts of a group in their own order, the one that can be said alike."""
    ordered = node.this
    distinct = ordered.this if isinstance(ordered, exp.Order) else None
    if not isinstance(distinct, exp.Distinct) or len(distinct.expressions) != 1:
        raise UnsupportedError(f"{node.sql('duckdb')}: order inside an aggregate")
    [by] = ordered.expressions
    if by.this != distinct.expressions[0] or by.args.get("desc"):
        raise UnsupportedError(f"{node.sql('duckdb')}: order inside an aggregate")
    separator = node.args.get("separator") or _text(",")
    texts = _call("ARRAY_SORT", _call("COLLECT_SET", distinct.expressions[0]))
    # A group without any text has none, not an empty one.
    joined = _call("ARRAY_JOIN", texts, separator)
    return _call("NULLIF", joined, _text(""))


_RULES: dict[type[exp.Expr], Callable[..., exp.Expr]] = {
    exp.RegexpReplace: _regexp_replace,
    exp.RegexpFullMatch: _regexp_full_match,
    exp.RegexpLike: _regexp_matches,
    exp.RegexpExtract: _regexp_extract,
    exp.RegexpSplit: _regexp_split,
    exp.Cast: _cast,
    exp.TryCast: _try_cast,
    exp.Bracket: _bracket,
    exp.ArraySize: _array_size,
    exp.ArrayContains: _array_contains,
    exp.ArrayDistinct: _array_distinct,
    exp.ArrayToString: _array_to_string,
    exp.ArrayConcat: _list_concat,
    exp.Upper: _case,
    exp.Lower: _case,
    exp.Anonymous: _anonymous,
    exp.DateFromParts: _make_date,
    exp.Trim: _trim,
    exp.GroupConcat: _string_agg,
}


def _explode_with_positions(select: exp.Select) -> None:
    """Write unnest(x) beside generate_subscripts(x, 1) as one posexplode(x)."""

    def called(name: str) -> list[exp.Alias]:
        return [
            column
            for column in select.expressions
            if isinstance(column, exp.Alias)
            and isinstance(column.this, exp.Anonymous)
            and column.this.name.lower() == name
        ]

    positions = called("generate_subscripts")
    if not positions:
        return
    elements = [c for c in select.expressions if isinstance(c, exp.Alias) and isinstance(c.this, exp.Explode)]
    if len(positions) > 1 or len(elements) != 1:
        raise UnsupportedError("generate_subscripts: beside one unnest only")
    [position], [element] = positions, elements
    lateral = exp.Lateral(
        this=_call("POSEXPLODE", element.this.this.copy()),
        view=True,
        alias=exp.TableAlias(
            this=exp.to_identifier("exploded"),
            columns=[exp.to_identifier("exploded_place"), exp.to_identifier("exploded_element")],
        ),
    )
    select.append("laterals", lateral)
    element.set("this", exp.column("exploded_element"))
    position.set("this", exp.Add(this=exp.column("exploded_place"), expression=_number(1)))


def _name_table(node: exp.Table, table: Callable[[str, str], str]) -> None:
    """Name a table as Spark does, and let its columns be found under its name alone."""
    if not node.db:
        return
    name = node.name
    if not node.alias:
        node.set("alias", exp.TableAlias(this=exp.to_identifier(name)))
    written = table(node.db, name).split(".")
    node.set("this", exp.to_identifier(written[-1]))
    node.set("db", exp.to_identifier(written[0]) if len(written) > 1 else None)


class _Generator(Spark.Generator):
    """Spark's, which has QUALIFY: sqlglot's own way around it shows a column that it needs."""

    TRANSFORMS = {k: v for k, v in Spark.Generator.TRANSFORMS.items() if k is not exp.Select}

    def qualify_sql(self, expression: exp.Qualify) -> str:
        return f"{self.seg('QUALIFY')}{self.sep()}{self.sql(expression, 'this')}"


# --- What is rejected -----------------------------------------------------------------------------


def _complaints(sql: str, ours: exp.Expr) -> list[str]:
    """Say what of a SELECT has no counterpart, or would lose its meaning on the way."""
    found = []
    for name, bracket in pairwise(tokenize(sql, read="duckdb")):
        if bracket.token_type == TokenType.L_PAREN and name.text.lower() in LOSES_ITS_MEANING:
            found.append(f"function {name.text}")
    found += ["order inside an aggregate" for a in ours.find_all(exp.ArrayAgg) if a.find(exp.Order)]
    for several in ours.find_all(exp.ArgMax, exp.ArgMin):
        if several.args.get("count"):
            found.append(f"{several.sql('duckdb')}: the first several")
    for aggregate in ours.find_all(exp.First, exp.Last):
        found.append(f"{aggregate.sql('duckdb')}: depends on an order that is not given")
    for number in ours.find_all(exp.Literal):
        cast = number.find_ancestor(exp.Cast, exp.CTE)
        is_decimal = not number.is_string and not number.is_int
        is_counted = isinstance(number.parent, exp.Binary) and not isinstance(number.parent, exp.Predicate)
        if is_decimal and is_counted and not isinstance(cast, exp.Cast):
            found.append(f"{number}: a decimal in Spark; write {number}::double")
    for explode in ours.find_all(exp.Explode, exp.Unnest):
        if not isinstance(explode.parent, exp.Select | exp.Alias | exp.From | exp.Join):
            found.append(f"{explode.sql('duckdb')}: unnest inside an expression")
    for join in ours.find_all(exp.Join):
        if join.method or (join.args.get("on") and join.args["on"].find(exp.Select)):
            found.append("asof or positional join, or a subquery in a join's condition")
    if any(part.args.get("by_name") for part in ours.find_all(exp.SetOperation)):
        found.append("union by name")
    for qualify in ours.find_all(exp.Qualify):
        select = qualify.parent
        if isinstance(select, exp.Select) and select.args.get("group"):
            found.append("qualify beside group by: put the aggregate into a subquery")
    for unknown in (exp.Columns, exp.TableSample, exp.Pivot):
        if ours.find(unknown):
            found.append(unknown.__name__.lower())
    for star in ours.find_all(exp.Star):
        if star.args.get("replace"):
            found.append("* replace")
    return found


def _unknown(theirs: exp.Expr) -> list[str]:
    """Name the functions and types of a SELECT of Spark that are not on the lists."""
    found = []
    for function in theirs.find_all(exp.Func):
        called = re.match(r"(\w+)\(", function.sql(dialect="spark"))
        if called and called[1].lower() not in FUNCTIONS:
            found.append(f"function {called[1].lower()}")
    for kind in theirs.find_all(exp.DataType):
        name = re.split(r"[<(:]", kind.sql(dialect="spark"))[0]
        if name not in TYPES and isinstance(kind.parent, exp.Cast):
            found.append(f"type {name}")
    return found
