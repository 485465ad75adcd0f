"""A browser that keeps a plan: what it keeps, its stars, and what is done with the keyboard."""

import json
from typing import TYPE_CHECKING

import pytest

from service.session import Session
from service.web.plan import facts
from support.browser import by_css, resize, wait

if TYPE_CHECKING:
    from selenium.webdriver import Chrome
    from selenium.webdriver.remote.webelement import WebElement

KEY = "conference-helper-plan /"
REFUSING = "Object.defineProperty(window, 'localStorage', { get() { throw new Error('refused') } })"
FULL = "Storage.prototype.setItem = () => { throw new Error('full') }"


def open_without_plan(browser: "Chrome", address: str) -> "Chrome":
    """Open the page at an address, wide, with no plan kept."""
    resize(browser, 1280, 900)
    browser.get(address)
    browser.execute_script("localStorage.clear()")
    return browser


def star(browser: "Chrome", title: str) -> "WebElement":
    """Return the first star of a session by its name, once it is shown."""
    named = f"Keep in my plan: {title}"

    def found() -> "list[WebElement]":
        stars = browser.find_elements("css selector", "button.star")
        return [one for one in stars if one.is_displayed() and one.accessible_name == named]

    wait(browser, found)
    return found()[0]


def is_pressed(one: "WebElement") -> bool:
    return one.get_attribute("aria-pressed") == "true"


def kept(browser: "Chrome") -> list[dict[str, object]]:
    """Return the sessions that the browser keeps."""
    text = browser.execute_script("return localStorage.getItem(arguments[0])", KEY)
    sessions: list[dict[str, object]] = json.loads(text)["sessions"] if text else []
    return sessions


def told(browser: "Chrome") -> str:
    return by_css(browser, ".told").text


def keep(browser: "Chrome", *sessions: Session, **changes: object) -> None:
    """Keep sessions in the browser's plan, as they were before some changes."""
    known = [{**facts(session), **changes} for session in sessions]
    plan = {"format": "conference-helper-plan", "version": 1, "sessions": known}
    browser.execute_script(
        "localStorage.setItem(arguments[0], arguments[1])", KEY, json.dumps(plan)
    )


def shown(browser: "Chrome") -> str:
    return by_css(browser, "main").text


def press(browser: "Chrome", name: str) -> None:
    """Press a button by its name with the keyboard."""
    from selenium.webdriver.common.keys import Keys

    wait(browser, lambda: named(browser, name))
    named(browser, name)[0].send_keys(Keys.ENTER)


def named(browser: "Chrome", name: str) -> "list[WebElement]":
    buttons = browser.find_elements("css selector", "main button")
    return [one for one in buttons if one.is_displayed() and one.accessible_name == name]


def tab_to(browser: "Chrome", name: str) -> None:
    """Press the tabulator until what has the focus has this name."""
    from selenium.webdriver.common.keys import Keys

    for _ in range(80):
        browser.switch_to.active_element.send_keys(Keys.TAB)
        if browser.switch_to.active_element.accessible_name == name:
            return
    pytest.fail(f"the keyboard does not reach {name!r}")


def type_on(browser: "Chrome", keys: str) -> None:
    browser.switch_to.active_element.send_keys(keys)
