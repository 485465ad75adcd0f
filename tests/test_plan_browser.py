"""The page of a plan in a browser: the way through it by keyboard, and what the browser adds to it."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from support.browser import OpenBrowser, by_css, needs_browser, resize, serving, wait
from support.plans import (
    KEY,
    REFUSING,
    is_pressed,
    keep,
    kept,
    named,
    open_without_plan,
    press,
    shown,
    tab_to,
    told,
    type_on,
)
from support.web_fixtures import SESSIONS, open_loaded

from service.web.plan import facts

pytest.importorskip("selenium", reason="selenium is not installed")

from selenium.webdriver import Chrome
from selenium.webdriver.common.keys import Keys

pytestmark = [
    pytest.mark.slow,
    needs_browser,
]

WARD, REGION, PIPELINES, MAPS = SESSIONS
RIVAL = replace(WARD, source_id="rival", title="Health analytics elsewhere", room="Hall B")


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    store, searcher = open_loaded(tmp_path_factory.mktemp("data"), [*SESSIONS, RIVAL])
    with serving(searcher) as address:
        yield address
    store.close()


@pytest.fixture(scope="module")
def opened(open_browser: OpenBrowser) -> Chrome:
    return open_browser()


@pytest.fixture
def browser(opened: Chrome, address: str) -> Chrome:
    return open_without_plan(opened, address)


@pytest.mark.parametrize(("width", "height"), [(1280, 900), (360, 740)])
def test_the_keyboard_is_enough_from_search_to_plan(
    browser: Chrome, address: str, width: int, height: int
) -> None:
    resize(browser, width, height)
    browser.get(address)
    type_on(browser, "health analytics" + Keys.ENTER)
    wait(browser, lambda: browser.find_elements("css selector", "article"))
    by_css(browser, "body").click()
    for title in (WARD.title, RIVAL.title):
        tab_to(browser, f"Keep in my plan: {title}")
        type_on(browser, Keys.SPACE)
        wait(browser, lambda: is_pressed(browser.switch_to.active_element))
    browser.execute_script("document.activeElement.blur()")
    tab_to(browser, "My plan (2)")
    type_on(browser, Keys.ENTER)
    wait(browser, lambda: "2 sessions, 1 clash." in shown(browser))
    assert browser.current_url == f"{address}/plan"
    tab_to(browser, f"Keep in my plan: {RIVAL.title}")
    type_on(browser, Keys.SPACE)
    wait(browser, lambda: "1 session, no clash." in shown(browser))
    wait(browser, lambda: browser.switch_to.active_element.get_attribute("id") == "said")
    tab = browser.find_element("css selector", "#said button")
    assert tab.accessible_name == "Undo"
    type_on(browser, Keys.TAB + Keys.ENTER)
    wait(browser, lambda: "2 sessions, 1 clash." in shown(browser))
    assert "They are back." in shown(browser)
    assert int(str(by_css(browser, "html").get_property("scrollWidth"))) <= width
    assert browser.get_log("browser") == []  # type: ignore[no-untyped-call]  # no types there


def test_what_moved_is_told_until_it_is_noted(browser: Chrome, address: str) -> None:
    keep(
        browser,
        WARD,
        starts_at="2025-05-13T09:00:00+02:00",
        ends_at="2025-05-13T09:45:00+02:00",
        room="Janson",
    )
    browser.get(f"{address}/plan")
    wait(browser, lambda: "Moved: was 09:00–09:45, Janson." in shown(browser))
    press(browser, f"Noted: {WARD.title}")
    wait(browser, lambda: "Moved" not in shown(browser))
    assert kept(browser)[0]["room"] == "Hall A"


def test_what_is_gone_is_told_and_removed_only_by_hand(browser: Chrome, address: str) -> None:
    gone = replace(WARD, source_id="gone", title="<b>Gone</b>")
    keep(browser, gone, REGION)
    browser.get(f"{address}/plan")
    wait(browser, lambda: "No longer in the programme" in shown(browser))
    assert "<b>Gone</b>\nSummit 2025, was Tuesday 13 May 2025, 10:30–11:15, Hall A" in shown(
        browser
    )
    assert "1 session, no clash." in shown(browser)
    press(browser, "Remove: <b>Gone</b>")
    wait(browser, lambda: "No longer in the programme" not in shown(browser))
    press(browser, "Undo")
    wait(browser, lambda: "No longer in the programme" in shown(browser))


def test_a_shared_plan_is_kept(browser: Chrome, address: str) -> None:
    keep(browser, WARD)
    browser.get(f"{address}/plan?ids={WARD.id},{REGION.id},{MAPS.id}")
    press(browser, "Keep these 2 in my plan")
    wait(browser, lambda: "All of these are in your plan." in shown(browser))
    assert "2 added." in shown(browser)
    ids = [str(one["id"]) for one in kept(browser)]
    assert sorted(ids) == sorted(str(one.id) for one in (WARD, REGION, MAPS))
    browser.get(f"{address}/plan")
    wait(browser, lambda: "3 sessions, no clash." in shown(browser))
    shared = by_css(browser, "[data-does=share]").get_attribute("href")
    assert shared == f"{address}/plan?ids={','.join(ids)}"
    calendar = by_css(browser, "[data-does=subscribe]").get_attribute("href")
    assert calendar == f"{address}/calendar?ids={','.join(ids)}"


def test_a_plan_is_saved_as_a_file_and_added_from_one(
    browser: Chrome, address: str, tmp_path: Path
) -> None:
    download = {"behavior": "allow", "downloadPath": str(tmp_path)}
    browser.execute_cdp_cmd("Browser.setDownloadBehavior", download)
    keep(browser, WARD, REGION)
    browser.get(f"{address}/plan")
    press(browser, "Save as a file")
    saved = tmp_path / "plan.json"
    wait(browser, saved.exists)
    assert [one["id"] for one in json.loads(saved.read_text())["sessions"]] == [
        str(WARD.id),
        str(REGION.id),
    ]
    press(browser, "Remove all")
    wait(browser, lambda: "Removed 2 sessions." in shown(browser))
    assert "Nothing is in it yet" in shown(browser)
    keep(browser, WARD, room="Janson")
    by_css(browser, "#file").send_keys(str(saved))
    wait(browser, lambda: "1 added, 1 was there already." in shown(browser))
    assert [one["room"] for one in kept(browser)] == ["Janson", ""]


@pytest.mark.parametrize(
    "text",
    ["", "{", "[1]", '{"sessions": []}', "x" * 1_000_001],
    ids=["empty", "cut", "list", "other", "long"],
)
def test_a_file_that_is_no_plan_adds_nothing(
    browser: Chrome, address: str, tmp_path: Path, text: str
) -> None:
    keep(browser, WARD)
    browser.get(f"{address}/plan")
    wait(browser, lambda: "1 session, no clash." in shown(browser))
    (tmp_path / "other.json").write_text(text)
    by_css(browser, "#file").send_keys(str(tmp_path / "other.json"))
    wait(
        browser,
        lambda: "other.json is no plan that was saved here: nothing was added." in told(browser),
    )
    assert [one["id"] for one in kept(browser)] == [str(WARD.id)]


def test_more_than_a_plan_holds_is_refused(browser: Chrome, address: str, tmp_path: Path) -> None:
    crowd = [replace(WARD, source_id=f"crowd{number}") for number in range(200)]
    keep(browser, WARD)
    known = [facts(session) for session in crowd]
    plan = {"format": "conference-helper-plan", "version": 1, "sessions": known}
    (tmp_path / "crowd.json").write_text(json.dumps(plan))
    browser.get(f"{address}/plan")
    wait(browser, lambda: "1 session, no clash." in shown(browser))
    by_css(browser, "#file").send_keys(str(tmp_path / "crowd.json"))
    wait(browser, lambda: "A plan holds 200 sessions at most." in told(browser))
    assert len(kept(browser)) == 1


def test_a_damaged_plan_can_be_started_anew(browser: Chrome, address: str) -> None:
    browser.execute_script("localStorage.setItem(arguments[0], '{')", KEY)
    browser.get(f"{address}/plan")
    wait(browser, lambda: "cannot be read" in shown(browser))
    assert named(browser, "Save what is kept as a file")
    press(browser, "Start anew")
    wait(browser, lambda: "cannot be read" not in shown(browser))
    assert "Nothing is in it yet" in shown(browser)


def test_refused_storage_is_told_on_the_page_too(browser: Chrome, address: str) -> None:
    id = browser.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": REFUSING})
    try:
        for path in ("/plan", f"/plan?ids={WARD.id}"):
            browser.get(address + path)
            wait(browser, lambda: "This browser keeps nothing for this page" in shown(browser))
        assert WARD.title in shown(browser)
    finally:
        browser.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", id)


def test_without_the_service_what_is_kept_is_listed(browser: Chrome, address: str) -> None:
    browser.get(f"{address}/plan")
    browser.execute_script("window.fetch = () => Promise.reject(new Error('offline'))")
    keep(browser, WARD)
    browser.execute_script("dispatchEvent(new Event('plan'))")
    wait(browser, lambda: "The programme cannot be reached just now." in shown(browser))
    assert WARD.title in shown(browser)


def test_only_what_fits_is_offered_where_there_is_a_plan(browser: Chrome, address: str) -> None:
    browser.get(f"{address}/?q=health")
    assert not by_css(browser, "#filter-fits").is_displayed()
    keep(browser, RIVAL, MAPS)
    browser.get(f"{address}/?q=health")
    wait(browser, by_css(browser, "#filter-fits").is_displayed)
    by_css(browser, "#filter-fits").send_keys(Keys.SPACE)
    by_css(browser, "button.apply").send_keys(Keys.ENTER)
    wait(browser, lambda: browser.current_url.endswith(f"/?q=health&fits={RIVAL.id}"))
    assert by_css(browser, ".chip").accessible_name == "Remove the filter Fits a plan of 1 session"
    assert WARD.title not in shown(browser)
    assert REGION.title in shown(browser)


def test_without_javascript_a_shared_plan_is_told_and_the_own_one_explained(
    open_browser: OpenBrowser, address: str
) -> None:
    browser = open_browser(javascript=False)
    browser.get(f"{address}/plan?ids={WARD.id},{RIVAL.id}")
    assert "2 sessions, 1 clash." in shown(browser)
    buttons = browser.find_elements("css selector", "main button")
    assert not any(one.is_displayed() for one in buttons)
    browser.get(f"{address}/plan")
    assert "scripts are off here" in shown(browser)
