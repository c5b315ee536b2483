"""Make one spelling of an organisation's many."""

import polars as pl

# Legal forms say how an organisation is registered, never which one it is.
_FORMS = (
    "INCORPORATED|INC|INCD|CORPORATION|CORP|COMPANY|CO|LIMITED|LTD|LTDA|LLC|L L C|LLP|LP|L P|PLC|"
    "PUBLIC LIMITED COMPANY|LIMITED LIABILITY COMPANY|LIMITED PARTNERSHIP|PROPRIETARY|DAC|ULC|"
    "JOINT STOCK COMPANY|JOINT STOCK CO|JSC|OJSC|PJSC|CJSC|"
    "GMBH|GGMBH|GESMBH|MBH|AG|KG|KGAA|OHG|SE|EV|E V|"
    "SA|S A|SAS|SARL|SRL|S R L|SPA|S P A|SL|SA DE CV|S A DE C V|BV|B V|NV|N V|CV|VZW|ASBL|"
    "OY|OYJ|AB|PUBL|AS|A S|APS|ASA|EHF|OU|UAB|SP Z OO|SP Z O O|SPOLKA Z OO|SRO|S R O|"
    "KFT|ZRT|DOO|D O O|KABUSHIKI KAISHA|KABUSHIKI GAISHA|KK|K K|PTE|PTY|PVT|PRIVATE|BERHAD|BHD|"
    "SDN|TBK|NA|N A|NATIONAL ASSOCIATION|"
    "SOCIETE ANONYME|AKTIENGESELLSCHAFT|AKTIEBOLAG|GESELLSCHAFT MIT BESCHRANKTER HAFTUNG"
)
_FORMS_BEFORE = (
    "THE|KABUSHIKI KAISHA|KABUSHIKI GAISHA|"
    "NATIONAL UNIVERSITY CORPORATION|NATIONAL UNIVERSITY CORP|PUBLIC UNIVERSITY CORPORATION|"
    "NATIONAL RESEARCH AND DEVELOPMENT AGENCY|INCORPORATED ADMINISTRATIVE AGENCY|"
    "INDEPENDENT ADMINISTRATIVE INSTITUTION"
)
# Chinese, Japanese and Korean put them before the name or after it, without a space.
_CJK_FORMS = (
    "株式会社|有限会社|合同会社|股份有限公司|股份公司|有限责任公司|有限責任公司|有限公司|公司|"
    "国立大学法人|公立大学法人|学校法人|国立研究開発法人|独立行政法人|地方独立行政法人|"
    "一般財団法人|公益財団法人|財団法人|一般社団法人|公益社団法人|社団法人|财团法人|財團法人|"
    "주식회사|유한회사|학교법인|재단법인|사단법인"
)
_CJK = r"\p{Han}\p{Hangul}\p{Hiragana}\p{Katakana}ー"
# Letters that are no letter with an accent to Unicode.
_LETTERS = {"Ø": "O", "Æ": "AE", "Œ": "OE", "Ł": "L", "Đ": "D", "Þ": "TH", "㈜": "(주)", "㈱": "(株)"}
# What stands in brackets for a legal form.
_BRACKETS = {"(주)": " 주식회사 ", "(유)": " 유한회사 ", "(株)": " 株式会社 ", "(有)": " 有限会社 "}


def plain(name: pl.Expr) -> pl.Expr:
    """Bring names to one case, without accents and punctuation.

    Parameters
    ----------
    name
        Strings, as a record spells them.

    Returns
    -------
    pl.Expr
        Strings: upper case, words apart by one space, legal forms kept.

    Examples
    --------
    >>> import polars as pl
    >>> names = pl.Series("name", ["Nestlé S.A.", "AT&T Inc.", "㈜ 엘지화학"])
    >>> pl.select(plain(pl.lit(names))).to_series().to_list()
    ['NESTLE SA', 'AT AND T INC', '주식회사 엘지화학']
    """
    return (
        name.str.normalize("NFKD")
        .str.replace_all("[\u0300-\u036f]", "")  # accents; the marks of kana make other letters
        .str.normalize("NFKC")
        .str.to_uppercase()
        .str.replace_many(_LETTERS)
        .str.replace_many(_BRACKETS)
        .str.replace_all("&", " AND ", literal=True)
        .str.replace_all(r"[.'’]", "")
        .str.replace_all(r"[^\p{L}\p{N}]+", " ")
        .str.strip_chars()
    )


def sorted_words(name: pl.Expr) -> pl.Expr:
    """Bring the names of a person to one, whichever comes first of family and given names.

    Parameters
    ----------
    name
        Strings, as a record spells them.

    Returns
    -------
    pl.Expr
        Strings: the plain words, sorted.

    Examples
    --------
    >>> import polars as pl
    >>> names = pl.Series("name", ["Curie, Marie", "MARIE CURIE"])
    >>> pl.select(sorted_words(pl.lit(names))).to_series().to_list()
    ['CURIE MARIE', 'CURIE MARIE']
    """
    return plain(name).str.split(" ").list.sort().list.join(" ")


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
    apart = rf"([{_CJK}]) ([{_CJK}])"
    key = (
        plain(name)
        # Spaces between characters are a matter of taste; a match takes both, hence twice.
        .str.replace_all(apart, "$1$2")
        .str.replace_all(apart, "$1$2")
        .str.replace(rf"^(?:(?:{_CJK_FORMS}) ?|(?:{_FORMS_BEFORE}) )+", "")
        .str.replace(rf"(?: ?(?:{_CJK_FORMS})|(?: AND)? (?:{_FORMS}))+$", "")
        .str.strip_chars()
    )
    return pl.when(key != "").then(key)
