"""The only package that knows a Qdrant library; `open_store` picks the store that the settings name."""

from typing import TYPE_CHECKING

from service.settings import Settings

if TYPE_CHECKING:
    from service.stores.protocol import SessionStore


def open_store(settings: Settings) -> "SessionStore":
    """Return the store of the settings' catalogue; nothing is opened or created yet."""
    if settings.qdrant.url:
        from service.stores.server.store import ServerStore

        return ServerStore(settings.qdrant, settings.catalogue)
    return open_embedded(settings)


def open_embedded(settings: Settings) -> "SessionStore":
    """Return the embedded store of the settings' catalogue, whether or not they name a server."""
    from service.stores.edge.store import EdgeStore

    return EdgeStore(settings.data_dir, settings.catalogue)
