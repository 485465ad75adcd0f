"""Wires settings, encoders and stores together for the commands."""

from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from service import errors
from service.runtime import deadline
from service.settings import Settings
from service.stores import open_store

if TYPE_CHECKING:
    from collections.abc import Iterator

    from service.encoder import Encoder, Fingerprint, QueryEncoder
    from service.encoders.open import EncoderOptions
    from service.search.searcher import Searcher
    from service.stores.protocol import SessionStore

_QUERY_TIMEOUT = 60.0
"""Deadline of a single query in seconds, including the time to load its encoder."""


@contextmanager
def open_searcher(settings: Settings) -> "Iterator[Searcher]":
    """Open a searcher for one query; a server that is away is not retried for as long as a load does."""
    with closing(open_store(settings)) as store, deadline.within(_QUERY_TIMEOUT):
        yield searcher_for(settings, store)


def searcher_for(settings: Settings, store: "SessionStore", *, serving: bool = False) -> "Searcher":
    """Return a searcher over the store that embeds questions with the catalogue's own encoder.

    One that is `serving` takes longer to start, and answers many questions at a time.
    """
    from service.search.searcher import Searcher

    encoder = partial(query_encoder, settings, serving=serving)
    return Searcher(store, encoder, off_topic=settings.files.off_topic)


def query_encoder(
    settings: Settings, fingerprint: "Fingerprint", *, serving: bool = False
) -> "QueryEncoder":
    """Return the encoder of a catalogue's questions; one that is `serving` is shared by threads and caches."""
    encoder = catalogue_encoder(settings, fingerprint, serving=serving)
    if not serving:
        return encoder
    from service.encoders.sharing import SharedEncoder

    return SharedEncoder(encoder)


def catalogue_encoder(
    settings: Settings, fingerprint: "Fingerprint", *, serving: bool = False
) -> "Encoder":
    """Return the encoder that the settings choose, else the one that embedded the catalogue."""
    from service.encoders.open import open_catalogue_encoder, open_encoder

    options = replace(_options(settings), precision=fingerprint.precision, serving=serving)
    chosen = chosen_model(settings, fingerprint)
    own = ChosenModel(fingerprint.model, fingerprint.revision or None, fingerprint.window)
    if chosen == own:
        return open_catalogue_encoder(fingerprint, options)
    return open_encoder(
        chosen.name, revision=chosen.revision, window=chosen.window, options=options
    )


def loading_encoder(settings: Settings, store: "SessionStore") -> "Encoder":
    """Return the encoder that the settings choose, else the catalogue's own, else the default one."""
    from service.encoders.open import open_encoder

    served = served_fingerprint(store)
    chosen = chosen_model(settings, served)
    return open_encoder(
        chosen.name,
        revision=chosen.revision,
        window=chosen.window,
        catalogue=served,
        options=_options(settings),
    )


def export_chosen(settings: Settings, store: "SessionStore") -> dict[str, Any]:
    """Export the model that a load would use, anew if it was before; return what was made.

    Raises ModelError, with the reason, for a model that cannot be exported.
    """
    from service.encoders.open import export_model

    served = served_fingerprint(store)
    chosen = chosen_model(settings, served)
    own = served if served and chosen.name == served.model else None
    return export_model(
        chosen.name,
        revision=chosen.revision,
        window=chosen.window,
        precision=settings.precision or (own.precision if own else None),
        models=settings.files.models,
        device=settings.device,
    )


@dataclass(frozen=True, slots=True)
class ChosenModel:
    """A model's name or folder, its revision and its window; None is the default of each."""

    name: str | None
    revision: str | None
    window: int | None


def chosen_model(settings: Settings, served: "Fingerprint | None") -> ChosenModel:
    """Return the configured model; what is unset is the served catalogue's, if that has the same model."""
    own = served if served and settings.model in (None, served.model) else None
    return ChosenModel(
        settings.model or (own.model if own else None),
        settings.model_revision or (own.revision if own else None) or None,
        settings.window or (own.window if own else None),
    )


def served_fingerprint(store: "SessionStore") -> "Fingerprint | None":
    """Return the fingerprint of the encoder that embedded what is served, None before the first load."""
    try:
        return store.manifest().encoder
    except errors.NothingLoadedError:
        return None


def _options(settings: Settings) -> "EncoderOptions":
    from service.encoders.open import EncoderOptions

    return EncoderOptions(
        settings.encoder,
        models=settings.files.models,
        precision=settings.precision,
        device=settings.device,
    )
