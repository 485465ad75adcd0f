import re
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from support.page_reader import SCRIPTS, Attributes, Page, read
from support.web_fixtures import SESSIONS, open_empty, open_loaded, write

from service.session import Session
from service.web import create_app
from service.web.abstracts import split_abstract


def box(page: Page) -> Attributes:
    (found,) = [field for field in page.all("input") if field["name"] == "q"]
    return found


def test_welcome_says_what_is_loaded_and_what_to_ask(client: FlaskClient) -> None:
    page = read(client, "/")
    assert "4 sessions of 2 events, 2025 to 2026" in page.text
    assert "Summit" in page.text
    assert "/?q=Health+analytics+for+a+whole+region" in page.links
    assert "autofocus" in box(page)
    assert [label["for"] for label in page.all("label")] == ["q"]


def test_blank_questions_show_the_welcome(client: FlaskClient) -> None:
    assert "What is loaded" in read(client, "/?q=+&track=").text


def test_of_very_many_events_the_latest_are_listed_and_any_other_is_named(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.web.pages.EVENTS_UNFOLDED", 0)
    monkeypatch.setattr("service.web.pages.EVENTS_SHOWN", 1)
    page = read(client, "/")
    (picker,) = [field for field in page.all("input") if field.get("list") == "events"]
    assert picker["name"] == "event"
    offered = [str(one["value"]) for one in page.all("option")]
    events = latest_years(client)
    assert sorted(offered) == sorted(events)
    assert events[offered[0]] == max(events.values()), "the latest first"
    listed = [link for link in page.links if link.startswith("/programme?")]
    assert {parse_qs(urlsplit(link).query)["event"][0] for link in listed} == {offered[0]}
    assert "Programme of another event" in page.text
    assert client.get("/programme", query_string={"event": offered[-1]}).status_code == 200


def latest_years(client: FlaskClient) -> dict[str, int]:
    """Return the latest year of each event."""
    latest: dict[str, int] = {}
    for one in client.get("/api/status").get_json()["events"]:
        latest[one["event"]] = max(one["year"], latest.get(one["event"], 0))
    return latest


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
    page = read(client, "/?q=health+analytics&mode=semantic&limit=50")
    for meter in page.all("meter"):
        assert 0 <= float(str(meter["value"])) <= 1
        assert meter["aria-label"] == "Similarity"
    best = client.get("/api/search?q=health+analytics&mode=semantic").get_json()["results"][0][
        "similarity"
    ]
    assert f"{best:.2f}" in page.text


def test_similarity_is_not_shown_where_a_title_a_name_or_words_decided(client: FlaskClient) -> None:
    for question, decided_by in (
        ("maps for everyone", "Found by its title"),
        ("ola berg", "Found by its speaker"),
        ('"registers, consent"', "Found by these words"),
    ):
        page = read(client, f"/?q={question}&limit=1")
        assert decided_by in page.text
        assert not page.all("meter")


def test_more_sessions_are_a_link_away(client: FlaskClient) -> None:
    assert "/?q=health&limit=10" in read(client, "/?q=health").links
    assert len(read(client, "/?q=health&limit=10").all("article")) == 4


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
    page = read(client, "/?q=" + "health+" * 1_000)
    assert "The question was cut to its first 2,000 characters." in page.text
    assert box(page)["value"] == " ".join(["health"] * 285)
    assert "maxlength" not in box(page)


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
        assert [script["src"] for script in page.all("script")] == SCRIPTS
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
    assert {f"/sessions/{sitting.id}" for sitting in (talk, again)} <= set(page.links)
    assert len(page.all("article")) == 3
    assert "Given" not in read(client, "/?q=health+analytics+on+the+ward&fold=false").text
    assert ("fold", "false") in [
        (field["name"], field["value"])
        for field in read(client, "/?q=health&fold=false&year=2026").all("input")
        if "type" in field
    ]


def test_styles_and_scripts_leave_room_for_the_page(client: FlaskClient) -> None:
    """Of 60 kB uncompressed, a page of 1,464 sessions' filters and three results takes up to 36."""
    page = read(client, "/?q=health")
    files = [str(link["href"]) for link in page.all("link") if link["rel"] != "canonical"]
    files += [str(script["src"]) for script in page.all("script")]
    size = 0
    for file in files:
        with client.get(file) as answer:
            size += len(answer.data)
    assert size < 24_000
