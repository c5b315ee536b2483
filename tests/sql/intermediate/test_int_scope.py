"""How many classes a family has, and how spread they are."""

from tests.sql.intermediate.network import side_by_side


def test_scope_and_spread():
    expected = {
        # (sc, mg, conv, xsec)
        "G06N3/02 G06N3/08": (1, 1, 0, 0),
        "G06N3/02 H01L21/00": (2, 2, 0.5, 1),
        "G06N3/02 G06N5/00 G06N7/00 H01L21/00": (2, 4, 0.375, 1),  # 1 - 9/16 - 1/16
        "G06N3/02 G06T1/00 A61B5/00 H04L9/00": (4, 4, 0.75, 2),
        "G06N H01L": (2, None, 0.5, 1),  # no main group is known
        "G06N G06N3/02 H01L21/00": (2, 2, 0.5, 1),  # the bare one says nothing more
    }
    found = side_by_side([({"f": ("2010-01-01", symbols)}, []) for symbols in expected])
    told = [tuple(each["f"][name] for name in ("sc", "mg", "conv", "xsec")) for each in found]
    assert dict(zip(expected, told, strict=True)) == expected
