"""The command line and the Python API; wires settings, encoder, store, loaders and web together.

For Python programs: `Client` asks a service, `Catalogue` the catalogue on this machine, both as a `Conference`.
Each is imported when it is first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from conference_helper.client import Client
    from conference_helper.conference import Conference
    from conference_helper.embedded import Catalogue

__all__ = ["Catalogue", "Client", "Conference"]

_HOMES = {"Catalogue": "embedded", "Client": "client", "Conference": "conference"}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
