"""Every SQL file can also be run by Spark: translated, and nothing is lost. No Spark is needed here.

What the translation means is held against DuckDB in tests/spark, by `make test-spark`.
"""

import pytest

from corepath.warehouse.lake.dialect import Untranslatable, translate
from corepath.warehouse.settings import ROOT

FILES = sorted((ROOT / "sql").rglob("*.sql"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT / "sql").as_posix())
def test_a_file_can_be_run_by_spark(path):
    translate(path.read_text(encoding="utf-8"))


def test_there_are_files_to_check():
    assert len(FILES) > 100


@pytest.mark.parametrize(
    ("expression", "named"),
    [
        ("quantile_cont(x, 0.5)", "quantile_cont"),
        ("len(x)", "len"),
        ("LEN (x)", "LEN"),
        ("list(x order by y)", "order inside an aggregate"),
        ("array_agg(x order by y)", "order inside an aggregate"),
        ("string_agg(x, ',' order by y)", "order inside an aggregate"),
        ("string_agg(distinct x, ',' order by y)", "order inside an aggregate"),
        ("string_agg(distinct x, ',' order by x desc)", "order inside an aggregate"),
        ("first(x)", "order that is not given"),
        ("mode(x)", "mode"),
        ("frobnicate(x)", "frobnicate"),
        ("histogram(x)", "histogram"),
        ("strftime(x, '%Y')", "date_format"),
        ("arg_max(x, y, 3)", "the first several"),
        ("x[1:3]", "substring"),
        ("x[y + 1]", "neither a number nor a column"),
        ("columns('a.*')", "columns"),
        ("1.0 / x", "double"),
        ("x * 0.5", "double"),
        ("unnest([1, 2])::double", "unnest inside an expression"),
        ("upper(unnest(x))", "unnest inside an expression"),
        ("generate_subscripts(x, 1) as a, unnest(x) as b, unnest(y)", "one unnest"),
        ("regexp_replace(x, 'a', 'b')", "first match only"),
        ("regexp_replace(x, y, 'b', 'g')", "not written out"),
        ("regexp_replace(x, 'a', y, 'g')", "not written out"),
        ("regexp_extract(x, '(a)', ['b'])", "by its number"),
        ("try_strptime(x, '%y')", "format"),
        ("try_cast(x as double)", "days and big integers"),
        ("* replace (1 as x)", "replace"),
    ],
)
def test_what_spark_has_not_is_rejected_by_name(expression, named):
    with pytest.raises(Untranslatable, match=named):
        translate(f"select {expression} as z from staging.a")


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
        "select x, sum(y) from staging.a group by x qualify rank() over (order by sum(y)) = 1",
    ],
)
def test_statements_that_spark_has_not_are_rejected(sql):
    with pytest.raises(Untranslatable):
        translate(sql)


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
def test_what_spark_has_is_translated(sql):
    assert translate(sql)


def test_tables_are_named_as_spark_shall_find_them():
    found = translate("select b.x, c.y from staging.b inner join raw.c_d as c using (x)", "{}__{}".format)
    assert "FROM staging__b AS b" in found
    assert "JOIN raw__c_d AS c" in found
