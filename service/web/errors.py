"""Errors to answers: the only place that knows status codes."""

import logging
from http import HTTPStatus

from flask import Response, jsonify, make_response, render_template, request
from werkzeug.exceptions import HTTPException

from service import errors

STATUS: dict[type[errors.ConferenceHelperError], tuple[HTTPStatus, str]] = {
    errors.InputError: (HTTPStatus.BAD_REQUEST, "bad_input"),
    errors.QueryError: (HTTPStatus.BAD_REQUEST, "bad_query"),
    # Not the asker's doing: the program was started with something that it cannot use.
    errors.SettingsError: (HTTPStatus.INTERNAL_SERVER_ERROR, "bad_settings"),
    errors.ModelError: (HTTPStatus.SERVICE_UNAVAILABLE, "model_unavailable"),
    errors.NotFoundError: (HTTPStatus.NOT_FOUND, "not_found"),
    errors.EncoderError: (HTTPStatus.INTERNAL_SERVER_ERROR, "encoder_failed"),
    errors.StoreError: (HTTPStatus.SERVICE_UNAVAILABLE, "store_unavailable"),
    errors.NothingLoadedError: (HTTPStatus.SERVICE_UNAVAILABLE, "nothing_loaded"),
    errors.NotReadyError: (HTTPStatus.SERVICE_UNAVAILABLE, "not_ready"),
    errors.BusyError: (HTTPStatus.SERVICE_UNAVAILABLE, "busy"),
    errors.RefusedError: (HTTPStatus.CONFLICT, "refused"),
    errors.MismatchError: (HTTPStatus.SERVICE_UNAVAILABLE, "mismatch"),
    errors.VerificationError: (HTTPStatus.INTERNAL_SERVER_ERROR, "verification_failed"),
    errors.LockedError: (HTTPStatus.SERVICE_UNAVAILABLE, "locked"),
}
"""Status and code of each error; one that is not here has those of its nearest ancestor that is."""

RETRY_AFTER = "10"
"""Seconds after which a 503 may be over."""

_OPERATORS = (errors.SettingsError, errors.ModelError, errors.EncoderError, errors.StoreError)
"""What only whoever runs the service can mend: the words name hosts and paths, and are for the log alone."""
_LOGGED = (
    "This cannot be answered just now. Try again in a moment. If it lasts, tell whoever runs the service: "
    "its log says what is wrong."
)
_UNEXPECTED = (HTTPStatus.INTERNAL_SERVER_ERROR, "unexpected")
_JSON_PATHS = ("api", "openapi.json", "livez", "readyz")
_MESSAGES = {
    HTTPStatus.NOT_FOUND: "There is nothing at this address.",
    HTTPStatus.METHOD_NOT_ALLOWED: "This address can only be read: use GET or HEAD.",
}

log = logging.getLogger(__name__)


def note_failure(error: errors.ConferenceHelperError) -> HTTPStatus:
    """Return the status that says what kind of error it is; what is not the asker's doing is logged."""
    status, _ = _mapped(error)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        log.warning("%s answered %d: %s", request.path, status, error)
    return status


def words_of(error: errors.ConferenceHelperError) -> str:
    """Return what is told to whoever asked."""
    return _LOGGED if isinstance(error, _OPERATORS) else str(error)


def code_of(error: errors.ConferenceHelperError) -> str:
    """Return the error's code, a word that programs can compare."""
    return _mapped(error)[1]


def answer(error: Exception) -> Response:
    """Return the answer to what ended in `error`: JSON for programs, a page for people."""
    if isinstance(error, HTTPException):
        return _answer_http(error)
    if isinstance(error, errors.ConferenceHelperError):
        status, code, message = note_failure(error), code_of(error), words_of(error)
    else:
        status, code = _UNEXPECTED
        message = "Something went wrong here. It was noted; try again later."
        log.error("%s failed", request.path, exc_info=error)
    return _body(status, code, message)


def unavailable(code: str, message: str) -> Response:
    """Return the JSON answer of a service that cannot be used now."""
    return finish(_as_json(code, message), HTTPStatus.SERVICE_UNAVAILABLE)


def finish(response: Response, status: HTTPStatus) -> Response:
    """Give an error's answer its status, and say when to try again if that may help."""
    response.status_code = status
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        response.headers["Retry-After"] = RETRY_AFTER
    return response


def _answer_http(error: HTTPException) -> Response:
    given = error.get_response()
    if error.code is None or given.status_code < HTTPStatus.BAD_REQUEST:
        return make_response(given)
    status = HTTPStatus(given.status_code)
    code = status.phrase.lower().replace(" ", "_").replace("-", "_")
    response = _body(status, code, _MESSAGES.get(status) or f"{status.phrase}.")
    if "Allow" in given.headers:
        response.headers["Allow"] = given.headers["Allow"]
    return response


def _mapped(error: errors.ConferenceHelperError) -> tuple[HTTPStatus, str]:
    return next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), _UNEXPECTED)


def _body(status: HTTPStatus, code: str, message: str) -> Response:
    if request.path.split("/")[1] in _JSON_PATHS:
        return finish(_as_json(code, message), status)
    page = render_template("error.html", message=message, status=status)
    return finish(make_response(page), status)


def _as_json(code: str, message: str) -> Response:
    return jsonify(error={"code": code, "message": message})
