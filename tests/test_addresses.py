"""Web addresses that are read, e-mail addresses that are not kept."""

import pytest
from support.reading_sources import read_bytes

from loaders.records.cleaning import to_session
from loaders.records.record import LinkText, Options, Record

OPTIONS = Options(event="Test Conf", year=2026)


def told(url: str) -> tuple[str, list[str]]:
    """The address that is made of a source's, and what is said about it."""
    record = Record(location="here", title="Sails", url=url)
    return to_session(record, OPTIONS).url, record.warnings


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ("https://x.org/t?a=1&b=2#c", "https://x.org/t?a=1&b=2#c"),
        ("HTTPS://x.org/a,b;c", "HTTPS://x.org/a,b;c"),
        ("www.x.org", "https://www.x.org"),
        ("www.x.org/t", "https://www.x.org/t"),
        ("x.org/t", "https://x.org/t"),
        ("https://x.org/a https://x.org/b", "https://x.org/a"),
        ("https://x.org/a; https://x.org/b", "https://x.org/a"),
        ("https://x.org/a,https://x.org/b", "https://x.org/a"),
        ("[slides](https://x.org/t)", "https://x.org/t"),
        ("[slides](https://x.org/t.).", "https://x.org/t"),
        ("https://x.org/Sail_(boat)", "https://x.org/Sail_(boat)"),
        ("Slides: <https://x.org/t>.", "https://x.org/t"),
        ("https://x.org/t?m=joe@x.org", "https://x.org/t"),
        ("https://x.org/t?m=joe%40x.org", "https://x.org/t"),
        ("https://x.org/@joe", "https://x.org/@joe"),
        ("", ""),
        ("TBA", ""),
    ],
)
def test_the_first_web_address_is_read(given: str, url: str) -> None:
    assert told(given) == (url, [])


@pytest.mark.parametrize(
    "given", ["javascript:alert(1)", "ask Jo", "joe@x.org", "https://joe@x.org/", "Node.js"]
)
def test_what_is_no_web_address_is_told(given: str) -> None:
    assert told(given) == ("", ["no web address such as https://example.org/talk"])


@pytest.mark.parametrize(
    ("link", "kind", "label"),
    [
        (LinkText("https://x.org/a.WEBM?dl=1", "Slides"), "recording", "Slides"),
        (LinkText("https://x.org/a.odp"), "slides", "Slides"),
        (LinkText("https://x.org/a", "Folien zum Vortrag"), "slides", "Folien zum Vortrag"),
        (LinkText("https://x.org/a", "", "video"), "recording", "Recording"),
        (LinkText("https://www.youtube.com/watch?v=a", ""), "recording", "Recording"),
        (LinkText("https://notyoutube.com/a"), "page", "notyoutube.com"),
        (LinkText("https://x.org/a.mp4", "A <b>cut</b>", "page"), "page", "A cut"),
        (LinkText("see https://x.org/a."), "page", "x.org"),
    ],
)
def test_what_a_link_leads_to(link: LinkText, kind: str, label: str) -> None:
    record = Record(location="here", title="Sails", links=[link, link])
    (found,) = to_session(record, OPTIONS).links
    assert (found.kind, found.label, record.warnings) == (kind, label, [])


def test_links_without_an_address_are_told_and_a_hundred_are_cut() -> None:
    given = [LinkText(f"https://x.org/{number}") for number in range(100)]
    wrong = [LinkText("javascript:alert(1)"), LinkText("https://[x"), LinkText(""), LinkText("TBA")]
    record = Record(location="here", title="Sails", links=[*wrong, *given])
    assert len(to_session(record, OPTIONS).links) == 50
    assert record.warnings == [
        "a link without a web address is left out",
        "a link without a web address is left out",
        "links after the first 50 are left out",
    ]


def test_an_id_that_is_an_e_mail_address_is_not_kept_but_tells_apart() -> None:
    rows = "ID,Title\njoe@x.org,A\njoe@y.org,A\nJoe@x.org,B\n7,C\n"
    first, second, third, plain = (
        item.source_id for item in read_bytes("x.csv", rows.encode()).sessions
    )
    assert not any("@" in id for id in (first, second, third))
    assert first == third != second
    assert plain == "7"
