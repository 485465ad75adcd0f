"""Wires settings, encoders and stores together for the commands."""

from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
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


def searcher_for(
    settings: Settings,
    store: "SessionStore",
    *,
    serving: bool = False,
    opened: "QueryEncoder | None" = None,
) -> "Searcher":
    """Return a searcher over the store that embeds questions with the catalogue's own encoder.

    One that is `serving` takes longer to start, and answers many questions at a time. An encoder that is
    `opened` is taken for the catalogues that it embedded.
    """
    from service.search.searcher import Searcher

    def open_encoder(fingerprint: "Fingerprint") -> "QueryEncoder":
        if opened and not opened.fingerprint.differences(fingerprint):
            return opened
        return query_encoder(settings, fingerprint, serving=serving)

    return Searcher(store, open_encoder, off_topic=settings.files.off_topic)


def served_encoder(settings: Settings) -> "QueryEncoder | None":
    """Return the encoder of what is served embedded, for processes that are forked to share in memory.

    None where it is not exported yet, another one is chosen or anything is wrong: each process then opens its
    own, or says why not. Neither torch nor a client of gRPC works after a fork, so they are left to those too.
    """
    from service.encoders.open import open_exported
    from service.encoders.sharing import SharedEncoder

    if settings.qdrant.url:
        return None
    with closing(open_store(settings)) as store, suppress(errors.ConferenceHelperError):
        fingerprint = store.manifest().encoder
        if chosen_model(settings, fingerprint) == ChosenModel.of(fingerprint):
            options = replace(_options(settings), precision=fingerprint.precision, serving=True)
            encoder = open_exported(fingerprint, options)
            return SharedEncoder(encoder) if encoder else None
    return None


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
    if chosen == ChosenModel.of(fingerprint):
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

    @classmethod
    def of(cls, fingerprint: "Fingerprint") -> "ChosenModel":
        """Return the model that embedded a catalogue."""
        return cls(fingerprint.model, fingerprint.revision or None, fingerprint.window)


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
