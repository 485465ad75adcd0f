"""Where the page lies: behind which proxies, and under which path of its public address."""

from collections.abc import Iterable, Sequence
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from werkzeug.middleware.proxy_fix import ProxyFix

from service.settings.addresses import Network

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


class BehindProxies:
    """A WSGI application that believes X-Forwarded-* of trusted proxies only, and knows its path's prefix.

    X-Forwarded-For is read from its end for as long as the addresses are trusted: the first other one is the
    client's, as whatever stands before it was written by the client. The prefix may have been taken off
    by the proxy or not.
    """

    def __init__(self, app: "WSGIApplication", trusted: Sequence[Network], public_url: str) -> None:
        """Wrap an application; the path of `public_url` is the prefix."""
        self._app = app
        self._trusted = trusted
        self._prefix = urlsplit(public_url).path

    def __call__(self, environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        """Answer a request."""
        if self._prefix and not environ.get("SCRIPT_NAME"):
            environ["SCRIPT_NAME"] = self._prefix
            path = str(environ.get("PATH_INFO", ""))
            if path == self._prefix or path.startswith(f"{self._prefix}/"):
                environ["PATH_INFO"] = path.removeprefix(self._prefix) or "/"
        forwarded = str(environ.get("HTTP_X_FORWARDED_FOR", "")).split(",")
        hops = self._count_trusted([*forwarded, str(environ.get("REMOTE_ADDR", ""))])
        if not hops:
            return self._app(environ, start)
        proxied = ProxyFix(self._app, x_for=min(hops, len(forwarded)), x_proto=1, x_host=1)
        return proxied(environ, start)

    def _count_trusted(self, addresses: Sequence[str]) -> int:
        """Return how many of the last addresses are trusted, without a gap."""
        for count, address in enumerate(reversed(addresses)):
            if not self._trusts(address.strip()):
                return count
        return len(addresses)

    def _trusts(self, address: str) -> bool:
        try:
            parsed = ip_address(address)
        except ValueError:
            return False
        return any(parsed in network for network in self._trusted)
