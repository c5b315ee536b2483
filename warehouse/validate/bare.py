"""Evaluate expectations by one query a table: where tables are long, and only some of their rows are new.

Great Expectations runs several queries an expectation, over whole tables. Here, if all rows passed
before, expectations of single rows see the rows that came; those of groups of rows, as keys are, the
groups that a row came to or went from; those that say in `meta.depends` by which columns they depend on
other tables the rows that came, and those that hold a key of what came or went there. Balances and
shares see the whole table. What is expected stands in the same suites, and a test holds the results of
both against each other.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import duckdb

from corepath.warehouse.database import identifier, literal
from corepath.warehouse.validate.suites import Expectation, Suite
from corepath.warehouse.validate.validator import Result

# Rows of a table that a condition names, and nothing that other rows or tables decide.
_OF_ROWS = re.compile(
    r"select [^()]+ from \{batch\} where (?!.*\b(?:select|having|over|group by)\b)", re.IGNORECASE
)
# Groups of rows that a condition on each names.
_OF_GROUPS = re.compile(
    r"select [^()]+ from \{batch\} group by ([\w\", ]+?) having (?!.*\b(?:select|over)\b)", re.IGNORECASE
)
_COLUMNS = {
    "expect_column_values_to_be_between",
    "expect_column_values_to_be_in_set",
    "expect_column_values_to_not_be_null",
}
_KEY = "expect_compound_columns_to_be_unique"

# The tables of the rows that a table lost and gained; none where it has the rows that it had.
Moved = tuple[str, ...]


def evaluate(
    connection: duckdb.DuckDBPyConnection,
    suite: Suite,
    moved: Mapping[str, Moved] | None = None,
    before: Sequence[Result] = (),
) -> list[Result]:
    """Evaluate a suite.

    Parameters
    ----------
    connection
        Where the suite's table, and those that its queries name, are found.
    suite
        A table and what is expected of it.
    moved
        By schema.name, the rows that tables lost and gained since `before`, as far as that is known: of
        the suite's table and of those that its queries name.
    before
        The results of the table as it was.

    Returns
    -------
    list of Result
        One an expectation, in order.
    """
    earlier = {(result.expectation, result.column): result for result in before}
    asked = []
    for expectation in suite.expectations:
        result = earlier.get((_name(expectation), _column(expectation)))
        passed = result is not None and result.outcome == "passed"
        asked.append(counting(expectation, _seen(suite, expectation, moved or {} if passed else {})))
    return results_of(suite, _counted(connection, asked))


def _seen(suite: Suite, expectation: Expectation, moved: Mapping[str, Moved]) -> str:
    """Select the rows that an expectation has to see, if all that are as they were are as expected."""
    whole = f"{suite.schema}.{identifier(suite.name)}"
    own = moved.get(f"{suite.schema}.{suite.name}")
    if own is None:
        return whole
    came = " union all ".join(f"from {rows}" for rows in own[1:]) or f"from {whole} limit 0"
    if is_of_rows(expectation):
        return f"({came})"
    if columns := groups_of(expectation):
        return f"({_alike(whole, own, [(column, column) for column in columns])})"
    depends = expectation["meta"].get("depends", ())
    if depends and all(each["table"] in moved for each in depends):
        # Only what is gone can leave a row without a partner.
        last = 1 if " anti join " in expectation["kwargs"]["unexpected_rows_query"] else 2
        with_key = [
            _alike(whole, moved[each["table"]][:last], [(column, each["key"])])
            for each in depends
            for column in each["columns"]
        ]
        return "(" + " union ".join(f"({rows})" for rows in [came, *with_key]) + ")"
    return whole


def results_of(suite: Suite, found: Sequence[int | str]) -> list[Result]:
    """Say how a suite's expectations came out.

    Parameters
    ----------
    suite
        A table and what is expected of it.
    found
        What the query of each counted (see `counting`), or why it could not be run.
    """
    now = datetime.now(UTC).isoformat(timespec="seconds")
    return [_result(suite.name, *pair, now) for pair in zip(suite.expectations, found, strict=True)]


def _alike(whole: str, moved: Moved, columns: Sequence[tuple[str, str]]) -> str:
    """Select the rows of a table with what rows that went or came have in other columns, or the same."""
    same = " and ".join(
        f"rows.{identifier(one)} is not distinct from moved.{identifier(other)}" for one, other in columns
    )
    others = ", ".join(identifier(other) for _, other in columns)
    keys = " union all ".join(f"select {others} from {rows}" for rows in moved)
    if not keys:
        return f"from {whole} limit 0"
    return f"select rows.* from {whole} as rows semi join ({keys}) as moved on {same}"


def groups_of(expectation: Expectation) -> list[str]:
    """Name the columns whose groups of rows meet an expectation or not, whatever other rows there are.

    Examples
    --------
    >>> key = 'select "family" from {batch} group by "family" having count(*) > 1'
    >>> groups_of({"type": "unexpected_rows_expectation", "kwargs": {"unexpected_rows_query": key}})
    ['family']
    """
    if expectation["type"] == _KEY:
        return expectation["kwargs"]["column_list"]
    found = _OF_GROUPS.match(expectation["kwargs"].get("unexpected_rows_query", ""))
    return [column.strip().strip('"') for column in found[1].split(",")] if found else []


def is_of_rows(expectation: Expectation) -> bool:
    """Tell whether a row meets an expectation or not, whatever other rows there are.

    Examples
    --------
    >>> rows = "select family from {batch} where family is null"
    >>> is_of_rows({"type": "unexpected_rows_expectation", "kwargs": {"unexpected_rows_query": rows}})
    True
    >>> key = "select family from {batch} group by family having count(*) > 1"
    >>> is_of_rows({"type": "unexpected_rows_expectation", "kwargs": {"unexpected_rows_query": key}})
    False
    """
    if expectation["type"] == "unexpected_rows_expectation":
        return _OF_ROWS.match(expectation["kwargs"]["unexpected_rows_query"]) is not None
    return expectation["type"] in _COLUMNS


def counting(expectation: Expectation, table: str) -> str:
    """Write the query that counts the rows that are not as expected; of a table's length, its rows.

    Parameters
    ----------
    expectation
        As the suite has it.
    table
        What to look at.

    Raises
    ------
    ValueError
        It is of a type that no suite of raw or staging tables has.

    Examples
    --------
    >>> between = {"type": "expect_column_values_to_be_between", "kwargs": {"column": "n", "min_value": 1}}
    >>> counting(between, "t")
    'select count(*) from t where "n" < 1'
    """
    kwargs = expectation["kwargs"]
    column = identifier(kwargs.get("column", ""))
    match expectation["type"]:
        case "unexpected_rows_expectation":
            return f"select count(*) from ({kwargs['unexpected_rows_query'].format(batch=table)})"
        case "expect_table_row_count_to_be_between":
            return f"select count(*) from {table}"
        case "expect_column_values_to_not_be_null":
            return f"select count(*) from {table} where {column} is null"
        case "expect_column_values_to_be_in_set":
            known = ", ".join(map(_literal, kwargs["value_set"]))
            return f"select count(*) from {table} where {column} not in ({known})"
        case "expect_column_values_to_be_between":
            limits = (("<", kwargs.get("min_value")), (">", kwargs.get("max_value")))
            beyond = " or ".join(f"{column} {sign} {value}" for sign, value in limits if value is not None)
            return f"select count(*) from {table} where {beyond}"
        case _ if expectation["type"] == _KEY:
            columns = ", ".join(map(identifier, kwargs["column_list"]))
            return (
                f"select coalesce(sum(times), 0)::bigint from (select count(*) as times from {table} "
                f"group by {columns} having count(*) > 1)"
            )
        case other:
            raise ValueError(f"no query counts what is not as {other} expects")


def _literal(value: object) -> str:
    return literal(value) if isinstance(value, str) else str(value)


def _counted(connection: duckdb.DuckDBPyConnection, queries: Sequence[str]) -> list[int | str]:
    """Run counting queries together; one by one if one of them cannot be run. Text is what went wrong."""
    if not queries:
        return []
    try:
        together = ", ".join(f"({query})" for query in queries)
        return list(connection.sql(f"select {together}").fetchall()[0])
    except duckdb.Error as error:
        if len(queries) == 1:
            return [str(error)]
        return [_counted(connection, [query])[0] for query in queries]


def _result(table: str, expectation: Expectation, found: int | str, now: str) -> Result:
    if isinstance(found, str):
        outcome = "errored"
    elif expectation["type"] == "expect_table_row_count_to_be_between":
        outcome = "passed" if found >= expectation["kwargs"]["min_value"] else "failed"
    else:
        outcome = "failed" if found else "passed"
    return Result(
        table=table,
        expectation=_name(expectation),
        column=_column(expectation),
        severity=expectation.get("severity", "critical"),
        outcome=outcome,
        observed=str(found)[:500],
        why=expectation["meta"]["why"],
        validated_at=now,
    )


def _name(expectation: Expectation) -> str:
    return expectation["meta"].get("name", expectation["type"])


def _column(expectation: Expectation) -> str | None:
    kwargs: Mapping[str, list[str]] = expectation["kwargs"]
    return (
        ", ".join(kwargs["column_list"]) if "column_list" in kwargs else expectation["kwargs"].get("column")
    )
