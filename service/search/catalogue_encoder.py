"""The encoder of a catalogue's queries: the one that embedded its sessions, opened on first use."""

import threading
from collections.abc import Callable

from service.encoder import Fingerprint, QueryEncoder, Vectors
from service.stores.manifest import Manifest, check_match


class CatalogueEncoder:
    """Opens the encoder that a manifest names, and another one when the manifest changes. Thread-safe."""

    def __init__(self, open_encoder: Callable[[Fingerprint], QueryEncoder]) -> None:
        """Take the function that opens the encoder of a fingerprint; nothing is opened yet."""
        self._open_encoder = open_encoder
        self._encoder: QueryEncoder | None = None
        self._ready: Fingerprint | None = None
        self._opening = threading.Lock()

    def encode(self, question: str, manifest: Manifest) -> Vectors:
        """Return the unit vector (dimension,) of a query. Raises MismatchError, as `open` does."""
        vector: Vectors = self.open(manifest).encode_queries([question])[0]
        self._ready = manifest.encoder
        return vector

    def is_ready(self, manifest: Manifest) -> bool:
        """Return whether a query was encoded with this manifest's encoder: the next one need not wait."""
        return self._ready == manifest.encoder

    def open(self, manifest: Manifest) -> QueryEncoder:
        """Return the encoder that embedded the catalogue, opened once; a call that comes meanwhile waits.

        Raises MismatchError if another one opens.
        """
        encoder = self._encoder
        if encoder is None or encoder.fingerprint.differences(manifest.encoder):
            with self._opening:
                encoder = self._encoder
                if encoder is None or encoder.fingerprint.differences(manifest.encoder):
                    encoder = self._open_encoder(manifest.encoder)
                    check_match(encoder.fingerprint, manifest)
                    self._encoder = encoder
        return encoder
