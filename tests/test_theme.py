"""A site's accent colour stays readable, whatever it is."""

import re
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from service import web
from service.web.theme import MIN_CONTRAST, contrast, readable, write_theme

WHITE, BLACK = (255, 255, 255), (0, 0, 0)
part = st.integers(0, 255)


def test_contrast_is_that_of_wcag() -> None:
    assert round(contrast(WHITE, BLACK), 2) == 21
    assert round(contrast((0x77, 0x77, 0x77), WHITE), 2) == 4.48
    assert contrast(WHITE, WHITE) == 1


def test_a_colour_that_can_be_read_is_kept() -> None:
    assert readable((0x0B, 0x6E, 0x66), WHITE) == (0x0B, 0x6E, 0x66)


@given(st.tuples(part, part, part))
def test_every_colour_can_be_read_in_light_and_dark(colour: tuple[int, int, int]) -> None:
    theme = write_theme("#" + "".join(f"{value:02x}" for value in colour))
    found = re.findall(r"--(accent|accent-strong|on-accent): (#[0-9a-f]{6});", theme)
    assert [name for name, _ in found] == ["accent", "accent-strong", "on-accent"] * 2
    values = [tuple(bytes.fromhex(value[1:])) for _, value in found]
    for ground, (accent, strong, on) in (
        ((255, 255, 255), values[:3]),
        ((0x1B, 0x1F, 0x25), values[3:]),
    ):
        for text in (accent, strong):
            assert contrast(tuple(text), ground) >= MIN_CONTRAST  # type: ignore[arg-type]  # of three
            assert contrast(tuple(text), tuple(on)) >= MIN_CONTRAST  # type: ignore[arg-type]  # of three


def test_the_dark_scheme_changes_colours_and_shadows_alone() -> None:
    sheets = (Path(web.__file__).parent / "static").glob("*.css")
    dark = [
        rules
        for sheet in sheets
        for rules in re.findall(
            r"@media [^{]*prefers-color-scheme[^{]*\{(.*?)\n\}", sheet.read_text("utf-8"), re.DOTALL
        )
    ]
    assert len(dark) == 1
    set_to = re.findall(r"([\w-]+): ([^;]+);", dark[0])
    assert len(set_to) == dark[0].count(";") > 10
    for name, value in set_to:
        assert name.startswith("--")
        assert value.startswith("#") or (name, value) == ("--shadow", "none")
