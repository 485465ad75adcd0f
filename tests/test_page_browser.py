from collections.abc import Iterator

import pytest
from support.answers import Understanding
from support.browser import OpenBrowser, by_css, needs_browser, resize, serving, wait
from support.web_fixtures import open_loaded

from service.filters import Filters
from service.query.interpretation import Constraint, Correction

pytest.importorskip("selenium", reason="selenium is not installed")

from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select

pytestmark = [
    pytest.mark.slow,
    needs_browser,
]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    store, searcher = open_loaded(tmp_path_factory.mktemp("data"))
    with serving(searcher) as address:
        yield address
    store.close()


@pytest.fixture(scope="module")
def understanding(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve a page that understands a day and a room of every question, and drops a level."""
    store, searcher = open_loaded(tmp_path_factory.mktemp("data"))
    understood = (
        Constraint("day", "Tuesday", "2026-05-12", 0, 7, filters=Filters(day=["2026-05-12"])),
        Constraint("kind", "talks", "Talk", 8, 13, filters=Filters(kind=["Talk"])),
        Constraint("level", "for beginners", "Beginner", 14, 27, dropped=True),
    )
    notes = ("No session fits “for beginners”: searched without it.",)
    said = {"understood": understood, "notes": notes, "corrected": Correction("helth", "health")}
    with serving(Understanding(searcher, verdict="related", **said)) as address:
        yield address
    store.close()


@pytest.fixture(scope="module", params=[True, False], ids=["javascript", "no javascript"])
def browser(request: pytest.FixtureRequest, open_browser: OpenBrowser) -> Chrome:
    return open_browser(javascript=request.param)


def ask(browser: Chrome, question: str) -> None:
    box = browser.find_element(By.NAME, "q")
    box.clear()
    box.send_keys(question, Keys.ENTER)
    wait(browser, lambda: titles(browser))


def titles(browser: Chrome) -> list[str]:
    return [title.text for title in browser.find_elements(By.CSS_SELECTOR, "article h2")]


def test_a_question_is_asked_narrowed_shared_and_taken_back(
    browser: Chrome, open_browser: OpenBrowser, address: str
) -> None:
    resize(browser, 1280, 900)
    browser.get(address)
    assert browser.switch_to.active_element.get_attribute("name") == "q"
    ask(browser, "health analytics")
    assert len(titles(browser)) == 3
    assert titles(browser)[0] == "Health analytics for a whole region"
    assert by_css(browser, "article .decided").is_displayed()

    Select(browser.find_element(By.NAME, "year")).select_by_value("2025")
    by_css(browser, "button.apply").click()
    wait(browser, lambda: titles(browser) == ["Health analytics on the ward"])
    assert "2025" in by_css(browser, ".chip").text
    shared = browser.current_url

    other = open_browser()
    other.get(shared)
    assert titles(other) == ["Health analytics on the ward"]
    assert other.find_element(By.NAME, "q").get_attribute("value") == "health analytics"

    browser.back()
    wait(browser, lambda: len(titles(browser)) == 3)


def test_filters_are_removed_and_abstracts_unfold(browser: Chrome, address: str) -> None:
    resize(browser, 1280, 900)
    browser.get(f"{address}/?q=ward&track=Health&level=Beginner")
    details = by_css(browser, ".abstract details")
    rest = by_css(browser, ".abstract details p")
    assert not rest.is_displayed()
    details.find_element(By.TAG_NAME, "summary").click()
    wait(browser, rest.is_displayed)
    by_css(browser, ".chip").click()
    wait(browser, lambda: len(browser.find_elements(By.CSS_SELECTOR, ".chip")) == 1)
    assert len(titles(browser)) == 2


def test_what_was_understood_is_shown_and_taken_back_with_the_keyboard(
    browser: Chrome, understanding: str
) -> None:
    resize(browser, 1280, 900)
    browser.get(f"{understanding}/?q=helth")
    assert by_css(browser, "h1").text == "3 related sessions for health"
    assert browser.title == "3 related sessions for “health” – Conference Helper"
    assert "Search instead for helth" in by_css(browser, ".corrected").text
    chips = browser.find_elements(By.CSS_SELECTOR, ".understood a.chip")
    assert [chip.accessible_name for chip in chips] == [
        "Search without Tuesday 12 May 2026",
        "Search without Kind Talk",
    ]
    chips[0].send_keys(Keys.ENTER)
    wait(browser, lambda: browser.current_url.endswith("/?q=helth&ignore=day"))
    assert by_css(browser, ".understood a.chip").accessible_name == "Search without Kind Talk"
    by_css(browser, ".corrected a").send_keys(Keys.ENTER)
    wait(browser, lambda: browser.current_url.endswith("/?q=helth&interpret=false&kind=Talk"))


def test_verdicts_are_told_apart_without_colour(
    browser: Chrome, understanding: str, address: str
) -> None:
    browser.get(f"{understanding}/?q=health")
    related = by_css(browser, "h1").value_of_css_property("border-left-style")
    dropped = by_css(browser, ".chip.dropped s")
    assert related == "double"
    assert "line-through" in dropped.value_of_css_property("text-decoration")
    browser.get(f"{address}/?q=health")
    assert by_css(browser, "h1").value_of_css_property("border-left-style") == "none"


def test_a_phone_shows_everything_in_its_width(
    browser: Chrome, understanding: str, address: str
) -> None:
    resize(browser, 360, 800)
    long = "antidisestablishmentarianism" * 5
    addresses = [
        address + path
        for path in ("/", "/?q=health+analytics&year=2025&track=Health", f"/?q={long}", "/?limit=0")
    ]
    for shown in (*addresses, f"{understanding}/?q=health&track=Health"):
        browser.get(shown)
        for selector in ("summary", ".unfold"):
            for control in browser.find_elements(By.CSS_SELECTOR, selector):
                # Cards are compact there: the session's page has the rest.
                if control.is_displayed():
                    control.click()
        root = by_css(browser, "html")
        assert int(root.get_property("scrollWidth")) <= 360  # type: ignore[arg-type]  # it is a number


def test_three_results_are_in_view_on_a_phone(browser: Chrome, address: str) -> None:
    resize(browser, 360, 740)
    browser.get(f"{address}/?q=health+analytics")
    cards = browser.find_elements(By.CSS_SELECTOR, ".card")
    assert len(cards) == 3
    assert cards[-1].rect["y"] + cards[-1].rect["height"] <= 740


def test_filters_unfold_on_a_phone(browser: Chrome, address: str) -> None:
    resize(browser, 360, 800)
    browser.get(f"{address}/?q=health")
    select = browser.find_element(By.NAME, "track")
    assert not select.is_displayed()
    by_css(browser, ".unfold").click()
    wait(browser, select.is_displayed)
    Select(select).select_by_value("Health")
    by_css(browser, "button.apply").click()
    wait(browser, lambda: len(titles(browser)) == 2)


def test_the_keyboard_is_enough(browser: Chrome, address: str) -> None:
    resize(browser, 1280, 900)
    browser.get(f"{address}/?q=health")
    by_css(browser, "body").send_keys(Keys.TAB)
    skip = browser.switch_to.active_element
    assert skip.text == "Skip to the content"
    skip.send_keys(Keys.ENTER)
    wait(browser, lambda: browser.current_url.endswith("#main"))
    assert by_css(browser, "main").get_attribute("id") == "main"


def test_links_to_share_are_short(open_browser: OpenBrowser, address: str) -> None:
    browser = open_browser()
    browser.get(f"{address}/?q=health")
    Select(browser.find_element(By.NAME, "year")).select_by_value("2026")
    by_css(browser, "button.apply").click()
    wait(browser, lambda: browser.current_url.endswith("/?q=health&year=2026"))


def test_another_question_is_understood_whole(
    open_browser: OpenBrowser, understanding: str
) -> None:
    browser = open_browser()
    browser.get(f"{understanding}/?q=health&ignore=day")
    ask(browser, "wards")
    wait(browser, lambda: browser.current_url.endswith("/?q=wards"))


def test_nothing_is_refused_or_fetched_from_elsewhere(
    open_browser: OpenBrowser, address: str
) -> None:
    browser = open_browser()
    for path in ("/", "/?q=health&year=2026"):
        browser.get(address + path)
        assert browser.get_log("browser") == []  # type: ignore[no-untyped-call]  # no types there
        names = browser.execute_script(
            "return performance.getEntriesByType('resource').map(entry => entry.name)"
        )
        assert names
        assert all(name.startswith(address) for name in names)
