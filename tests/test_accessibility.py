"""Every page, checked by axe-core in a browser: levels A and AA of WCAG 2.2, and best practice."""

import base64
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from support.browser import OpenBrowser, by_css, needs_browser, resize, serving, wait
from support.fakes import BagOfWords
from support.web_fixtures import SESSIONS, open_empty

from service.stores.tombstones import bury

pytest.importorskip("selenium", reason="selenium is not installed")

from selenium.webdriver import Chrome

AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"

pytestmark = [
    pytest.mark.slow,
    needs_browser,
    pytest.mark.skipif(not AXE.exists(), reason="needs axe-core: run npm ci in tests/"),
]

FIRST, SECOND = SESSIONS[0], SESSIONS[1]
CLASHING = replace(SECOND, source_id="clash", title="At the same time", room="Hall B")
CANCELLED = replace(FIRST, source_id="off", title="Health, called off", cancelled=True)
assert FIRST.starts_at
NIGHT = replace(
    FIRST,
    source_id="night",
    title="Night",
    starts_at=FIRST.starts_at,
    ends_at=FIRST.starts_at + timedelta(hours=16),
)
GONE = replace(FIRST, source_id="gone", title="Health, taken out")
PATHS = {
    "welcome": "/",
    "results": "/?q=health+analytics&track=Health&limit=10",
    "understood": "/?q=pipelines+in+2026",
    "nothing fits": "/?q=zebra+crossing&mode=keyword",
    "problem": "/?q=health&year=never",
    "session": f"/sessions/{FIRST.id}",
    "cancelled": f"/sessions/{CANCELLED.id}",
    "taken out": f"/sessions/{GONE.id}",
    "similar": f"/sessions/{FIRST.id}/similar",
    "speaker": "/speakers/Ana%20Ruiz",
    "no such speaker": "/speakers/Anna%20Ruis",
    "programme": "/programme?event=Summit&year=2026",
    "no programme": "/programme?event=Elsewhere",
    "rooms": "/programme/rooms?event=Summit",
    "speakers": "/programme/speakers?event=Summit",
    "empty plan": "/plan",
    "plan": f"/plan?ids={SECOND.id},{CLASHING.id},{FIRST.id}",
    "calendar of a plan": f"/calendar?ids={SECOND.id}",
    "calendar of a programme": "/calendar?event=Summit&year=2026",
    "not found": "/nowhere",
}
# The dark scheme changes colours alone: tests/test_theme.py holds that.
RULES = {
    "light": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "dark": ["color-contrast", "link-in-text-block"],
}
_RUN = """
const [runOnly, done] = arguments;
axe.run(document, { runOnly }).then((found) => done(found.violations.map(
  ({ id, nodes }) => [id, nodes.slice(0, 3).map((node) => node.html.slice(0, 160))])));
"""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    sessions = [*SESSIONS, CLASHING, CANCELLED, NIGHT]
    store, searcher = open_empty(tmp_path_factory.mktemp("data"))
    encoder = BagOfWords()
    with store.building(encoder.fingerprint, sessions=len(sessions)) as builder:
        builder.upsert(sessions, encoder.encode_sessions([one.text for one in sessions]))
        builder.bury([bury(GONE, datetime.now(UTC))])
        builder.commit(expected=len(sessions), sources=["test"])
    with serving(searcher) as address:
        yield address
    store.close()


@pytest.mark.parametrize(("width", "height"), [(1280, 900), (360, 740)])
def test_no_page_has_a_violation(
    open_browser: OpenBrowser, address: str, width: int, height: int
) -> None:
    browser = open_browser()
    resize(browser, width, height)
    found: dict[tuple[str, str], Any] = {}
    for name, path in PATHS.items():
        found |= {(name, scheme): some for scheme, some in check(browser, address + path).items()}
    assert {page: violations for page, violations in found.items() if violations} == {}


def test_pickers_of_very_many_values_have_no_violation(
    open_browser: OpenBrowser, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.web.pages.EVENTS_UNFOLDED", 0)
    monkeypatch.setattr("service.web.search_form.MAX_SELECT", 0)
    browser = open_browser()
    resize(browser, 360, 740)
    for path in (PATHS["welcome"], PATHS["results"]):
        assert not any(check(browser, address + path).values())
        assert by_css(browser, "input[list] + datalist, .pick datalist")


def check(browser: Chrome, page: str) -> dict[str, Any]:
    """Return the violations on a page in each colour scheme."""
    browser.get(page)
    wait(browser, lambda: browser.execute_script("return document.readyState") == "complete")
    browser.execute_script(AXE.read_text("utf-8"))
    found = {}
    for scheme, rules in RULES.items():
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
        found[scheme] = browser.execute_async_script(_RUN, rules)
    return found


def test_every_page_fits_320_pixels_as_at_400_percent(
    open_browser: OpenBrowser, address: str
) -> None:
    browser = open_browser()
    resize(browser, 320, 640)
    for name, path in PATHS.items():
        browser.get(address + path)
        assert int(str(by_css(browser, "html").get_property("scrollWidth"))) <= 320, name


def test_three_results_are_printed_on_one_page(open_browser: OpenBrowser, address: str) -> None:
    browser = open_browser()
    browser.get(f"{address}/?q=health+analytics")
    paper = {"paperWidth": 8.27, "paperHeight": 11.69}  # A4, in inches
    pdf = base64.b64decode(browser.execute_cdp_cmd("Page.printToPDF", paper)["data"])
    assert pdf.count(b"/Type /Page\n") == 1
