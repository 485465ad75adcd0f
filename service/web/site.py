"""How the page looks: name, logo, colour and footer, as the settings have them."""

from dataclasses import dataclass

from flask import Blueprint, Response, current_app, make_response, request

from service.errors import NotFoundError
from service.settings import SiteSettings
from service.settings.site import LOGO_TYPES
from service.web.theme import write_theme

_CACHED_SECONDS = 3600

bp = Blueprint("site", __name__)


@dataclass(frozen=True, slots=True)
class Site:
    """What every page shows of the site; `logo` are the bytes of a picture and its type."""

    settings: SiteSettings
    theme: str
    logo: tuple[bytes, str] | None

    @property
    def name(self) -> str:
        """The name of the site."""
        return self.settings.name


def open_site(settings: SiteSettings) -> Site:
    """Return the site of these settings, its logo read."""
    theme = write_theme(settings.accent) if settings.accent else ""
    path = settings.logo
    logo = (path.read_bytes(), LOGO_TYPES[path.suffix.lower()]) if path else None
    return Site(settings, theme, logo)


@bp.app_context_processor
def addcurrent_site() -> dict[str, Site]:
    """Give every template the site."""
    return {"site": current_site()}


@bp.get("/static/theme.css")
def theme() -> Response:
    """Answer with the style sheet of the site's colour."""
    if not current_site().theme:
        raise NotFoundError("This site has no colour of its own.")
    return _cached(current_site().theme.encode(), "text/css; charset=utf-8")


@bp.get("/static/logo")
def logo() -> Response:
    """Answer with the site's logo. As a picture it is harmless; opened by itself it may run nothing."""
    found = current_site().logo
    if not found:
        raise NotFoundError("This site has no logo of its own.")
    response = _cached(*found)
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    )
    return response


def current_site() -> Site:
    """Return the site of the application that answers."""
    site: Site = current_app.extensions["site"]
    return site


def _cached(content: bytes, mimetype: str) -> Response:
    response = make_response(content)
    response.headers["Content-Type"] = mimetype
    response.cache_control.max_age = _CACHED_SECONDS
    response.add_etag()
    response.make_conditional(request)
    return response
