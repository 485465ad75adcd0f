import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient
from web_fixtures import SESSIONS, open_empty, open_loaded, write

from service.session import Session
from service.web import create_app
from service.web.words import safe_url, split_abstract, tell_when, tell_zone

Attributes = dict[str, str | None]


class Page(HTMLParser):
    """What a reader of the page's markup finds: tags with their attributes, and the text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, Attributes]] = []
        self.words: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def all(self, tag: str) -> list[Attributes]:
        return [attributes for name, attributes in self.tags if name == tag]

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    @property
    def links(self) -> list[str]:
        return [str(link["href"]) for link in self.all("a")]


def read(client: FlaskClient, path: str, status: int = 200) -> Page:
    answer = client.get(path)
    assert answer.status_code == status, answer.text
    assert answer.content_type == "text/html; charset=utf-8"
    return Page(answer.text)


def box(page: Page) -> Attributes:
    (found,) = [field for field in page.all("input") if field["name"] == "q"]
    return found


def test_welcome_says_what_is_loaded_and_what_to_ask(client: FlaskClient) -> None:
    page = read(client, "/")
    assert "4 sessions of 2 events, 2025 to 2026" in page.text
    assert "Summit" in page.text
    assert "/?q=Health+analytics" in page.links
    assert "autofocus" in box(page)
    assert [label["for"] for label in page.all("label")] == ["q"]


def test_blank_questions_show_the_welcome(client: FlaskClient) -> None:
    assert "What is loaded" in read(client, "/?q=+&track=").text


def test_results(client: FlaskClient) -> None:
    page = read(client, "/?q=health+analytics")
    assert len(page.all("article")) == 3
    assert box(page)["value"] == "health analytics"
    assert "autofocus" not in box(page)
    assert "Tuesday 13 May 2025, 10:30–11:15 UTC+02:00" in page.text
    for words in ("Hall A", "Summit", "2025", "Zoë Brändström", "Ana Ruiz", "Talk", "German"):
        assert words in page.text
    (link,) = [link for link in page.all("a") if link["href"] == SESSIONS[0].url]
    assert link["rel"] == "noopener"


def test_a_long_abstract_unfolds(client: FlaskClient) -> None:
    page = read(client, "/?q=ward&limit=1")
    assert "Read the rest" in page.text
    shown, rest = split_abstract(SESSIONS[0].abstract)
    assert len(shown.split()) == 60
    assert shown in page.text
    assert rest.strip() in page.text


def test_similarity_is_a_bar_with_its_number(client: FlaskClient) -> None:
    page = read(client, "/?q=health+analytics&limit=50")
    for meter in page.all("meter"):
        assert 0 <= float(str(meter["value"])) <= 1
        assert meter["aria-labelledby"]
    best = client.get("/api/search?q=health+analytics").get_json()["results"][0]["similarity"]
    assert f"{best:.2f}" in page.text


def test_filters_come_from_the_catalogue(client: FlaskClient) -> None:
    page = read(client, "/?q=health")
    names = {select["name"] for select in page.all("select")}
    assert names == {"event", "year", "day", "track", "level", "language", "mode"}
    assert "Health (2)" in page.text
    assert "Tuesday 12 May 2026 (1)" in page.text
    assert all(select["form"] == "search" for select in page.all("select"))
    labelled = {label["for"] for label in page.all("label")}
    assert {select["id"] for select in page.all("select")} <= labelled


def test_chosen_filters_are_selected_and_can_be_removed(client: FlaskClient) -> None:
    page = read(client, "/?q=health&year=2026&track=health&speaker=ana+ruiz")
    assert len(page.all("article")) == 1
    selected = {option["value"] for option in page.all("option") if "selected" in option}
    assert selected == {"2026", "Health", ""}  # the default mode stays out of the address
    assert "/?q=health&year=2026&speaker=ana+ruiz" in page.links
    assert "/?q=health" in page.links
    (speaker,) = [field for field in page.all("input") if field["name"] == "speaker"]
    assert speaker["value"] == "Ana Ruiz"


def test_several_values_of_one_filter_are_kept(client: FlaskClient) -> None:
    page = read(client, "/?q=health&year=2025&year=2026&limit=10")
    hidden = [(field["name"], field["value"]) for field in page.all("input") if "type" in field]
    assert ("year", "2025") in hidden
    assert ("year", "2026") in hidden
    assert ("limit", "10") in hidden
    assert "2 chosen, add one" in page.text


def test_a_filter_value_that_no_session_has(client: FlaskClient) -> None:
    page = read(client, "/?q=health&track=Alchemy")
    assert "No session passes these filters" in page.text
    assert "Alchemy (0)" in page.text
    assert "/?q=health" in page.links


def test_words_that_no_session_has_lead_to_asking_by_meaning(client: FlaskClient) -> None:
    page = read(client, "/?q=zymurgy&mode=keyword")
    assert "No session has any of these words. Ask by meaning too ." in page.text
    assert "/?q=zymurgy" in page.links
    page = read(client, "/?q=reliable&mode=keyword&year=2025")
    assert "No session that passes these filters has any of these words." in page.text
    assert {"/?q=reliable&year=2025", "/?q=reliable&mode=keyword"} <= set(page.links)


def test_more_sessions_are_a_link_away(client: FlaskClient) -> None:
    assert "/?q=health&limit=10" in read(client, "/?q=health").links
    assert len(read(client, "/?q=health&limit=10").all("article")) == 4


def test_filters_stay_while_there_is_no_question(client: FlaskClient) -> None:
    page = read(client, "/?event=Summit&year=2026")
    hidden = {field["name"]: field["value"] for field in page.all("input")}
    assert hidden["event"] == "Summit"
    assert hidden["year"] == "2026"


@pytest.mark.parametrize(
    ("query", "typed", "says"),
    [
        ("q=health&limit=0", "health", "limit is"),
        ("q=health&limit=abc", "health", "limit is &#39;abc&#39;"),
        ("q=health&mode=psychic", "health", "psychic"),
        ("q=health&year=soon", "health", "year is"),
        ("q=%F0%9F%8E%89", "🎉", "no letter or digit"),
        ("q=%ED%A0%80", "", "not valid UTF-8"),
        ("q=a&q=b", "a b", "q is given 2 times"),
    ],
)
def test_problems_keep_the_question(client: FlaskClient, query: str, typed: str, says: str) -> None:
    answer = client.get(f"/?{query}")
    assert answer.status_code == 400
    assert says in answer.text
    assert (box(Page(answer.text))["value"] or "") == typed


def test_a_question_that_is_too_long(client: FlaskClient) -> None:
    page = read(client, "/?q=" + "a" * 10_000, 400)
    assert "10000 characters" in page.text
    assert box(page)["value"] == "a" * 10_000


def test_parameters_of_other_programs_are_ignored(client: FlaskClient) -> None:
    assert len(read(client, "/?q=health&utm_source=mail").all("article")) == 3


def test_nothing_loaded(tmp_path: Path) -> None:
    store, searcher = open_empty(tmp_path)
    client = create_app(searcher).test_client()
    for path in ("/", "/?q=health"):
        assert "conference-helper load SOURCE" in read(client, path).text
    write(store, SESSIONS)
    assert len(read(client, "/?q=health").all("article")) == 3
    store.close()


def test_markup_in_sessions_and_questions_is_only_text(tmp_path: Path) -> None:
    markup = '<script>alert(1)</script><img src=x onerror="alert(2)">'
    evil = Session(
        event=markup,
        year=2026,
        source_id="x",
        title=markup,
        abstract=f"</p>{markup} " * 40,
        speakers=(markup,),
        track=markup,
        level='"><b onclick=x>',
        language=markup,
        kind=markup,
        room=markup,
        url="javascript:alert(document.domain)",
    )
    store, searcher = open_loaded(tmp_path, [evil])
    client = create_app(searcher).test_client()
    for path in ("/", f"/?q={markup}", f"/?q=alert&track={markup}", f"/?q=a&limit={markup}"):
        answer = client.get(path)
        page = Page(answer.text)
        assert markup not in answer.text
        assert [script["src"] for script in page.all("script")] == ["/static/page.js"]
        assert {image["src"] for image in page.all("img")} <= {"/static/icon.svg"}
        assert not page.all("b")
        assert not [link for link in page.links if "javascript" in link.lower()[:20]]
    store.close()


def test_no_page_has_inline_style_or_script(client: FlaskClient) -> None:
    for path in ("/", "/?q=health&year=2026", "/?q=health&limit=0", "/nothing"):
        page = Page(client.get(path).text)
        names = {name for _, attributes in page.tags for name in attributes}
        assert not {name for name in names if name == "style" or name.startswith("on")}
        assert not page.all("style")
        assert all(script["src"] for script in page.all("script"))


def test_every_asset_is_ours(client: FlaskClient) -> None:
    page = read(client, "/")
    assets = [str(link["href"]) for link in page.all("link")]
    assets += [str(item["src"]) for item in page.all("script") + page.all("img")]
    for asset in assets:
        with client.get(asset) as answer:
            assert answer.status_code == 200
            assert not re.search(
                r"https?://(?!www\.w3\.org/2000/svg)|@import|url\(", answer.get_data(as_text=True)
            )


def test_landmarks_and_headings(client: FlaskClient) -> None:
    for path in ("/", "/?q=health&year=2026"):
        page = read(client, path)
        for landmark in ("header", "main", "footer", "h1"):
            assert len(page.all(landmark)) == 1
        assert page.links[0] == "#main"
        assert page.all("html")[0]["lang"] == "en"
        ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
        assert len(ids) == len(set(ids))


def test_head(client: FlaskClient) -> None:
    answer = client.head("/?q=health")
    assert (answer.status_code, answer.data) == (200, b"")


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://example.org/a?b=c", True),
        ("HTTP://example.org", True),
        ("javascript:alert(1)", False),
        ("JavaScript:alert(1)", False),
        (" java\nscript:alert(1)", False),
        ("data:text/html,x", False),
        ("//example.org", False),
        ("https:", False),
        ("http://[::1", False),
        ("example.org", False),
        ("", False),
    ],
)
def test_only_addresses_of_the_web_become_links(url: str, safe: bool) -> None:
    assert safe_url(url) == (url if safe else "")


def test_times_in_words() -> None:
    vienna = datetime(2026, 5, 12, 22, 0, tzinfo=ZoneInfo("Europe/Vienna"))
    session = replace(SESSIONS[3], starts_at=vienna, ends_at=vienna + timedelta(hours=4))
    assert tell_when(session) == "Tuesday 12 May 2026, 22:00 to Wednesday 13 May 2026, 02:00"
    assert tell_zone(session) == "Europe/Vienna time"
    assert tell_when(replace(session, ends_at=None)) == "Tuesday 12 May 2026, 22:00"
    midnight = replace(session, starts_at=datetime(2026, 5, 12, tzinfo=UTC), ends_at=None)
    assert tell_when(midnight) == "Tuesday 12 May 2026"
    assert tell_zone(midnight) == "UTC time"
    assert tell_when(SESSIONS[3]) == tell_zone(SESSIONS[3]) == ""


def test_abstracts_are_cut_between_words() -> None:
    assert split_abstract("short") == ("short", "")
    shown, rest = split_abstract("word " * 100)
    assert (len(shown.split()), len(rest.split())) == (60, 40)
    assert split_abstract("word " * 64) == ("word " * 64, "")
    shown, rest = split_abstract("日" * 1000)
    assert (len(shown), len(rest)) == (480, 520)
    shown, rest = split_abstract("antidisestablishmentarianism " * 50)
    assert shown.endswith("ism")
    assert rest.startswith("anti")


def test_matched_words_are_marked(client: FlaskClient) -> None:
    page = client.get("/?q=patience+and+consent").text
    assert "Registers, <mark>consent</mark> and <mark>patience</mark>." in page


def test_more_like_this_leads_to_a_page_of_its_own(client: FlaskClient) -> None:
    page = read(client, "/?q=health")
    address = next(link for link in page.links if link.endswith("/similar"))
    alike = read(client, address)
    assert "sessions like" in alike.text
    assert len(alike.all("article")) == 3
    assert client.get("/sessions/x/similar").status_code == 400
    assert client.get(f"/sessions/{UUID(int=0)}/similar").status_code == 404


def test_sittings_of_one_talk_are_listed(tmp_path: Path) -> None:
    talk = SESSIONS[0]
    again = replace(talk, year=2026, source_id="again", starts_at=None, ends_at=None)
    client = create_app(open_loaded(tmp_path, [*SESSIONS, again])[1]).test_client()
    page = read(client, "/?q=health+analytics+on+the+ward")
    assert "Given 2 times: Summit 2025 (" in page.text
    assert len(page.all("article")) == 3
    assert "Given" not in read(client, "/?q=health+analytics+on+the+ward&fold=false").text
    assert ("fold", "false") in [
        (field["name"], field["value"])
        for field in read(client, "/?q=health&fold=false&year=2026").all("input")
        if "type" in field
    ]


def test_a_range_of_days_is_told_and_removed(client: FlaskClient) -> None:
    page = read(client, "/?q=health&day=2026-05-01..2026-05-31")
    assert "Friday 1 May 2026 to Sunday 31 May 2026" in page.text
    assert len(page.all("article")) == 1
    assert "from Friday 1 May 2026" in read(client, "/?q=health&day=2026-05-01..").text
