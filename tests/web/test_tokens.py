"""Every pair of text and ground keeps 4.5:1 (WCAG 2.2 AA), in light and in dark."""

import re
from itertools import product
from pathlib import Path

import pytest

import app.portal

TOKENS = Path(app.portal.__file__).parent / "static" / "tokens.css"
PAIRS = [
    *product(("ink", "quiet", "accent", "accent-hover"), ("ground", "surface", "raised")),
    *product(("good", "attention", "bad", "info"), ("surface", "ground")),
    *((word, f"{word}-wash") for word in ("good", "attention", "bad", "info", "accent")),
    *product(("ink",), ("good-wash", "attention-wash", "bad-wash", "info-wash")),
    ("accent-ink", "accent"),
    ("accent-ink", "accent-hover"),
]


def palettes() -> dict[str, dict[str, str]]:
    light, dark = TOKENS.read_text().split("@media (prefers-color-scheme: dark)")
    found = [dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6});", part)) for part in (light, dark)]
    return dict(zip(("light", "dark"), found, strict=True))


def brightness(colour: str) -> float:
    """Relative luminance as WCAG defines it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((brightness(one), brightness(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_the_measure_is_wcags() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("palette", ["light", "dark"])
def test_every_pair_can_be_read(palette: str) -> None:
    colours = palettes()[palette]
    weak = {
        f"{text} on {ground}": round(contrast(colours[text], colours[ground]), 2)
        for text, ground in PAIRS
        if contrast(colours[text], colours[ground]) < 4.5
    }
    assert weak == {}


@pytest.mark.parametrize("palette", ["light", "dark"])
def test_the_edges_of_fields_can_be_seen(palette: str) -> None:
    colours = palettes()[palette]
    assert contrast(colours["line-strong"], colours["surface"]) >= 3
