"""The page of a session in a browser: the reader's clock, the width of a phone, the way to a speaker."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from support.browser import OpenBrowser, by_css, needs_browser, resize, serving, wait
from support.web_fixtures import SESSIONS, open_loaded

from service.session import Link

pytest.importorskip("selenium", reason="selenium is not installed")

pytestmark = [
    pytest.mark.slow,
    needs_browser,
]

LONG = "antidisestablishmentarianism" * 5
WARD = replace(
    SESSIONS[0],
    speakers=("Ana Ruiz", LONG),
    links=(Link("slides", f"https://example.org/{LONG}", LONG),),
)
HERE = "Where you are: Tuesday 13 May 2025 14:00–14:45 (3 h 30 min later)"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    again = replace(WARD, source_id="again", year=2024, starts_at=None, ends_at=None)
    store, searcher = open_loaded(tmp_path_factory.mktemp("data"), [WARD, again, *SESSIONS[1:]])
    with serving(searcher) as address:
        yield address
    store.close()


@pytest.mark.parametrize(("width", "height"), [(1280, 900), (360, 800)])
def test_a_session_and_its_speaker_fit_a_screen(
    open_browser: OpenBrowser, address: str, width: int, height: int
) -> None:
    browser = open_browser()
    resize(browser, width, height)
    for zone, told in (("Asia/Kolkata", HERE), ("Europe/Vienna", "")):
        browser.execute_cdp_cmd("Emulation.setTimezoneOverride", {"timezoneId": zone})
        browser.get(f"{address}/?q=health+analytics+on+the+ward")
        by_css(browser, "article h2 a").click()
        wait(browser, lambda: browser.current_url.endswith(f"/sessions/{WARD.id}"))
        assert by_css(browser, ".here").text.replace(",", "") == told
        assert int(str(by_css(browser, "html").get_property("scrollWidth"))) <= width
    by_css(browser, ".details a").click()
    wait(browser, lambda: browser.current_url.endswith("/speakers/Ana%20Ruiz"))
    assert "3 sessions, newest first." in by_css(browser, "main").text
    assert int(str(by_css(browser, "html").get_property("scrollWidth"))) <= width
    assert browser.get_log("browser") == []  # type: ignore[no-untyped-call]  # no types there


def test_without_javascript_the_time_is_the_event_s(
    open_browser: OpenBrowser, address: str
) -> None:
    browser = open_browser(javascript=False)
    browser.get(f"{address}/sessions/{WARD.id}")
    assert "Tuesday 13 May 2025, 10:30–11:15 UTC+02:00" in by_css(browser, "dd").text
    assert not by_css(browser, ".here").is_displayed()


def test_a_session_is_shared_by_its_address(open_browser: OpenBrowser, address: str) -> None:
    browser = open_browser()
    browser.get(f"{address}/sessions/{WARD.id}?from=mail")
    browser.execute_script(
        "Object.defineProperty(navigator, 'share', { value: undefined });"
        "const clipboard = { writeText: async (text) => { window.copied = text; } };"
        "Object.defineProperty(navigator, 'clipboard', { value: clipboard });"
    )
    by_css(browser, ".share").click()
    wait(browser, lambda: by_css(browser, ".alike [role=status]").text == "Link copied")
    assert browser.execute_script("return window.copied") == f"{address}/sessions/{WARD.id}"
