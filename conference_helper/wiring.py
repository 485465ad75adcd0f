"""Wires settings, encoders and stores together for the commands."""

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from service import errors
from service.settings import Settings

if TYPE_CHECKING:
    from service.encoder import Encoder, Fingerprint
    from service.encoders import Choice
    from service.search import Searcher
    from service.stores.catalogue import SessionStore


def searcher_for(settings: Settings, store: "SessionStore", *, lasting: bool = False) -> "Searcher":
    """Return a searcher over the store that embeds questions with the catalogue's own encoder.

    One that is `lasting` will be asked much, by many at a time.
    """
    from service.search import Searcher

    return Searcher(store, partial(answering_encoder, settings, lasting=lasting))


def answering_encoder(
    settings: Settings, fingerprint: "Fingerprint", *, lasting: bool = False
) -> "Encoder":
    """Return the encoder of a catalogue's questions, shared by threads and with a memory if `lasting`."""
    encoder = catalogue_encoder(settings, fingerprint, lasting=lasting)
    if not lasting:
        return encoder
    from service.encoders.sharing import SharedEncoder

    return SharedEncoder(encoder)


def catalogue_encoder(
    settings: Settings, fingerprint: "Fingerprint", *, lasting: bool = False
) -> "Encoder":
    """Return the encoder that the settings choose, else the one that embedded the catalogue."""
    from service.encoders import open_catalogue_encoder, open_encoder

    choice = replace(_choice(settings), precision=fingerprint.precision, lasting=lasting)
    if (
        settings.model in (None, fingerprint.model)
        and settings.model_revision in (None, fingerprint.revision)
        and settings.window in (None, fingerprint.window)
    ):
        return open_catalogue_encoder(fingerprint, choice)
    return open_encoder(
        settings.model or fingerprint.model,
        revision=settings.model_revision or fingerprint.revision or None,
        window=settings.window or fingerprint.window,
        choice=choice,
    )


def loading_encoder(settings: Settings, store: "SessionStore") -> "Encoder":
    """Return the encoder that the settings choose, else the catalogue's own, else the default one."""
    from service.encoders import open_encoder

    try:
        fingerprint = store.manifest().encoder
    except errors.NothingLoadedError:
        fingerprint = None
    own = fingerprint if fingerprint and not settings.model else None
    return open_encoder(
        own.model if own else settings.model,
        revision=settings.model_revision or (own and own.revision) or None,
        window=settings.window or (own.window if own else None),
        catalogue=fingerprint,
        choice=_choice(settings),
    )


def export_chosen(settings: Settings, store: "SessionStore") -> dict[str, Any]:
    """Export the model that a load would use, anew if it was before; return what was made.

    Raises ModelError, with the reason, for a model that cannot be exported.
    """
    from service.encoders import export_model

    try:
        own = store.manifest().encoder
    except errors.NothingLoadedError:
        own = None
    if own and settings.model not in (None, own.model):
        own = None
    return export_model(
        settings.model or (own.model if own else None),
        revision=settings.model_revision or (own.revision if own else None) or None,
        window=settings.window or (own.window if own else None),
        precision=settings.precision or (own.precision if own else None),
        models=settings.data_dir / "models",
    )


def _choice(settings: Settings) -> "Choice":
    from service.encoders import Choice

    return Choice(
        settings.encoder,
        models=settings.data_dir / "models",
        precision=settings.precision,
        device=settings.device,
    )
