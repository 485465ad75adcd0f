"""Web addresses as sources, by their names alone: what fetches them takes long to import."""

import re
from pathlib import Path

from loaders.records.text import drop_surrogates

_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://|(?:data|mailto|javascript):", re.I)
_USER = re.compile(r"(?<=//)[^/?#]*@")


def is_address(name: str) -> bool:
    """Return whether a source is a URL rather than a path."""
    return _ADDRESS.match(name) is not None and not Path(name[:200].replace("\0", "")).exists()


def source_name(origin: str) -> str:
    """Return what a catalogue's manifest calls a source: a file's name, an address without its query."""
    if is_address(origin):
        return re.split("[?#]", without_user(origin), maxsplit=1)[0]
    return Path(origin).name


def without_user(address: str) -> str:
    """Return an address without the user and password in it."""
    return _USER.sub("", drop_surrogates(address), count=1)
