"""Pages of the programme, its lists, and what the API says of it."""

import re
from pathlib import Path
from urllib.parse import parse_qs, quote, urlencode, urlsplit

import pytest
from flask.testing import FlaskClient
from support.page_reader import Page, read
from support.web_fixtures import complaint, open_loaded
from support.web_programme import FOSS, HOSTILE, MAPS, NOW, WARD, at

from service.filters import FIELDS
from service.web import create_app


def cells(page: Page) -> list[str]:
    return [str(one.get("rowspan", "1")) for one in page.all("td")]


def test_a_day_is_a_table_of_rooms_and_times(foss: FlaskClient) -> None:
    page = read(foss, f"/programme?event=FOSS&year=2019&{NOW}")
    assert "FOSS 2019 , programme: Saturday 2 February 2019" in page.text
    columns = [one for one in page.all("th") if one.get("scope") in ("col", "colgroup")]
    assert len(columns) == 6, "the time, four rooms, and no room"
    assert [one.get("colspan") for one in columns] == [None, None, "2", None, None, None]
    assert len([one for one in page.all("th") if one.get("scope") == "row"]) == 8
    heads = page.text.partition(" Time ")[2]
    for before, after in (("Aula", "Room 2"), ("Room 2", "Room 10"), ("Room 10", "No room")):
        assert heads.index(before) < heads.index(after)
    assert len(page.all("h1")) == 1
    (region,) = [one for one in page.all("div") if one.get("role") == "region"]
    assert (region["tabindex"], region["aria-label"]) == ("0", "Timetable by room and time")
    for session in (one for one in FOSS if one.day == "2019-02-02"):
        assert page.links.count(f"/sessions/{session.id}") >= 1
    assert f"/sessions/{FOSS[4].id}" not in page.links, "of the next day"


def test_every_session_of_the_day_stands_once_in_the_timetable(foss: FlaskClient) -> None:
    html = foss.get("/programme?event=FOSS&year=2019&day=2019-02-02").text
    shown = re.findall(r'<div class="slot.*?href="/sessions/([\w-]+)"', html, re.DOTALL)
    assert sorted(shown) == sorted(str(one.id) for one in FOSS if one.day == "2019-02-02")


def test_what_is_on_and_next(foss: FlaskClient) -> None:
    page = read(foss, f"/programme?event=FOSS&year=2019&{NOW}")
    live = page.text.partition("On now")[2].partition(" Timetable Europe")[0]
    assert live.startswith(" 2 10:20 Europe/Brussels time Update Next ")
    on, _, following = live.partition(" Next 2 ")
    assert "until 10:45 Aula Talk number 1" in on
    assert "Talk number 2" in on
    assert "number 6" not in live, "it is cancelled"
    assert following.startswith("10:30–11:15 Room 2 Talk number 3 11:00–11:45 Aula Talk number 4")
    assert "Cancelled" in page.text.partition("Talk number 6")[2][:20]


def test_another_day_has_no_now_but_leads_to_today(foss: FlaskClient) -> None:
    page = read(foss, f"/programme?event=FOSS&year=2019&day=2019-02-03&{NOW}")
    assert "On now" not in page.text
    assert "What is on today, Saturday 2 February 2019" in page.text
    assert (
        "/programme?now=2019-02-02T10:20:00%2B01:00&event=FOSS&year=2019&day=2019-02-02"
        in page.links
    )
    assert "Still on from the day before Talk number 10" in page.text
    assert "On now" not in read(foss, "/programme?event=FOSS&year=2019").text


def test_what_has_no_time_room_or_day_has_a_place(foss: FlaskClient) -> None:
    page = read(foss, f"/programme?event=FOSS&year=2019&{NOW}")
    assert "Time not known Talk number 8" in page.text
    assert "16:00 local time" in page.text
    undated = [link for link in page.links if "part=undated" in link]
    assert undated
    alone = read(foss, undated[0])
    assert "sessions without a day" in alone.text
    assert "Without a day Talk number 9" in alone.text
    assert not alone.all("table")
    assert "Talk number 1" in read(foss, "/programme?event=FOSS&year=2018").text


def test_links_lead_to_other_days_years_and_lists(foss: FlaskClient) -> None:
    page = read(foss, "/programme?event=FOSS")
    assert "/programme?event=FOSS&year=2019&day=2019-02-03" in page.links
    assert "/programme?event=FOSS&year=2018" in page.links
    assert "/programme/rooms?event=FOSS&year=2019" in page.links
    assert "/calendar?event=FOSS&year=2019" in page.links
    assert "/" in page.links
    here = [one for one in page.all("a") if one.get("aria-current") == "page"]
    assert [one["href"] for one in here] == ["/programme?event=FOSS&year=2019&day=2019-02-02"]


def test_filters_stay_in_links_form_and_search_box(foss: FlaskClient) -> None:
    page = read(foss, "/programme?event=FOSS&year=2019&track=python&speaker=ruiz")
    assert page.text.count("Talk number") == 1
    assert "/programme?event=FOSS&year=2019&track=Python&day=2019-02-02" not in page.links
    assert any("day=2019-02-02&track=Python&speaker=Ana+Ruiz" in link for link in page.links)
    assert "Remove the filter Track Python" in page.text
    assert "/programme?event=FOSS&year=2019&speaker=Ana+Ruiz" in page.links
    names = [one.get("name") for one in page.all("input") + page.all("select")]
    assert {"event", "year", "room", "track", "speaker", "from", "max_minutes"} <= set(names)
    assert "day" not in names, "it was not asked for"
    chosen = [one["value"] for one in page.all("option") if "selected" in one]
    assert chosen == ["Python"]
    assert "Aula (1)" in page.text
    kept = read(foss, "/programme?event=FOSS&year=2019&day=2019-02-03")
    assert ("day", "2019-02-03") in [
        (one.get("name"), one.get("value")) for one in kept.all("input")
    ]


PASSES_WARD = {
    "event": "Summit",
    "year": "2025",
    "from": "10:00",
    "to": "12:00",
    "at": "10:45",
    "min_minutes": "30",
    "max_minutes": "60",
    "room": "Hall A",
    "kind": "Talk",
    "track": "Health",
    "level": "Beginner",
    "language": "en",
    "speaker": "Ana Ruiz",
    "fits": str(MAPS.id),
}


@pytest.mark.parametrize("name", sorted(FIELDS.keys() - {"day"}))  # lists are of all days
def test_every_filter_passes_on_to_the_lists(client: FlaskClient, name: str) -> None:
    asked = urlencode({"event": "Summit", "year": 2025, name: PASSES_WARD[name]})
    page = read(client, f"/programme?{asked}")
    assert WARD.title in page.text
    for kind in ("rooms", "tracks", "speakers"):
        (address,) = [link for link in page.links if link.startswith(f"/programme/{kind}")]
        assert parse_qs(urlsplit(address).query)[name] == [PASSES_WARD[name]]
        assert client.get(address).status_code == 200


def test_values_that_attack_are_shown_as_text(foss: FlaskClient) -> None:
    for path in (
        "/programme?event=FOSS&year=2019&day=2019-02-02",
        f"/programme?event=FOSS&room={quote(HOSTILE)}",
        f"/programme?event={quote(HOSTILE)}",
        f"/programme?event=FOSS&track={quote(HOSTILE)}x",
        "/programme/rooms?event=FOSS",
        "/programme/speakers?event=FOSS",
        f"/programme/tracks?event={quote(HOSTILE)}&letter={quote(HOSTILE)}",
    ):
        html = foss.get(path).text
        assert "<img src=x" not in html
        assert "{{7*7}}" in html or "letter" in path
        assert "49" not in re.sub(r"[\w-]{36}", "", html)


def test_parameters_of_other_programs_are_ignored_by_pages_alone(foss: FlaskClient) -> None:
    assert "FOSS 2019" in read(foss, "/programme?event=FOSS&utm_source=mail").text
    assert "no parameter" in complaint(foss.get("/api/programme?utm_source=mail"), 400)["message"]


def test_the_first_page_leads_to_the_programme(foss: FlaskClient) -> None:
    answer = foss.get("/?event=FOSS&year=2019&limit=10&now=2019-02-02T10:20%2B01:00")
    assert answer.status_code == 302
    assert answer.headers["Location"] == (
        "/programme?now=2019-02-02T10:20:00%2B01:00&event=FOSS&year=2019"
    )
    page = read(foss, "/")
    assert "/programme?event=FOSS&year=2019" in page.links
    assert "Programme of FOSS 2019" in page.text
    assert "/programme" in page.links, "from every page"


def test_constraints_alone_lead_to_the_whole_programme(foss: FlaskClient) -> None:
    page = read(foss, "/?q=everything+in+the+aula+before+noon&event=FOSS")
    assert "/programme?event=FOSS&to=12:00&room=Aula" in page.links
    assert "By rooms and times" in page.text
    assert "By rooms and times" not in read(foss, "/?q=health").text


def test_the_api_tells_the_same(foss: FlaskClient) -> None:
    told = foss.get(f"/api/programme?event=foss&year=2019&{NOW}").get_json()
    assert (told["event"], told["year"], told["day"]) == ("FOSS", 2019, "2019-02-02")
    assert {one["id"] for one in told["sessions"]} == {
        str(one.id) for one in FOSS if one.day == "2019-02-02"
    }
    assert [one["title"] for one in told["now"]["on"]] == ["Talk number 1", "Talk number 2"]
    assert told["others"][0] == {"event": "FOSS", "year": 2018, "sessions": 1}
    assert told["undated"] == 1


def test_nothing_loaded(empty: FlaskClient) -> None:
    assert "conference-helper load SOURCE" in read(empty, "/programme").text
    assert empty.get("/programme/rooms").status_code == 503
    assert complaint(empty.get("/api/programme"), 503)["code"] == "nothing_loaded"


@pytest.mark.slow
def test_a_page_of_the_longest_names_is_under_a_megabyte(tmp_path: Path) -> None:
    def odd(number: int) -> str:
        return f"{number:03}" + "&\"'<🎪" * 200

    sessions = [
        at(
            number,
            odd(number),
            hours=(number % 500) / 60,
            title=odd(number),
            track=odd(number),
            speakers=(odd(number), odd(number)),
            language="de",
        )
        for number in range(600)
    ]
    store, searcher = open_loaded(tmp_path, sessions)
    page = create_app(searcher).test_client().get("/programme?now=2019-02-02T12:00%2B01:00")
    store.close()
    assert page.status_code == 200
    assert page.text.count('class="slot') == 600
    assert len(page.data) < 1_000_000
