"""Stars in a browser: how they are kept, and what keeps them from being kept."""

import json
from collections.abc import Iterator

import pytest
from support.browser import OpenBrowser, needs_browser, serving, wait
from support.plans import (
    FULL,
    KEY,
    REFUSING,
    is_pressed,
    kept,
    open_without_plan,
    star,
    told,
)
from support.web_fixtures import SESSIONS, open_loaded

pytest.importorskip("selenium", reason="selenium is not installed")

from selenium.webdriver import Chrome
from selenium.webdriver.common.keys import Keys

pytestmark = [
    pytest.mark.slow,
    needs_browser,
]

WARD, REGION, PIPELINES, MAPS = SESSIONS


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    store, searcher = open_loaded(tmp_path_factory.mktemp("data"), SESSIONS)
    with serving(searcher) as address:
        yield address
    store.close()


@pytest.fixture(scope="module")
def opened(open_browser: OpenBrowser) -> Chrome:
    return open_browser()


@pytest.fixture
def browser(opened: Chrome, address: str) -> Chrome:
    return open_without_plan(opened, address)


def test_a_star_is_kept_with_the_keyboard_and_taken_back(browser: Chrome, address: str) -> None:
    browser.get(f"{address}/?q=health+analytics+on+the+ward")
    one = star(browser, WARD.title)
    assert min(one.size.values()) >= 24
    assert not is_pressed(one)
    one.send_keys(Keys.SPACE)
    wait(browser, lambda: is_pressed(one))
    assert [session["id"] for session in kept(browser)] == [str(WARD.id)]
    assert kept(browser)[0]["starts_at"] == "2025-05-13T10:30:00+02:00"
    browser.get(f"{address}/sessions/{WARD.id}")
    assert is_pressed(star(browser, WARD.title))
    star(browser, WARD.title).send_keys(Keys.ENTER)
    wait(browser, lambda: not kept(browser))
    assert told(browser) == ""


def test_another_tab_s_stars_are_shown(browser: Chrome, address: str) -> None:
    browser.get(f"{address}/sessions/{WARD.id}")
    one, first = star(browser, WARD.title), browser.current_window_handle
    browser.switch_to.new_window("tab")
    browser.get(f"{address}/sessions/{WARD.id}")
    star(browser, WARD.title).click()
    browser.close()
    browser.switch_to.window(first)
    wait(browser, lambda: is_pressed(one))


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        '{"format": "other"}',
        '{"format": "conference-helper-plan", "version": 9, "sessions": []}',
    ],
)
def test_a_damaged_plan_is_told_and_left_as_it_is(browser: Chrome, address: str, text: str) -> None:
    browser.execute_script("localStorage.setItem(arguments[0], arguments[1])", KEY, text)
    browser.get(f"{address}/sessions/{WARD.id}")
    one = star(browser, WARD.title)
    one.click()
    assert "cannot be read" in told(browser)
    assert not is_pressed(one)
    assert browser.execute_script("return localStorage.getItem(arguments[0])", KEY) == text


@pytest.mark.parametrize("script", [REFUSING, FULL], ids=["refused", "full"])
def test_refused_storage_is_told(browser: Chrome, address: str, script: str) -> None:
    id = browser.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": script})
    try:
        browser.get(f"{address}/sessions/{WARD.id}")
        one = star(browser, WARD.title)
        one.click()
        assert "This browser keeps nothing for this page" in told(browser)
        assert not is_pressed(one)
    finally:
        browser.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", id)


def test_what_is_kept_of_others_making_is_checked(browser: Chrome, address: str) -> None:
    good = {"id": str(WARD.id), "title": ["no text"], "starts_at": "<b>", "year": "2025", "more": 1}
    sessions = [good, None, 3, {"id": "javascript:alert(1)"}, {"title": "no id"}]
    plan = {"format": "conference-helper-plan", "version": 1, "sessions": sessions}
    browser.execute_script(
        "localStorage.setItem(arguments[0], arguments[1])", KEY, json.dumps(plan)
    )
    browser.get(f"{address}/sessions/{REGION.id}")
    star(browser, REGION.title).click()
    wait(browser, lambda: len(kept(browser)) == 2)
    assert kept(browser)[0] == {
        "id": str(WARD.id),
        "title": "",
        "event": "",
        "year": 0,
        "room": "",
        "starts_at": "",
        "ends_at": "",
    }


def test_without_javascript_there_is_no_star(open_browser: OpenBrowser, address: str) -> None:
    browser = open_browser(javascript=False)
    browser.get(f"{address}/sessions/{WARD.id}")
    stars = browser.find_elements("css selector", "button.star")
    assert stars
    assert not any(one.is_displayed() for one in stars)
