"""What kind of applicant a name tells of."""

import polars as pl

# The rules of docs/organisations.md. Patterns meet names as `plain` leaves them: upper case, no
# accents, no punctuation. Boundaries of words are those of ASCII, which the regex engine finds
# many times faster, and which see the end of TCL in TCL集团.


def _words(pattern: str) -> str:
    return rf"(?-u:\b)(?:{pattern})(?-u:\b)"


# Legal forms of companies, wherever they stand, and those that are other words unless at the end.
_COMPANY_FORM = _words(
    "INC|INCD|INCORPORATED|CORP|CORPO[A-Z]+N|CO|COMPANY|COMPANIES|LTD|LIMITED|LTDA|LLC|LLP|PLC|PTE|"
    "PTY|PVT|GMBH|GESMBH|MBH|KGAA|SARL|SAS|SPA|SRL|KK|KABUSHIKI|GAISHA|OYJ|BHD|SDN|JSC|OJSC|"
    "AKTIENGESELLSCHAFT|AKTIEBOLAG[A-Z]*"
)
_COMPANY_END = (
    " (?:AG|KG|SE|SA|S A|SL|BV|B V|NV|N V|CV|OY|AB|PUBL|AS|A S|APS|ASA|LP|L P|NA|N A|SRO|S R O|"
    "DOO|KFT|ZRT|OU|UAB|SP Z OO|SP Z O O|OHG|S P A|K K)$"
)
_COMPANY_CJK = "公司|株式会社|株式會社|有限会社|合同会社|合資会社|合名会社|相互会社|주식회사|유한회사"
_COMPANY = f"{_COMPANY_FORM}|{_COMPANY_END}|{_COMPANY_CJK}"

_UNIVERSITY = _words(
    # UNIVERSITÄT, UNIWERSYTET and misspelled ones, but not UNIVERSAL
    "UNIV|UNI[VW]ER[SZ][IY]T[A-Z]*|UNIVERSIDADE?|UNIVER[A-Z]{1,2}TY|UNVERSITY|"
    "COLLEGES?|POLYTECH|POLYTECHNIC[A-Z]*|POLITEC[A-Z]*|[A-Z]*HOCHSCHULE|ECOLE|ESCUELA|"
    "INSTITUTO SUPERIOR TECNICO|TECHNION|VIRGINIA TECH|ETH ZURICH|ETH ZUERICH|EPFL|"
    "REGENTS|BOARD OF TRUSTEES|BOARD OF GOVERNORS|ACADEMIC|ACADEMIA|ALUMNI|"
    "(?:GRADUATE|MEDICAL|BUSINESS) SCHOOL|SCHOOL OF MEDICINE|"
    # INSTITUTE OF TECHNOLOGY, INST TECHN, INSTITUTE OF SCIENCE AND TECHNOLOGY
    "INST(?:ITUTE)?(?: OF)?(?: ADVANCED)?(?: SCI(?:ENCE)? AND)? TECH(?:N|NOL|NOLOGY)?"
)
# An academy of sciences (科学院) is no school (学院).
_UNIVERSITY_CJK = "大学|大學|(?:^|[^科])(?:学院|學院)|高専|高等専門学校|高等专科|대학|산학협력단|과학기술원"

_RESEARCH = _words(
    "INST|INSTITUT[A-Z]*|INSTITUE|ACAD|ACADEMY|"
    "RES(?:EARCH)? (?:AND DEV(?:ELOPMENT)? )?(?:CENT(?:ER|RE)S?|CTR|COUNCIL|ORGANI[SZ]ATION|"
    "LAB[A-Z]*|FOUND(?:ATION)?|ASSOCIATION|BOARD)|"
    "(?:R AND D|INNOVATION|TECHNOLOGY|TECH) CENT(?:ER|RE)|"
    "NAT(?:IONAL)? LAB[A-Z]*|KEY LAB[A-Z]*|FORSCHUNG[A-Z]*|FOUNDATION FOR RESEARCH|"
    "CENTRE NATIONAL|CENTRO NACIONAL|CONSEJO SUPERIOR|CONSIGLIO NAZIONALE|"
    "MAX PLANCK|FRAUNHOFER|HELMHOLTZ|LEIBNIZ"
)
_RESEARCH_CJK = (
    "研究院|研究所|研究中心|研究センター|研究機構|实验室|實驗室|科学院|科學院|设计院|"
    "国立研究開発法人|独立行政法人|産業技術総合研究所|연구원|연구소|진흥원"
)

_GOVERNMENT = _words(
    "MINISTRY|MINISTER|AGENCY|DEPARTMENT OF|DEPT OF|SECRETARY|ARMY|NAVY|AIR FORCE|NASA|DARPA|"
    "GOVERNMENT|GOVT|ADMINISTRATION|UNITED STATES OF AMERICA|HER MAJESTY|HIS MAJESTY|STATE OF|"
    "CITY OF|COMMISSION|BUREAU|REPUBLIC OF|CROWN IN RIGHT"
)
_GOVERNMENT_CJK = "(?:部|局|厅|廳|庁|省|청|부|人民政府|委员会)$"

_HOSPITAL = _words(
    "[A-Z]*HOSPITAL[A-Z]*|HOSP|CLINICS?|(?:MEDICAL|CANCER) CENT(?:ER|RE)|MEDICAL CTR|"
    "KLINIK[A-Z]*|HOPITA[A-Z]*|OSPEDAL[A-Z]*|SPITAL|INFIRMARY|MAYO FOUND[A-Z]*"
)
_HOSPITAL_CJK = "医院|醫院|病院|병원|卫生院|保健院"

_NON_PROFIT = _words(
    "FOUND|FOUNDATION|FUND|ASSOCIATION|SOCIETY|COUNCIL|FONDATION|FONDAZIONE|FUNDACIO[A-Z]*|"
    "STIFTUNG|STICHTING|VZW|ASBL|EV|E V|CENTRE|CENTER|LABORATORY|CONSORTIUM|TRUST|MUSEUM"
)
_NON_PROFIT_CJK = "財団法人|社団法人|财团法人|財團法人|协会|協会|학회|재단|협회|中心|機構$|センター$"

# Words of business, where no legal form is given.
_COMPANY_WORD = _words(
    "HOLDINGS?|GROUP|TECHS?|TECHNOLOG(?:Y|IES)|TECHNIK|SEMICONDUCTORS?|[A-Z]*ELECTS?|"
    "[A-Z]*ELECTRONICS?|ELECTRICAL?|SYSTEMS?|SOFTWARE|NETWORKS?|LICENSING|INDUSTR(?:Y|IES|IE)|IND|"
    "PHARMA[A-Z]*|BIOTECH[A-Z]*|THERAPEUTICS|DIAGNOSTICS|INSTRUMENTS?|DEVICES|MOTORS?|PRODUCTS|"
    "SOLUTIONS|INNOVATIONS?|ENTERPRISES?|COMMS?|[A-Z]*COMMUNICATIONS?|TELECOM[A-Z]*|MATERIALS|"
    "MANUFACTURING|MFG|ENGINEERING|ENERGY|CHEMICALS?|OPTICAL|OPTRONICS|PATENTS?|PROPERTIES|IP|"
    "VENTURES|PARTNERS|LABS|LABORATORIES|BANK|INTERNATIONAL|INT|GLOBAL|DIGITAL|MEDICAL|ROBOTICS|"
    "MICRO[A-Z]+|BROTHERS|SONS|[A-Z]*WERKE?|SOCIETE|STE|COMPAGNIE|CIE|KOGYO|DENKI|SEISAKUSHO"
)
_COMPANY_WORD_CJK = (
    "集团|集團|企业|工厂|[厂廠]$|科技|电子|電子|電機|電気|工業|製作所|建設|化学工|製薬|自動車|重工|"
    "産業|商事|製鋼|製鉄|印刷|전자|화학|공사|산업|기술|은행|그룹"
)

# Last, First; as the record writes it, for plain names have no comma.
_PERSON = r"^(?:[\p{L}'’.-]+ ?){1,3}[,;] ?(?:[\p{L}'’.-]+ ?){1,3}$"
_HAN_PERSON = r"^\p{Han}{2,4}$"

# What each rule says, in the order of the rules; the first that fits decides. Those of the value
# None are told by data, not by the name: PATSTAT's sector, the register, the table of name parts.
TYPES = {
    "sector": None,
    "register": None,
    "name_part": None,
    "university": "UNIVERSITY",
    "research": "GOV NON-PROFIT",
    "government": "GOV NON-PROFIT",
    "company_form": "COMPANY",
    "hospital": "HOSPITAL",
    "non_profit": "GOV NON-PROFIT",
    "company_word": "COMPANY",
    "inventor": "INDIVIDUAL",
    "person": "INDIVIDUAL",
    "unknown": "UNKNOWN",
}


def type_rule(name: pl.Expr, words: pl.Expr) -> pl.Expr:
    """Tell by which rule a name shows what kind of applicant bears it.

    A company's legal form beats the words of research and of government, and in Chinese, Japanese
    and Korean those of universities too.

    Parameters
    ----------
    name
        Strings, as a record spells them.
    words
        The same, plain: upper case without accents and punctuation.

    Returns
    -------
    pl.Expr
        Keys of TYPES.

    Examples
    --------
    >>> import polars as pl
    >>> spelt = pl.Series("name", ["Univ. Peking", "東京研究所㈱", "Doe, Jane"])
    >>> words = pl.Series("words", ["UNIV PEKING", "東京研究所 株式会社", "DOE JANE"])
    >>> names = pl.DataFrame([spelt, words])
    >>> names.select(type_rule(pl.col("name"), pl.col("words"))).to_series().to_list()
    ['university', 'company_form', 'person']
    """
    company = words.str.contains(_COMPANY)
    company_cjk = words.str.contains(_COMPANY_CJK)
    found = {
        "university": words.str.contains(_UNIVERSITY) | (words.str.contains(_UNIVERSITY_CJK) & ~company_cjk),
        "research": words.str.contains(f"{_RESEARCH}|{_RESEARCH_CJK}") & ~company,
        "government": words.str.contains(f"{_GOVERNMENT}|{_GOVERNMENT_CJK}") & ~company,
        "company_form": company,
        "hospital": words.str.contains(f"{_HOSPITAL}|{_HOSPITAL_CJK}"),
        "non_profit": words.str.contains(f"{_NON_PROFIT}|{_NON_PROFIT_CJK}"),
        "company_word": words.str.contains(f"{_COMPANY_WORD}|{_COMPANY_WORD_CJK}"),
        "person": name.str.contains(_PERSON) | words.str.contains(_HAN_PERSON),
    }
    return pl.coalesce(*(pl.when(fits).then(pl.lit(rule)) for rule, fits in found.items()), pl.lit("unknown"))
