"""A page served to a real browser, which is started when a test asks for it; selenium is imported then."""

import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from flask import Flask
from werkzeug.serving import make_server

from service.search.searcher import Searcher
from service.web import create_app
from support.processes import STUCK_SECONDS

if TYPE_CHECKING:
    from selenium.webdriver import Chrome, ChromeOptions
    from selenium.webdriver.remote.webelement import WebElement

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
DRIVER = shutil.which("chromedriver")
FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
needs_browser = pytest.mark.skipif(
    not (CHROMIUM and DRIVER), reason="needs Chromium and chromedriver on the PATH"
)
OpenBrowser = Callable[..., "Chrome"]


@contextmanager
def serving(searcher: Searcher) -> Iterator[str]:
    """Serve the page for a `with` block; give its address."""
    with serving_app(create_app(searcher)) as address:
        yield address


@contextmanager
def serving_app(app: Flask, port: int = 0) -> Iterator[str]:
    """Serve an application for a `with` block; give its address."""
    server = make_server("127.0.0.1", port, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def open_browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenBrowser]:
    """Open browsers that know nothing of each other; closed when the tests are done."""
    with ExitStack() as opened:

        def open_one(*, javascript: bool = True) -> "Chrome":
            driver = _start(tmp_path_factory, javascript)
            opened.callback(driver.quit)
            return driver

        yield open_one


def _start(folders: pytest.TempPathFactory, javascript: bool) -> "Chrome":
    """Start a browser; a second time if it was too slow to say that it started."""
    from selenium.common.exceptions import SessionNotCreatedException
    from selenium.webdriver import Chrome
    from selenium.webdriver.chrome.service import Service

    service = Service(executable_path=str(DRIVER))
    try:
        return Chrome(_options(folders.mktemp("profile"), javascript), service)
    except SessionNotCreatedException:
        service = Service(executable_path=str(DRIVER))
        return Chrome(_options(folders.mktemp("profile"), javascript), service)


def _options(profile: Path, javascript: bool) -> "ChromeOptions":
    from selenium.webdriver import ChromeOptions

    options = ChromeOptions()
    options.binary_location = str(CHROMIUM)
    for flag in (*FLAGS, f"--user-data-dir={profile}"):
        options.add_argument(flag)
    if not javascript:
        setting = "profile.managed_default_content_settings.javascript"
        options.add_experimental_option("prefs", {setting: 2})
    return options


def wait(browser: "Chrome", ready: Callable[[], object]) -> None:
    """Return when something holds; a page that is just being left does not count."""
    from selenium.common.exceptions import StaleElementReferenceException
    from selenium.webdriver.support.ui import WebDriverWait

    leaving_a_page = (StaleElementReferenceException,)
    WebDriverWait(browser, STUCK_SECONDS, ignored_exceptions=leaving_a_page).until(
        lambda _: ready()
    )


def resize(browser: "Chrome", width: int, height: int) -> None:
    """Give the page this size; one below 500 pixels is a phone's."""
    size: dict[str, Any] = {"width": width, "height": height, "deviceScaleFactor": 1}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size | {"mobile": width < 500})


def by_css(browser: "Chrome", selector: str) -> "WebElement":
    """Return the first element that a selector finds."""
    return browser.find_element("css selector", selector)
