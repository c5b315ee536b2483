"""What the rules of the dialect answer: on both engines an expression means the same."""

from datetime import date

import pyarrow as pa
import pytest

from tests.spark.both import differences

# Texts that one engine or the other reads in its own way.
TEXTS = [
    None, "", " ", "a", "EP-890321", "US-7650331-B1", "a-b", "x$", "$1", "a\n", "a\nb", "a\r", "a\x0bb",
    "\u00a0a\u3000", "\ta ", "ß", "Straße", "ŉ", "ﬁne", "İ", "ı", "ΑΣ", "日本 株式会社", "don't", "a;b;;c",
    "a.b|c", "\\1", "12", " 12 ", "+12", "-12.5", "12.5", "12.", ".5", "1e3", "1e400", "12a", "007",
    "9223372036854775807", "9223372036854775808", "true", "١٢", "2001", "2001-05", "2001-5-3", "2001-05-03",
    " 2001-05-03 ", "2001-05-03T10:00:00", "2001-05-03 10:00:00", "2001/05/03", "2001-02-30", "20010503",
    "2001050", "2001053", "20010230", "01-02-03", "3/5/2001", "31/12/1999", "03/05/01", "2001-05-03x", "0",
    "9999-12-31", "1582-10-10", "0001-01-01", "A" * 30,
]  # fmt: skip
TEXT_EXPRESSIONS = [
    r"regexp_replace(t, '^([A-Z]{2})-([0-9]+)$', '\1-1\2')",
    "regexp_replace(t, '[^A-Z0-9]', '$', 'g')",
    r"regexp_replace(t, '\s+', ' ', 'g')",
    "regexp_replace(t, '^a', 'b')",
    "regexp_replace(t, 'a$', 'b')",
    "regexp_matches(t, 'a$')",
    "regexp_matches(t, 'a.')",
    "regexp_matches(t, '[$]')",
    "regexp_full_match(t, 'a.b|12')",
    r"regexp_full_match(t, '\p{L}+')",
    "regexp_extract(t, '^([A-Z]{2})-([0-9]+)', 2)",
    "regexp_extract(t, '[0-9]+')",
    r"array_to_string(string_split_regex(trim(t), '\s+'), '|')",
    "array_to_string(string_split(t, ';'), '|')",
    "array_to_string(string_split(t, '.'), '|')",
    "array_length(string_split(t, '-'))",
    "split_part(t, '-', 2)",
    "string_split(t, ';')[3]",
    "array_to_string(string_split(t, ';')[2:], '|')",
    "array_to_string(string_split(t, ';')[7:], '|')",
    "list_contains(string_split(t, ';'), 'b')",
    "try_cast(t as date)",
    "try_cast(t as bigint)",
    "try_strptime(t, '%Y%m%d')::date",
    "try_strptime(t, '%Y-%m-%d')::date",
    "try_strptime(t, '%d/%m/%Y')::date",
    "('0x' || substring(md5(t), 1, 15))::bigint",
    "trim(t)",
    "ltrim(t, '0')",
    "upper(t)",
    "lower(t)",
    "length(t)",
    "substring(t, 2, 3)",
    "substring(t, 4)",
    "right(t, 2)",
    "lpad(t, 4, '0')",
    "concat(t, '-', t)",
    "t || '-'",
    "concat_ws('-', t, nullif(t, 'a'))",
    "starts_with(t, 'a')",
    "t like 'a%'",
    "t ilike '%A%'",
    "replace(t, '-', '')",
    "greatest(t, 'b')",
    "least(t, 'b')",
    "coalesce(nullif(t, ''), 'none')",
    "case t when 'a' then 1 end",
    "t in ('a', 'b')",
    "t is distinct from 'a'",
    "publication_number('EP', t, 'A1', 2001)",
    "publication_number('JP', t, null, 1987)",
]


@pytest.fixture(scope="module")
def texts(spark):
    """What each expression gives of each text where the engines differ."""
    columns = ", ".join(f"{expression} as e{i}" for i, expression in enumerate(TEXT_EXPRESSIONS))
    given = pa.table({"n": range(len(TEXTS)), "t": pa.array(TEXTS, pa.string())})
    only_duckdb, only_spark = differences(
        spark, f"select n, {columns} from given.text", {"given.text": given}
    )
    theirs = {row[0]: row for row in only_spark}
    found = {}
    for row in only_duckdb:
        other = theirs[row[0]]
        for i, expression in enumerate(TEXT_EXPRESSIONS, start=1):
            if row[i] != other[i]:
                found.setdefault(expression, []).append((TEXTS[row[0]], row[i], other[i]))
    return found


@pytest.mark.parametrize("expression", TEXT_EXPRESSIONS)
def test_texts(texts, expression):
    assert texts.get(expression, []) == []


def test_every_letter_changes_its_case_alike(spark):
    letters = [chr(c) for c in range(0x80, 0x1F000) if not 0xD800 <= c < 0xF900 and chr(c).isalpha()]
    cased = [c for c in letters if c.upper() != c or c.lower() != c]
    given = pa.table({"t": [f"a{c}z {c}" for c in cased]})
    sql = "select t, upper(t) as u, lower(t) as l from given.letter"
    only_duckdb, only_spark = differences(spark, sql, {"given.letter": given})
    assert (only_duckdb, only_spark) == ([], []), [row[0][1] for row in only_duckdb]


LISTS = pa.table(
    {
        "n": range(6),
        "x": pa.array([None, [], [None], ["b", None, "a"], ["a", "a", "b"], ["c"]], pa.list_(pa.string())),
        "d": pa.array(
            [
                None,
                [],
                [None],
                [date(2001, 1, 2), None, date(1999, 1, 1)],
                [date(1, 1, 1)],
                [date(9999, 12, 31)],
            ],
            pa.list_(pa.date32()),
        ),
        "i": [1, 2, 3, 1, 2, None],
    }
)


@pytest.mark.parametrize(
    "sql",
    [
        "select n, x[1] as a, x[2] as b, x[9] as c, x[i] as d, array_length(x) as e from given.list",
        "select n, array_to_string(list_sort(x), ',') as a, list_contains(x, 'b') as b from given.list",
        "select n, list_unique(x) as a, array_length(list_distinct(x)) as b from given.list",
        "select n, list_min(list_filter(d, lambda e: e >= date '1790-01-01')) as a from given.list",
        "select n, array_to_string(list_transform(x, lambda e: e || '!'), ',') as a from given.list",
        "select n, array_to_string(list_prepend('z', x), ',') as a from given.list",
        "select n, array_to_string(list_concat(x, ['z']), ',') as a from given.list",
        "select n, unnest(x) as e from given.list",
        "select n, unnest(x) as e, generate_subscripts(x, 1) as place from given.list",
        "select n, unnest(list_distinct(x)) as e from given.list",
        "select n, struct_pack(a := n, b := x).a as a from given.list",
    ],
)
def test_lists(spark, sql):
    assert differences(spark, sql, {"given.list": LISTS}) == ([], [])


ROWS = pa.table(
    {
        "k": ["a", "a", "a", "b", "b", None, "c"],
        "v": [3, 1, None, 2, 4, 5, None],
        "w": ["x", "y", "x", " z", "zz", "q", None],
        "d": [
            date(2001, 2, 28),
            date(2000, 2, 29),
            None,
            date(1582, 10, 4),
            date(9998, 12, 31),
            date(1, 1, 1),
            None,
        ],
        "b": [True, False, None, True, True, None, None],
    },
    schema=pa.schema(
        [("k", pa.string()), ("v", pa.int64()), ("w", pa.string()), ("d", pa.date32()), ("b", pa.bool_())]
    ),
)


@pytest.mark.parametrize(
    "sql",
    [
        "select k, v from given.row qualify row_number() over (partition by k order by v, w) = 1",
        "select k, v from given.row qualify row_number() over (partition by k order by v desc, w desc) = 1",
        "select k, string_agg(distinct trim(w), ',' order by trim(w)) as s from given.row group by all",
        "select k, min_by(w, v) filter (where v is not null) as a, arg_max(w, w) as b "
        "from given.row group by k",
        "select k, bool_and(b) as a, bool_or(b) as b, sum(v) as c, count(distinct w) as d "
        "from given.row group by k",
        "select k, avg(v) as a, median(v) as b, sum(v)::double / count(*) as c from given.row group by k",
        "select v // 2 as a, v % 2 as b, -v // 2 as c, -v % 2 as e, v / 2 as f from given.row",
        "select d, (d - interval 1 year)::date as a, year(d) as b, month(d) as c, day(d) as e, "
        "d::varchar as f from given.row",
        "select d, date_diff('day', d, date '2001-01-01') as a, "
        "d between date '1790-01-01' and date '2100-01-01' as b from given.row",
        "select make_date(v, 1, 1) as a from given.row",
        "select isfinite(v::double) as a, "
        "isfinite(case when v > 2 then 'nan'::double end) as b from given.row",
        "select k, rank() over (order by v) as a, lag(v) over (partition by k order by w, v) as b, "
        "bool_or(b) over (partition by k) as c from given.row",
        "select one.k, other.v from given.row as one "
        "left join given.row as other on one.k = other.k and other.v > 1",
        "select * exclude (b) from given.row "
        "where v not in (select v from given.row where v is not null and v > 2)",
        "select k from given.row where k in (select k from given.row where v = 2) "
        "union select w from given.row",
        "select exists (select 1 from given.row where v > 4) as a",
        "select case when length(w) > 1 then v * 2 end as twice, twice + 1 as more from given.row",
        "select round(v / 3, 3) as a, round(2.5::double) as b, greatest(v, 2) as c, least(v, null) as e "
        "from given.row",
    ],
)
def test_rows(spark, sql):
    assert differences(spark, sql, {"given.row": ROWS}) == ([], [])
