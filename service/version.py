"""The version of this program."""

from functools import cache
from importlib import metadata


@cache
def own_version() -> str:
    """Return the version that is installed, 0 where the program runs from a checkout."""
    try:
        return metadata.version("conference-helper")
    except metadata.PackageNotFoundError:
        return "0"
