"""Every SQL file outside sources/ can also be run by Spark: translated, and nothing is lost.

sqlglot lets through what it does not know, and drops an order that Spark has no place for. So what
comes out is held against lists of what Spark is known to have; both are short, and a file that
needs more adds it after a look into Spark's manual.
"""

import re
from itertools import pairwise

import pytest
from sqlglot import ErrorLevel, exp, parse_one, tokenize, transpile
from sqlglot.errors import ParseError, UnsupportedError
from sqlglot.tokens import TokenType

from corepath.warehouse.settings import ROOT

FILES = sorted(
    path for folder in ("staging", "intermediate", "marts") for path in (ROOT / "sql" / folder).glob("*.sql")
) + sorted((ROOT / "sql" / "sources").glob("*.sql"))

# Of Spark 4's manual, each of the same meaning there as in DuckDB.
FUNCTIONS = {
    "abs",
    "array",
    "array_contains",
    "array_join",
    "array_sort",
    "avg",
    "bool_and",
    "bool_or",
    "ceil",
    "coalesce",
    "collect_list",
    "contains",
    "concat",
    "concat_ws",
    "count",
    "date",
    "datediff",
    "dense_rank",
    "exists",
    "exp",
    "explode",
    "first_value",
    "floor",
    "greatest",
    "if",
    "lag",
    "last_value",
    "lead",
    "least",
    "length",
    "ln",
    "lower",
    "max",
    "max_by",
    "md5",
    "median",
    "min",
    "min_by",
    "day",
    "dayofmonth",
    "month",
    "nullif",
    "percent_rank",
    "pow",
    "power",
    "rank",
    "regexp_replace",
    "replace",
    "round",
    "row_number",
    "sequence",
    "split",
    "split_part",
    "sqrt",
    "startswith",
    "stddev",
    "substring",
    "sum",
    "trim",
    "upper",
    "year",
}
TYPES = {"ARRAY", "BIGINT", "BOOLEAN", "DATE", "DECIMAL", "DOUBLE", "INT", "STRING", "TIMESTAMP"}
# What DuckDB has under a name that sqlglot turns into something else.
LOSES_ITS_MEANING = {"len", "quantile_cont", "quantile_disc", "quantile", "mode"}


def complaints(sql: str) -> list[str]:
    """Say what of a SELECT Spark could not do, or would do differently."""
    found = []
    tokens = tokenize(sql, read="duckdb")
    for name, bracket in pairwise(tokens):
        if bracket.token_type == TokenType.L_PAREN and name.text.lower() in LOSES_ITS_MEANING:
            found.append(f"function {name.text}")
    try:
        ours = parse_one(sql, read="duckdb")
        [text] = transpile(sql, read="duckdb", write="spark", unsupported_level=ErrorLevel.RAISE)
        theirs = parse_one(text, read="spark")
    except (ParseError, UnsupportedError) as error:
        return [*found, str(error)]
    for list_ in ours.find_all(exp.ArrayAgg, exp.GroupConcat):
        if list_.find(exp.Order):
            found.append("order inside an aggregate")
    for aggregate in ours.find_all(exp.First, exp.Last):
        found.append(f"{aggregate.sql()}: depends on an order that is not given")
    for number in ours.find_all(exp.Literal):
        cast = number.find_ancestor(exp.Cast, exp.CTE)
        decimal = not number.is_string and not number.is_int
        counted = isinstance(number.parent, exp.Binary)
        compared = isinstance(number.parent, exp.Predicate)
        if decimal and counted and not compared and not isinstance(cast, exp.Cast):
            found.append(f"{number}: a decimal in Spark; write {number}::double")
    for function in theirs.find_all(exp.Func):
        called = re.match(r"(\w+)\(", function.sql(dialect="spark"))
        name = called[1].lower() if called else ""
        if name not in FUNCTIONS | {"", "cast", "to_date"}:
            found.append(f"function {name}")
    for explode in theirs.find_all(exp.Explode):
        if not isinstance(explode.parent, exp.Select | exp.Alias):
            found.append("explode inside an expression")
    for type_ in theirs.find_all(exp.DataType):
        if re.split(r"[<(]", type_.sql(dialect="spark"))[0] not in TYPES:
            found.append(f"type {type_.sql(dialect='spark')}")
    for join in theirs.find_all(exp.Join):
        if join.method or (join.args.get("on") and join.args["on"].find(exp.Select)):
            found.append("asof or positional join, or a subquery in a join's condition")
    if any(part.args.get("by_name") for part in ours.find_all(exp.SetOperation)):
        found.append("union by name")
    for unknown in (exp.Slice, exp.Columns, exp.TableSample, exp.Pivot):
        if ours.find(unknown):
            found.append(f"{unknown.__name__.lower()}")
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT / "sql").as_posix())
def test_a_file_can_be_run_by_spark(path):
    assert complaints(path.read_text(encoding="utf-8")) == []


def test_there_are_files_to_check():
    assert len(FILES) > 35


@pytest.mark.parametrize(
    "expression",
    [
        "quantile_cont(x, 0.5)",
        "len(x)",
        "LEN (x)",
        "list(x order by y)",
        "array_agg(x order by y)",
        "string_agg(x, ',' order by y)",
        "first(x)",
        "mode(x)",
        "frobnicate(x)",
        "regexp_full_match(x, 'a')",
        "histogram(x)",
        "strftime(x, '%Y')",
        "arg_max(x, y, 3)",
        "struct_pack(a := x)",
        "x::hugeint",
        "x[1:3]",
        "columns('a.*')",
        "1.0 / x",
        "x * 0.5",
        "unnest([1, 2])::double",
    ],
)
def test_the_check_refuses_what_spark_has_not(expression):
    assert complaints(f"select {expression} as z from staging.a")


@pytest.mark.parametrize(
    "sql",
    [
        "select * from staging.a asof join staging.b using (x)",
        "select 1 as x union all by name select 2 as x",
        "select * from staging.a using sample 3",
        "select * from staging.a as a left join staging.b as b on a.x = b.x and not exists "
        "(select 1 from staging.c as c where c.x = a.x)",
        "selekt 1",
        "pivot staging.a on x using sum(y)",
    ],
)
def test_the_check_refuses_statements_that_spark_has_not(sql):
    assert complaints(sql)


@pytest.mark.parametrize(
    "sql",
    [
        "select x, count(*) filter (where y) from staging.a group by all",
        "select * from staging.a qualify row_number() over (partition by x order by y) = 1",
        "select x // 2, ln(x), 1.0::double / x, arg_max(x, y), x::varchar from staging.a",
        "select 'len(x)' as a -- quantile_cont(x)\nfrom staging.a",
        "select case when x > 0.5 then 1 end from (select unnest([0.1, 0.2]) as x)",
        "from staging.a",
        "select date '2001-01-02' + interval 5 year from staging.a",
    ],
)
def test_the_check_lets_through_what_spark_has(sql):
    assert complaints(sql) == []
