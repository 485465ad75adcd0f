"""The encoder of a catalogue's questions: the one that embedded its sessions, opened when it is needed."""

import threading
from collections.abc import Callable

from service.encoder import Encoder, Fingerprint, Vectors
from service.errors import MismatchError
from service.stores.manifest import Manifest
from service.verdict.judge import Bank


class CatalogueEncoder:
    """Encodes questions as a manifest wants them, and follows it to another encoder. Safe for many threads."""

    def __init__(self, open_encoder: Callable[[Fingerprint], Encoder]) -> None:
        """Keep the way to open the encoder that a fingerprint names; nothing is opened yet."""
        self._open = open_encoder
        self._encoder: Encoder | None = None
        self._ready: Fingerprint | None = None
        self._opening = threading.Lock()
        self._bank: tuple[Encoder, Bank] | None = None

    def encode(self, question: str, manifest: Manifest) -> Vectors:
        """Return the unit vector (dimension,) of a question.

        Raises MismatchError if the encoder that opens is not the one that embedded the catalogue.
        """
        vector: Vectors = self._matching(manifest).encode_queries([question])[0]
        self._ready = manifest.encoder
        return vector

    def is_ready(self, manifest: Manifest) -> bool:
        """Return whether a question was encoded for this manifest's encoder: the next one need not wait."""
        return self._ready == manifest.encoder

    def everyday(self, manifest: Manifest) -> Bank:
        """Return the everyday questions, embedded once for each encoder."""
        encoder = self._matching(manifest)
        with self._opening:
            if self._bank is None or self._bank[0] is not encoder:
                self._bank = (encoder, Bank(encoder))
            return self._bank[1]

    def _matching(self, manifest: Manifest) -> Encoder:
        encoder = self._encoder
        if encoder is None or encoder.fingerprint.differences(manifest.encoder):
            with self._opening:
                encoder = self._encoder
                if encoder is None or encoder.fingerprint.differences(manifest.encoder):
                    encoder = self._open(manifest.encoder)
                    _check_match(encoder.fingerprint, manifest)
                    self._encoder = encoder
        return encoder


def _check_match(encoder: Fingerprint, manifest: Manifest) -> None:
    """Raise MismatchError unless `encoder` is the one that embedded the catalogue."""
    differences = encoder.differences(manifest.encoder)
    if differences:
        raise MismatchError(
            f"The catalogue was embedded with {manifest.encoder.model} (window "
            f"{manifest.encoder.window}), but the chosen encoder is {encoder.model} (window "
            f"{encoder.window}): they differ in {', '.join(differences)}. Unset "
            "CONFERENCE_HELPER_MODEL and CONFERENCE_HELPER_WINDOW to use the catalogue's own, or "
            "embed it anew: conference-helper load SOURCE --model MODEL"
        )
