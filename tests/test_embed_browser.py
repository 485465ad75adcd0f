"""The component on the page of another site, in a browser."""

from collections.abc import Iterator
from dataclasses import replace
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
from flask import Flask
from support.browser import OpenBrowser, by_css, needs_browser, serving_app, wait
from support.web_fixtures import SESSIONS, open_loaded

from service.keys.changes import add_key
from service.keys.key_file import KeyFile
from service.web import create_app

if TYPE_CHECKING:
    from selenium.webdriver import Chrome
    from selenium.webdriver.remote.shadowroot import ShadowRoot

pytest.importorskip("selenium", reason="selenium is not installed")

pytestmark = [pytest.mark.slow, needs_browser]

MARKUP = "<img src=x onerror=alert(1)>"
EVIL = replace(SESSIONS[1], source_id="evil", title=f"Health {MARKUP}", room=MARKUP, cancelled=True)


def host(service: str, attributes: str = "") -> Flask:
    """Return another site, which embeds the search and forbids all but that."""
    app = Flask("host", static_folder=None)

    @app.get("/")
    def page() -> tuple[str, dict[str, str]]:
        policy = f"default-src 'none'; script-src {service}; connect-src {service}"
        return (
            f"<!doctype html><title>Host</title><script src='{service}/embed.js' defer></script>"
            f"<conference-search {attributes}><a href='{service}'>Search</a></conference-search>",
            {"Content-Security-Policy": policy},
        )

    return app


@pytest.fixture
def keys(tmp_path: Path) -> KeyFile:
    add_key(tmp_path / "keys.json", "app", ["search"], None)
    return KeyFile(tmp_path / "keys.json")


@pytest.fixture
def opened(
    tmp_path_factory: pytest.TempPathFactory, open_browser: OpenBrowser, keys: KeyFile
) -> Iterator[tuple["Chrome", str]]:
    """Open a page that embeds the search of sessions of 2026, at a service that allows it.

    Programs need a key there, and the page has none.
    """
    from werkzeug.serving import make_server

    store, searcher = open_loaded(tmp_path_factory.mktemp("data"), [*SESSIONS, EVIL])
    probe = make_server("127.0.0.1", 0, Flask("probe"))
    probe.server_close()  # its port is free again, and is the host's: the service must name it before
    allowed = f"http://127.0.0.1:{probe.server_port}"
    with serving_app(create_app(searcher, allowed_origins=(allowed,), keys=keys)) as service:
        site = host(service, 'year="2026" limit="10" label="Ask <us>"')
        with serving_app(site, probe.server_port) as address:
            browser = open_browser()
            browser.get(address)
            yield browser, service
    store.close()


def root(browser: "Chrome") -> "ShadowRoot":
    wait(browser, lambda: by_css(browser, "conference-search").shadow_root)
    return by_css(browser, "conference-search").shadow_root


def told(browser: "Chrome", selector: str) -> str:
    return root(browser).find_element("css selector", selector).text


def test_a_question_by_keyboard_finds_sessions_on_another_site(
    opened: tuple["Chrome", str],
) -> None:
    from selenium.webdriver import ActionChains, Keys

    browser, service = opened
    assert told(browser, "label") == "Ask <us>"
    ActionChains(browser).send_keys(Keys.TAB, "health analytics", Keys.ENTER).perform()
    wait(browser, lambda: told(browser, "h2"))
    status = root(browser).find_element("css selector", "[role=status]")
    assert told(browser, "h2") in str(status.get_property("textContent"))
    links = root(browser).find_elements("css selector", "h3 a")
    ids = [str(link.get_attribute("href")).removeprefix(f"{service}/sessions/") for link in links]
    assert str(SESSIONS[1].id) in ids
    assert str(SESSIONS[0].id) not in ids, "it is of 2025"
    assert "Tuesday 12 May 2026, 09:00–09:45 UTC+02:00" in told(browser, "ol")
    assert MARKUP in told(browser, "ol"), "markup is text"
    assert "Cancelled" in told(browser, "ol")
    assert not root(browser).find_elements("css selector", "img")
    more = root(browser).find_element("css selector", ".links a").get_attribute("href")
    assert more == f"{service}/?q=health+analytics&year=2026"
    assert browser.get_log("browser") == []  # type: ignore[no-untyped-call]  # Selenium's  # no types there

    refused = httpx.get(f"{service}/api/search?q=health")
    assert refused.status_code == HTTPStatus.UNAUTHORIZED, "programs need a key meanwhile"
    browser.get(service)
    asked = "return fetch('/api/search?q=health').then(answer => answer.status)"
    assert browser.execute_script(asked) == HTTPStatus.OK, "pages of the service need none either"


def test_a_site_that_is_not_allowed_is_told_so(
    tmp_path_factory: pytest.TempPathFactory, open_browser: OpenBrowser
) -> None:
    from selenium.webdriver import ActionChains, Keys

    store, searcher = open_loaded(tmp_path_factory.mktemp("data"))
    browser = open_browser()
    with serving_app(create_app(searcher)) as service, serving_app(host(service)) as address:
        browser.get(address)
        root(browser)
        ActionChains(browser).send_keys(Keys.TAB, "health", Keys.ENTER).perform()
        wait(browser, lambda: told(browser, "h2"))
        assert told(browser, "h2") == "That did not work"
        assert "cannot be reached" in told(browser, "section")
        logged = " ".join(str(entry) for entry in browser.get_log("browser"))  # type: ignore[no-untyped-call]  # Selenium's
        assert "CONFERENCE_HELPER_ALLOWED_ORIGINS" in logged
    store.close()
