"""Readiness: whether the next question is answered at once."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from service.errors import ConferenceHelperError, DamagedError, NotReadyError, StoreError
from service.stores.manifest import Manifest
from service.stores.protocol import SearchableStore
from service.stores.versions import Versions


class Readiness:
    """Knows whether the served generation was rehearsed: asked what people ask first, so that it is all read.

    Only the first generation makes people wait: while a later one is rehearsed, it answers already. A server of
    another version is rehearsed anew: it may refuse what the one before it did. So is a generation that damage
    or an error that nobody expects kept from answering: other errors say nothing of the next question.
    """

    def __init__(
        self,
        store: SearchableStore,
        is_open: Callable[[Manifest], bool],
        rehearse: Callable[[], None],
    ) -> None:
        """Take what says whether a catalogue's encoder is loaded, and what rehearses the served generation."""
        self._store = store
        self._is_open = is_open
        self._rehearse = rehearse
        self._rehearsed = ""
        self._versions: Versions | None = None
        self._trouble: ConferenceHelperError | None = None
        self._unanswered: ConferenceHelperError | None = None

    @contextmanager
    def answering(self) -> Iterator[None]:
        """Answer one question in a `with` block: how that ends is what is known of the next one."""
        try:
            yield
        except DamagedError as error:
            self._unanswered = error
            raise
        except ConferenceHelperError:
            raise
        except Exception as error:  # whatever it is, questions are not answered; raised again
            self._unanswered = StoreError(
                f"The last question ended in an error that nobody expects ({error!r}). Look at the log."
            )
            raise
        self._unanswered = None

    def warm_up(self) -> None:
        """Rehearse the served generation, once. Raises what keeps it from being ready, as `check` then does."""
        try:
            manifest = self._store.manifest()
            versions = self._store.check()
            if versions != self._versions:
                self._rehearsed, self._versions = "", versions
            known = self._rehearsed == manifest.state and not self._unanswered
            if not known or not self._is_open(manifest):
                self._rehearse()
                self._rehearsed, self._unanswered = manifest.state, None
            self._trouble = None
        except ConferenceHelperError as error:
            self._trouble = error
            raise

    def check(self) -> Manifest:
        """Return what is served, if a question would be answered now.

        Raises NotReadyError before the first rehearsal, and whatever else keeps it from answering, or kept the
        last question from it.
        """
        if self._unanswered:
            raise self._unanswered
        with self._store.reading() as generation:
            self._store.check()
            if self._rehearsed and self._is_open(generation.manifest):
                return generation.manifest
        raise self._trouble or NotReadyError("The catalogue is still being opened. Try again soon.")
