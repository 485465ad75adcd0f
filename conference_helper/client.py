"""Client: a service that runs elsewhere, asked from Python over HTTP."""

import time
from collections.abc import Callable, Iterator, Sequence
from http import HTTPStatus
from itertools import count
from typing import TYPE_CHECKING, Any, TypeVar

import httpx

from conference_helper.conference import Conference
from service import errors

if TYPE_CHECKING:
    from service.filters import Filters
    from service.query.query import Query
    from service.search.answer import Answer, SearchResult
    from service.session import Session

ERRORS: dict[str, type[errors.ConferenceHelperError]] = {
    "bad_input": errors.InputError,
    "bad_query": errors.QueryError,
    "uri_too_long": errors.QueryError,
    "bad_settings": errors.SettingsError,
    "model_unavailable": errors.ModelError,
    "not_found": errors.NotFoundError,
    "removed": errors.RemovedError,
    "unauthorized": errors.ApiKeyError,
    "forbidden": errors.ScopeError,
    "encoder_failed": errors.EncoderError,
    "store_unavailable": errors.StoreError,
    "nothing_loaded": errors.NothingLoadedError,
    "not_ready": errors.NotReadyError,
    "busy": errors.BusyError,
    "too_many_requests": errors.BusyError,
    "refused": errors.RefusedError,
    "mismatch": errors.MismatchError,
    "verification_failed": errors.VerificationError,
    "locked": errors.LockedError,
}
"""Exception class by error code of the API; ServiceError for any other code."""
_TRY_AGAIN = (
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.BAD_GATEWAY,
    HTTPStatus.SERVICE_UNAVAILABLE,
    HTTPStatus.GATEWAY_TIMEOUT,
)
_FIRST_WAIT, _LONGEST_WAIT = 0.5, 8.0
"""Seconds before another try, doubled each time, where the service does not say."""

T = TypeVar("T")
Parameters = Sequence[tuple[str, str]]


class Client(Conference):
    """A service that runs elsewhere; `key` is sent where it wants API keys.

    >>> client = Client("https://ask.example.org")
    >>> client.search("wastewater early warning").results[0].session.title
    'Counting Virus in the Sewer: Wastewater as an Early Signal'
    """

    def __init__(
        self,
        url: str,
        key: str | None = None,
        *,
        timeout: float = 10.0,
        patience: float = 60.0,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        """Prepare requests to a service's `url`; nothing is sent yet. Raises InputError if it is invalid.

        An answer is waited for `timeout` seconds. Where the service is away, or asks to come back later, it is
        asked again for up to `patience` seconds, no sooner than it says. `transport` sends requests in place of
        the network.
        """
        try:
            parsed = httpx.URL(url)
        except httpx.InvalidURL as error:
            raise _no_address(url) from error
        if parsed.scheme not in ("http", "https") or not parsed.host:
            raise _no_address(url)
        if key and parsed.userinfo:
            raise errors.InputError(
                "Give either a key or a user in the address: requests carry one of them."
            )
        without_password = parsed.copy_with(userinfo=b"")
        self._url = str(without_password).rstrip("/")  # messages have it
        self._patience = patience
        self._http = httpx.Client(
            base_url=f"{url.rstrip('/')}/",
            headers=_authorization(key),
            timeout=timeout,
            transport=transport,
        )

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def _search(self, query: "Query") -> "Answer":
        from service.search.decoding import decode_answer

        parameters = [("q", query.text), ("limit", str(query.limit)), ("mode", query.mode)]
        parameters += [("fold", _switch(query.fold)), ("interpret", _switch(query.interpret))]
        parameters += [("diversity", str(query.diversity))]
        parameters += [("ignore", kind) for kind in query.ignore]
        if query.now:
            parameters.append(("now", query.now.isoformat()))
        return self._get("api/search", [*parameters, *_told(query.filters)], decode_answer)

    def _session(self, id: str) -> "Session":
        from service.search.decoding import decode_session

        return self._get(f"api/sessions/{id}", [], decode_session)

    def _similar(self, id: str, query: "Query") -> "tuple[SearchResult, ...]":
        from service.search.decoding import decode_results

        parameters = [("limit", str(query.limit)), *_told(query.filters)]
        return self._get(
            f"api/sessions/{id}/similar",
            parameters,
            lambda values: decode_results(values["results"]),
        )

    def _programme(self, filters: "Filters", part: str) -> dict[str, Any]:
        parameters = [*_told(filters), *([("part", part)] if part else [])]
        return self._get("api/programme", parameters, dict)

    def _get(self, path: str, parameters: Parameters, decode: Callable[[Any], T]) -> T:
        """Return what the service answers, decoded; asked again while it says so and patience lasts."""
        until = time.monotonic() + self._patience
        for attempt in count():
            wait = min(_FIRST_WAIT * 2**attempt, _LONGEST_WAIT)
            try:
                response = self._http.get(path, params=tuple(parameters))
            except httpx.TransportError as error:
                if time.monotonic() + wait > until:
                    raise errors.ServiceError(
                        f"{self._url} cannot be reached: {error}. See whether the service runs."
                    ) from error
            else:
                if response.is_success:
                    return self._decode(response, decode)
                wait = _wait_of(response, wait)
                if response.status_code not in _TRY_AGAIN or time.monotonic() + wait > until:
                    raise self._error(response)
            time.sleep(wait)
        raise AssertionError  # pragma: no cover -- the loop ends by itself

    def _decode(self, response: httpx.Response, decode: Callable[[Any], T]) -> T:
        try:
            return decode(response.json())
        except (AttributeError, KeyError, TypeError, ValueError, errors.DamagedError) as error:
            raise self._unknown(response) from error

    def _error(self, response: httpx.Response) -> errors.ConferenceHelperError:
        """Return the exception for an error response."""
        try:
            told = response.json()["error"]
            code, message = str(told["code"]), str(told["message"])
        except (KeyError, TypeError, ValueError):
            return self._unknown(response)
        kind = ERRORS.get(code, errors.ServiceError)
        return errors.LockedError(message, "") if kind is errors.LockedError else kind(message)

    def _unknown(self, response: httpx.Response) -> errors.ServiceError:
        return errors.ServiceError(
            f"{self._url} answered {response.status_code}, and not as this version of Conference Helper does. "
            "Check the address, and the version of the service."
        )


def _wait_of(response: httpx.Response, otherwise: float) -> float:
    """Return the seconds after which the service says to ask again; no more often than twice a second."""
    said = response.headers.get("Retry-After", "")
    return max(float(said), _FIRST_WAIT) if said.isascii() and said.isdigit() else otherwise


def _authorization(key: str | None) -> dict[str, str]:
    """Return the header that sends a key. Raises InputError, which does not quote it, if it cannot be one."""
    if not key:
        return {}
    key = key.strip()
    if not (key and key.isascii() and key.isprintable()):
        raise errors.InputError(
            "This is no API key. Give it as `conference-helper key new` printed it."
        )
    return {"Authorization": f"Bearer {key}"}


def _told(filters: "Filters") -> Iterator[tuple[str, str]]:
    return ((name, str(value)) for name, values in filters.items() for value in values)


def _switch(on: bool) -> str:
    return "true" if on else "false"


def _no_address(url: str) -> errors.InputError:
    return errors.InputError(
        f"{url!r} is no address of a service. Give that of its page, such as https://ask.example.org"
    )
