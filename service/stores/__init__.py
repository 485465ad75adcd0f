"""The only package that knows a Qdrant library; `open_store` picks the store that the settings name."""

from service.errors import SettingsError
from service.settings import Settings
from service.stores.catalogue import SessionStore


def open_store(settings: Settings) -> SessionStore:
    """Return the store of the settings' catalogue; nothing is opened or created yet."""
    if settings.qdrant_url:
        raise SettingsError(
            "CONFERENCE_HELPER_QDRANT_URL is set, but this version has only the embedded store. "
            "Unset it to use the data directory."
        )
    from service.stores.edge import EdgeStore

    return EdgeStore(settings.data_dir, settings.catalogue)
