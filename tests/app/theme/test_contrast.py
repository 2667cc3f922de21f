"""Inks are read on every ground that they stand on, in both themes."""

import pytest

from app.theme import style_sheet
from app.theme.design_tokens import HUES, SHADES

TEXT_CONTRAST = 4.5  # WCAG 2.1, success criterion 1.4.3
CHIP_TINT = 0.08  # of its own ink, `.al-chip` in style.css
CHIP_INKS = sorted({*HUES.values(), "baseline"})
INKS = ("text", "soft", "accent", "good", "warning", "bad", "info")


def rgb(colour: str) -> tuple[int, ...]:
    return tuple(int(colour[at : at + 2], 16) for at in (1, 3, 5))


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.1 defines it."""
    red, green, blue = (
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
        for value in (channel / 255 for channel in rgb(colour))
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(ink: str, ground: str) -> float:
    low, high = sorted((luminance(ink), luminance(ground)))
    return (high + 0.05) / (low + 0.05)


def tinted(ink: str, ground: str) -> str:
    mixed = (round(CHIP_TINT * a + (1 - CHIP_TINT) * b) for a, b in zip(rgb(ink), rgb(ground), strict=True))
    return "#" + "".join(f"{channel:02x}" for channel in mixed)


def test_black_on_white_has_the_greatest_contrast() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("ink", INKS)
def test_an_ink_is_read_on_both_grounds(ink: str, theme: str) -> None:
    for ground in ("ground", "second"):
        assert contrast(getattr(SHADES[ink], theme), getattr(SHADES[ground], theme)) >= TEXT_CONTRAST


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("ink", CHIP_INKS)
def test_a_chip_is_read_on_its_own_tint(ink: str, theme: str) -> None:
    colour = getattr(SHADES[ink], theme)
    assert contrast(colour, tinted(colour, getattr(SHADES["ground"], theme))) >= TEXT_CONTRAST


def test_a_chip_brings_its_own_ground() -> None:
    """On a tinted row it would else be read less well than on the page."""
    percent = f"{CHIP_TINT:.0%}"
    assert f"background: color-mix(in srgb, currentColor {percent}, var(--al-ground))" in style_sheet()
