"""Make one spelling of an organisation's many."""

import polars as pl

# Legal forms say how an organisation is registered, never which one it is.
_SUFFIXES = (
    "INCORPORATED|INC|CORPORATION|CORP|COMPANY|CO|LIMITED|LTD|LTDA|LLC|L L C|LLP|LP|L P|PLC|"
    "GMBH|MBH|AG|KG|KGAA|SE|EV|SA|SAS|SARL|SRL|SPA|SL|BV|NV|CV|OY|OYJ|AB|AS|A S|APS|ASA|"
    "KABUSHIKI KAISHA|KK|PTE|PTY|PVT|PRIVATE|BHD|SDN|NA|N A|NATIONAL ASSOCIATION|"
    "SOCIETE ANONYME|AKTIENGESELLSCHAFT|GESELLSCHAFT MIT BESCHRANKTER HAFTUNG"
)
_CJK_FORMS = (
    "株式会社|有限会社|合同会社|股份有限公司|有限责任公司|有限公司|公司|"
    "주식회사|유한회사|\\(주\\)|㈜"
)


def harmonise(name: pl.Expr) -> pl.Expr:
    """Reduce names to keys that differ only where the organisations do.

    Parameters
    ----------
    name
        Strings, as a record spells them.

    Returns
    -------
    pl.Expr
        Strings: upper case, no accents, no punctuation, no legal form; null where nothing is left.

    Examples
    --------
    >>> import polars as pl
    >>> names = pl.Series("name", ["Samsung Electronics Co., Ltd.", "株式会社東芝", "Nestlé S.A."])
    >>> pl.select(harmonise(pl.lit(names))).to_series().to_list()
    ['SAMSUNG ELECTRONICS', '東芝', 'NESTLE']
    """
    key = (
        name.str.replace_all(_CJK_FORMS, " ")
        .str.normalize("NFKD")
        .str.replace_all("[\u0300-\u036f]", "")  # accents; the marks of kana make other letters
        .str.normalize("NFKC")
        .str.to_uppercase()
        .str.replace_all("&", " AND ", literal=True)
        .str.replace_all(r"[.'’]", "")
        .str.replace_all(r"[^\p{L}\p{N}]+", " ")
        .str.strip_chars()
        .str.replace(r"^(?:THE|KABUSHIKI KAISHA) ", "")
        .str.replace(rf"(?:(?: AND)? (?:{_SUFFIXES}))+$", "")
        .str.strip_chars()
    )
    return pl.when(key != "").then(key)
