"""One key for a filing, however a source writes its number."""

import polars as pl

# Ten digits that begin with a year are a PCT filing where no number of the office's own is so.
_TEN_DIGITS_ARE_PCT = ("CA", "CN", "DE", "EP", "FR", "GB", "IB", "KR", "US")
# So are seven that begin with two of the year, as the PCT numbered until 2003.
_SEVEN_DIGITS_ARE_PCT = ("CN", "EP", "IB", "US")
# Here a number alone names one filing. Elsewhere other years or utility models have it, too.
_ALONE = ("CN", "DE", "EP", "TW")
# What `filing_number` works out first: in an expression it would be computed wherever it stands.
_PARTS = (
    "_office",
    "_text",
    "_digits",
    "_receiving",
    "_year",
    "_dated",
    "_length",
    "_first_two",
    "_last_is_year",
)
_OFFICE, _TEXT, _DIGITS, _RECEIVING, _YEAR, _DATED, _LENGTH, _FIRST_TWO, _LAST_IS_YEAR = map(pl.col, _PARTS)


def filing_number(frame: pl.LazyFrame, office: str, number: str, date: str) -> pl.LazyFrame:
    """Add a key to each filing that is equal where the filings are.

    DOCDB writes `201213657122`, or before 2011 `22309605` (serial, year), for what the USPTO writes
    `13/657,122` and `29/223,096`. Other offices' numbers differ by a check digit, the era, zeros.
    A number that can come twice gets its date behind it, so that it joins no unrelated filings.

    What cannot be determined is left apart. Eight digits that read both ways are taken for DOCDB's: that
    is one in a hundred of the USPTO's numbers from 2001 to 2010, and of Japan's before 2000. A PCT
    filing at Japan's or a small office is known only if its number says PCT, since DOCDB tells it
    from a national one by kind. Other offices' numbers lose nothing but punctuation.

    Parameters
    ----------
    frame
        One row a filing.
    office
        The column of offices where it was filed (strings; WO for the PCT).
    number
        The column of numbers (strings, with or without punctuation).
    date
        The column of dates of filing (dates; null where unknown).

    Returns
    -------
    pl.LazyFrame
        With the column `filing` (strings); null where the number names no filing: there is none, or
        a PCT number without the receiving office.

    Examples
    --------
    >>> filings = pl.LazyFrame({
    ...     "office": ["US", "US", "US", "US", "JP", "JP", "WO", "US"],
    ...     "number": ["201213657122", "13/657,122", "22309605", "29223096", "11-234567",
    ...                "23456799", "PCT/US2017/034582", "2017034582"],
    ...     "date": ["2012-10-22"] * 2 + ["2005-02-09"] * 2 + ["1999-08-20"] * 2 +
    ...             ["2017-05-25"] * 2,
    ... }).with_columns(pl.col("date").str.to_date())
    >>> for key in filing_number(filings, "office", "number", "date").collect()["filing"]:
    ...     print(key)
    US 13657122
    US 13657122
    US 223096 2005-02-09
    US 223096 2005-02-09
    JP 1999234567 1999-08-20
    JP 1999234567 1999-08-20
    PCT US2017034582
    PCT US2017034582
    """
    parts = (
        frame.with_columns(
            _office=pl.col(office),
            _text=pl.col(number).str.to_uppercase().str.replace_all(r"[^0-9A-Z平昭]", ""),
            _year=pl.col(date).dt.year(),
            _dated=pl.concat_str(pl.lit(" "), pl.col(date).cast(pl.String)),
        )
        .with_columns(
            # Of 平11-234567, P.2003-194211, P 41 23 456.7, ZL 200910095505.X, 95139327 A
            _digits=_TEXT.str.extract(r"^(?:ZL|[GHPS平昭])?([0-9]+)[AX]?$"),
            # Of PCTUS2017034582, PCTEP0211355, JP2005012345W
            _receiving=_TEXT.str.extract(r"^(?:PCT)?([A-Z]{2})[0-9]{7,11}W?$"),
        )
        .with_columns(
            _length=_DIGITS.str.len_bytes(),
            _first_two=_DIGITS.str.slice(0, 2).cast(pl.Int32),
            # DOCDB drops zeros before the serial; offices do not.
            _last_is_year=(_DIGITS.str.slice(-2).cast(pl.Int32) == _YEAR % 100)
            & ~_DIGITS.str.starts_with("0"),
        )
    )
    national = _TEXT
    for office_, form in {
        "US": _united_states(),
        "JP": _japan(),
        "KR": _korea(),
        "CN": _without_check(_LENGTH.is_in([9, 13])),
        "DE": _germany(),
        "EP": _europe(),
        "GB": _britain(),
        "FR": _DIGITS.str.zfill(7),
        "TW": _DIGITS.str.strip_chars_start("0"),
    }.items():
        form = pl.coalesce(form, _DIGITS, _TEXT)
        national = pl.when(_OFFICE.eq(office_)).then(form).otherwise(national)
    behind = pl.when(~_OFFICE.is_in([*_ALONE, "US"])).then(_DATED).fill_null("")
    is_pct = (_OFFICE == "WO") | _TEXT.str.starts_with("PCT")
    return parts.with_columns(
        filing=pl.when(is_pct, _RECEIVING.is_not_null())
        .then(_pct(_RECEIVING, _TEXT.str.extract(r"([0-9]+)W?$")))
        .when(is_pct, _DIGITS.is_not_null())
        .then(None)
        .when(_reads_as_pct())
        .then(_pct(_OFFICE, _DIGITS))
        .otherwise(pl.concat_str(_OFFICE, pl.lit(" "), national, behind))
    ).drop(_PARTS)


def _pct(office: pl.Expr, digits: pl.Expr) -> pl.Expr:
    """Give the year in full and six digits behind it: 9700408 and 1997000408 are one."""
    long = (digits.str.len_bytes() > 8) & digits.str.contains("^(?:19|20)")
    old = digits.str.contains("^(?:7[89]|[89])")  # the PCT began in 1978
    year = (
        pl.when(long)
        .then(digits.str.slice(0, 4))
        .when(old)
        .then(pl.lit("19") + digits.str.slice(0, 2))
        .otherwise(pl.lit("20") + digits.str.slice(0, 2))
    )
    serial = pl.when(long).then(digits.str.slice(4)).otherwise(digits.str.slice(2))
    serial = serial.str.strip_chars_start("0").str.zfill(6)
    return pl.concat_str(pl.lit("PCT "), office, year, serial)


def _reads_as_pct() -> pl.Expr:
    """Tell DOCDB's PCT filings, 2017034582 or 9700408 at US, from the office's own."""
    # The CSV of Lens has another zero: 2007/0016552.
    lens = (_OFFICE == "US") & (_LENGTH == 11) & (_DIGITS.str.slice(4, 1) == "0")
    ten = _OFFICE.is_in(_TEN_DIGITS_ARE_PCT) & ((_LENGTH == 10) | lens)
    seven = _OFFICE.is_in(_SEVEN_DIGITS_ARE_PCT) & (_LENGTH == 7) & (_YEAR < 2004)
    return (ten & _FIRST_TWO.is_in([19, 20])) | (seven & (_FIRST_TWO == _YEAR % 100) & ~_LAST_IS_YEAR)


def _united_states() -> pl.Expr:
    """Give series and serial, or the serial and its date where DOCDB leaves the series out."""
    whole = (_LENGTH == 12) & _FIRST_TWO.is_in([19, 20])  # 201213657122
    short = _LENGTH <= 8
    filed = pl.when(whole).then(_DIGITS.str.slice(0, 4).cast(pl.Int32, strict=False)).otherwise(_YEAR)
    # Series 13 began in 2011, and with it DOCDB's form that has the series; until January there
    # were filings of series 12.
    until = (_YEAR < 2011) | ((_YEAR == 2011) & (_FIRST_TWO >= 90))
    is_docdb = (short & _LAST_IS_YEAR & until).fill_null(False)
    numbered = pl.when(whole).then(_DIGITS.str.slice(4)).when(short).then(_DIGITS.str.zfill(8))
    series = numbered.str.slice(0, 2).cast(pl.Int32)
    is_lasting = _YEAR.is_null() | series.is_between(13, 28) | ((series > 12) & (filed >= 2011))
    return (
        pl.when(is_docdb)
        .then(_DIGITS.str.head(-2).str.zfill(6) + _DATED)
        .when(is_lasting)
        .then(numbered)
        .otherwise(numbered.str.slice(2) + _DATED)
    )


def _japan() -> pl.Expr:
    """Give the year in full and the serial: 11234567 and 23456799 are 1999-234567."""
    era = pl.when(_YEAR >= 1989).then(_YEAR - 1988).otherwise(_YEAR - 1925).cast(pl.String)
    unpadded = _DIGITS.str.strip_chars_start("0")
    serial = (
        pl.when(_DIGITS.str.starts_with(_YEAR.cast(pl.String)), (_LENGTH > 8) | (_YEAR >= 2000))
        .then(_DIGITS.str.slice(4))
        .when(_LAST_IS_YEAR, _YEAR < 2000)
        .then(_DIGITS.str.head(-2))
        .when(unpadded.str.starts_with(era), _YEAR < 2000)
        .then(unpadded.str.slice(era.str.len_bytes()))
    )
    return _YEAR.cast(pl.String) + serial.str.zfill(6)


def _korea() -> pl.Expr:
    """Give the year in full and seven digits: 1020110012345, 201112345, 9512345."""
    bare = pl.when(_LENGTH == 13).then(_DIGITS.str.slice(2)).otherwise(_DIGITS)
    serial = (
        pl.when(bare.str.starts_with(_YEAR.cast(pl.String)))
        .then(bare.str.slice(4))
        .when(_FIRST_TWO == _YEAR % 100)
        .then(bare.str.slice(2))
    )
    return pl.coalesce(_YEAR.cast(pl.String) + serial.str.zfill(7), bare)


def _without_check(has_check: pl.Expr) -> pl.Expr:
    """Drop the last digit: of China's 201110089928X, 981234567."""
    return pl.when(has_check).then(_DIGITS.str.head(-1)).otherwise(_DIGITS)


def _germany() -> pl.Expr:
    """Drop the check digit: 1020110123456, since 1995 199123456, before 41234567."""
    # 69012345 is a European patent's translation and has none.
    old = (_LENGTH == 8) & (_YEAR < 1995) & ~_FIRST_TWO.is_between(50, 69)
    return _without_check(_LENGTH.is_in([9, 13]) | old)


def _europe() -> pl.Expr:
    """Give eight digits without the check digit; a design of EUIPO, 001804014, has no year."""
    has_check = (_LENGTH == 9) & (_FIRST_TWO == _YEAR % 100).fill_null(True)
    return _without_check(has_check).str.zfill(8)


def _britain() -> pl.Expr:
    """Give seven digits: 09123456 has a check digit, 201210284 a century."""
    return (
        pl.when((_LENGTH == 9) & (_FIRST_TWO == 20))
        .then(_DIGITS.str.slice(2))
        .when(_LENGTH == 8)
        .then(_DIGITS.str.head(-1))
        .otherwise(_DIGITS.str.zfill(7))
    )
