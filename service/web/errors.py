"""Errors as HTTP responses: the only place that knows status codes."""

import logging
from http import HTTPStatus

from flask import Flask, Response, jsonify, make_response, render_template, request
from werkzeug.exceptions import HTTPException

from service import errors
from service.runtime.tracebacks import describe
from service.web import outages

STATUS: dict[type[errors.ConferenceHelperError], tuple[HTTPStatus, str]] = {
    errors.InputError: (HTTPStatus.BAD_REQUEST, "bad_input"),
    errors.QueryError: (HTTPStatus.BAD_REQUEST, "bad_query"),
    # Not the client's fault: the program was started with a setting that it cannot use.
    errors.SettingsError: (HTTPStatus.INTERNAL_SERVER_ERROR, "bad_settings"),
    errors.ModelError: (HTTPStatus.SERVICE_UNAVAILABLE, "model_unavailable"),
    errors.NotFoundError: (HTTPStatus.NOT_FOUND, "not_found"),
    errors.RemovedError: (HTTPStatus.GONE, "removed"),
    errors.ApiKeyError: (HTTPStatus.UNAUTHORIZED, "unauthorized"),
    errors.ScopeError: (HTTPStatus.FORBIDDEN, "forbidden"),
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
"""Status and code of each error; one that is not listed has those of its nearest listed base class."""

RETRY_AFTER = "10"
"""Seconds after which a client may try again where the status is 503."""

_OPERATOR_ERRORS = (errors.SettingsError, errors.ModelError, errors.EncoderError, errors.StoreError)
"""Only an operator can mend these. Their details (hosts, paths) go to the log only."""
_OPERATOR_MESSAGE = (
    "This cannot be answered just now. Try again in a moment. If it lasts, tell whoever runs the service: "
    "its log says what is wrong."
)
UNEXPECTED = "unexpected"
"""The code of an error that nobody thought of."""
_UNEXPECTED = (HTTPStatus.INTERNAL_SERVER_ERROR, UNEXPECTED)
_JSON_PATHS = ("api", "mcp", "openapi.json", "livez", "readyz")
_MESSAGES = {
    HTTPStatus.NOT_FOUND: "There is nothing at this address.",
    HTTPStatus.TOO_MANY_REQUESTS: "Too many requests came from this address, or with this key. "
    "Try again in a minute.",
    HTTPStatus.REQUEST_URI_TOO_LONG: "The address is too long. Ask a shorter question, or name fewer sessions.",
}
_CODES = {HTTPStatus.REQUEST_URI_TOO_LONG: "uri_too_long"}
"""Codes that are not made of the status's phrase, which Python changed."""

log = logging.getLogger(__name__)


def install(app: Flask) -> None:
    """Answer every error of the app, and have Flask log those of hooks as all others are."""
    app.register_error_handler(Exception, handle)
    app.logger.addFilter(_without_values)


def log_failure(error: errors.ConferenceHelperError) -> HTTPStatus:
    """Return the status of an error; one that is not the client's fault is logged, see `outages`."""
    status, code = _mapped(error)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        outages.failed(code, str(error))
    return status


def public_message(error: errors.ConferenceHelperError) -> str:
    """Return the message for the client."""
    return _OPERATOR_MESSAGE if isinstance(error, _OPERATOR_ERRORS) else str(error)


def code_of(error: errors.ConferenceHelperError) -> str:
    """Return the error's code, which programs can compare."""
    return _mapped(error)[1]


def handle(error: Exception) -> Response:
    """Return the response to a request that raised `error`: JSON under the API's paths, else a page."""
    if isinstance(error, HTTPException):
        return _handle_http(error)
    if isinstance(error, errors.ConferenceHelperError):
        status, code, message = log_failure(error), code_of(error), public_message(error)
    else:
        status, code = _UNEXPECTED
        message = "Something went wrong here. It was noted; try again later."
        log.error("%s", _tell(error))
    return _body(status, code, message)


def unavailable(code: str, message: str) -> Response:
    """Return the JSON response of a service that cannot answer now."""
    return set_status(_as_json(code, message), HTTPStatus.SERVICE_UNAVAILABLE)


def set_status(response: Response, status: HTTPStatus) -> Response:
    """Set the status of an error's response, and Retry-After where it is 503; return the response."""
    response.status_code = status
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        response.headers["Retry-After"] = RETRY_AFTER
    return response


def _tell(error: BaseException) -> str:
    """Return what the log says of an error that nobody foresaw; its message may quote a question."""
    return f"{outages.place()} failed unexpectedly:\n{describe(error)}"


def _without_values(record: logging.LogRecord) -> bool:
    """Take path and message out of what Flask logs of an error; let the record pass."""
    if record.exc_info and record.exc_info[1]:
        record.msg, record.args, record.exc_info = _tell(record.exc_info[1]), (), None
    return True


def _handle_http(error: HTTPException) -> Response:
    given = error.get_response()
    if error.code is None or given.status_code < HTTPStatus.BAD_REQUEST:
        return make_response(given)
    status = HTTPStatus(given.status_code)
    code = _CODES.get(status) or status.phrase.lower().replace(" ", "_").replace("-", "_")
    response = _body(status, code, _message(status, given.headers.get("Allow", "")))
    for name in ("Allow", "Retry-After"):
        if name in given.headers:
            response.headers[name] = given.headers[name]
    return response


def _message(status: HTTPStatus, allowed: str) -> str:
    """Return what an error of HTTP says to people; `allowed` are the methods that the address takes."""
    if status == HTTPStatus.METHOD_NOT_ALLOWED:
        if "GET" not in allowed:
            return f"This address takes {allowed} only."
        return "This address can only be read: use GET or HEAD."
    return _MESSAGES.get(status) or f"{status.phrase}."


def _mapped(error: errors.ConferenceHelperError) -> tuple[HTTPStatus, str]:
    return next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), _UNEXPECTED)


def _body(status: HTTPStatus, code: str, message: str) -> Response:
    if request.path.split("/")[1] in _JSON_PATHS:
        return set_status(_as_json(code, message), status)
    page = render_template("error.html", message=message, status=status)
    return set_status(make_response(page), status)


def _as_json(code: str, message: str) -> Response:
    return jsonify(error={"code": code, "message": message})
