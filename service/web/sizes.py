"""The size of answers: no page and no JSON is longer than MAX_BYTES; calendars are streams, and may be."""

from flask import Flask, Response

from service.errors import QueryError
from service.web.errors import handle

MAX_BYTES = 1_000_000
_BOUNDED = ("text/html", "application/json")


def install(app: Flask) -> None:
    """Refuse what would be answered with more; call it after other hooks, so that these see the refusal."""

    @app.after_request
    def refuse(response: Response) -> Response:
        length = response.content_length or 0
        if response.mimetype not in _BOUNDED or length <= MAX_BYTES:
            return response
        return handle(
            QueryError(
                f"The answer would be {length / 1e6:.1f} MB long, and {MAX_BYTES / 1e6:g} MB is the most. "
                "Give fewer filters, shorter ones or a smaller limit."
            )
        )
