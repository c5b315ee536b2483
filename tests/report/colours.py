"""How colours are seen: their contrast by WCAG 2.2, and by eyes that lack a kind of cone."""

import re
from collections.abc import Mapping

import numpy as np

# Machado, Oliveira and Fernandes (2009, IEEE TVCG 15:1291), severity 1, on linear RGB.
CONES = {
    "protanopia": [
        [0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]
    ],
    "all cones": np.eye(3).tolist(),
}  # fmt: skip
_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.072175], [0.0193339, 0.119192, 0.9503041]]
)


def linear(colour: str) -> np.ndarray:
    """Give the linear RGB of #rrggbb or #rgb, 0 to 1."""
    digits = colour.removeprefix("#")
    digits = "".join(d * 2 for d in digits) if len(digits) == 3 else digits
    value = np.array([int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)])
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    """Give the ratio of two colours' luminances, 1 to 21."""
    light, dark = sorted((float(_XYZ[1] @ linear(c)) for c in (one, other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def difference(one: str, other: str, cones: str = "all cones") -> float:
    """Give the distance of two colours in CIELAB; 2.3 is what one just sees."""
    first, second = (_lab(np.clip(np.array(CONES[cones]) @ linear(c), 0, 1)) for c in (one, other))
    return float(np.linalg.norm(first - second))


def _lab(rgb: np.ndarray) -> np.ndarray:
    xyz = _XYZ @ rgb / (_XYZ @ np.ones(3))
    f = np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def variables(css: str) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """Read the colours that a style sheet names, for light and for dark screens."""
    light, _, dark = css.partition("prefers-color-scheme: dark")
    found = [dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{3,6})\b", part)) for part in (light, dark)]
    return found[0], {**found[0], **found[1]}
