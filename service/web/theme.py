"""The accent colour of a site, made readable in light and dark: a small style sheet over page.css."""

import colorsys

MIN_CONTRAST = 4.5
"""The contrast of text that WCAG 2.2 asks for (1.4.3, level AA)."""
_LIGHT, _DARK = (0xF6, 0xF6, 0xF3), (0x1B, 0x1F, 0x25)
"""The grounds of page.css with the least contrast to an accent, light and dark."""
_STEP = 0.01

Colour = tuple[int, int, int]


def write_theme(accent: str) -> str:
    """Return a style sheet with an accent (#rrggbb) and what follows from it, for light and dark."""
    colour = _parse(accent)
    light, dark = readable(colour, _LIGHT), readable(colour, _DARK)
    return (
        f":root {{\n{_variables(light, _mixed(light, (0, 0, 0), 0.25))}}}\n"
        f"@media (prefers-color-scheme: dark) {{\n  :root {{\n"
        f"{_variables(dark, _mixed(dark, (255, 255, 255), 0.25))}  }}\n}}\n"
    )


def readable(colour: Colour, ground: Colour) -> Colour:
    """Return the colour, darker or lighter where it must be to be read as text on the ground."""
    hue, light, saturation = colorsys.rgb_to_hls(*(part / 255 for part in colour))
    step = -_STEP if _luminance(ground) > 0.5 else _STEP
    while contrast(colour, ground) < MIN_CONTRAST:
        light += step
        red, green, blue = colorsys.hls_to_rgb(hue, min(max(light, 0), 1), saturation)
        colour = (round(red * 255), round(green * 255), round(blue * 255))
    return colour


def contrast(one: Colour, other: Colour) -> float:
    """Return the contrast of two colours, 1 to 21, as WCAG 2.2 defines it."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _variables(accent: Colour, strong: Colour) -> str:
    white, black = (255, 255, 255), (0, 0, 0)
    on = white if contrast(accent, white) >= MIN_CONTRAST else black
    told = {"accent": accent, "accent-strong": strong, "on-accent": on}
    return "".join(f"    --{name}: {_written(colour)};\n" for name, colour in told.items())


def _luminance(colour: Colour) -> float:
    """Return the relative luminance of a colour, 0 to 1, as WCAG 2.2 defines it."""
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (value / 255 for value in colour)
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _mixed(colour: Colour, other: Colour, share: float) -> Colour:
    red, green, blue = (
        round(one * (1 - share) + two * share) for one, two in zip(colour, other, strict=True)
    )
    return red, green, blue


def _parse(text: str) -> Colour:
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)


def _written(colour: Colour) -> str:
    return "#" + "".join(f"{part:02x}" for part in colour)
