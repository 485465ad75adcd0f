"""Settings of how the page looks: its name, logo, colour, examples and footer."""

from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_settings import NoDecode

from service.settings.addresses import Link
from service.settings.data_dir import OwnPath

LOGO_TYPES = {
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".webp": "image/webp",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
}
"""The type of a logo by the ending of its file."""
_MAX_LOGO = 200_000
"""Bytes of a logo."""


def _split(given: Any) -> Any:
    return (
        [part.strip() for part in given.split(";") if part.strip()]
        if isinstance(given, str)
        else given
    )


def _check_logo(path: Path) -> Path:
    if path.suffix.lower() not in LOGO_TYPES:
        raise ValueError(f"name a file that ends in {', '.join(LOGO_TYPES)}")
    try:
        size = path.stat().st_size if path.is_file() else None
    except OSError as error:
        raise ValueError(f"{path} cannot be read: {error.strerror}") from error
    if size is None:
        raise ValueError(f"{path} is no file")
    if size > _MAX_LOGO:
        raise ValueError(f"{path} has {size:,} bytes; make it at most {_MAX_LOGO:,}")
    return path


class SiteSettings(BaseModel):
    """How the page looks: variables that begin with SITE_."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    name: Annotated[str, Field(min_length=1, max_length=60)] = "Conference Helper"
    """Name of the site, in the head of every page and in titles."""
    logo: Annotated[OwnPath, AfterValidator(_check_logo)] | None = None
    """File with the logo (SVG, PNG, WebP or JPEG, at most 200 kB), shown 28 pixels high beside the name."""
    accent: Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$")] | None = None
    """Colour of links and buttons, such as #8a1c5b. It is made darker or lighter where it would be hard to
    read."""
    examples: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split)] = ()
    """Questions that the first page offers, separated by semicolons; tracks and titles of what is loaded when
    unset."""
    footer: Annotated[str, Field(max_length=500)] = ""
    """Text at the foot of every page, in place of the sentence about how answers are found."""
    imprint: Link | None = None
    """Where the imprint is; linked at the foot of every page."""
