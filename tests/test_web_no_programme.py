"""The page that says why no session passes, and the lists of rooms, tracks and speakers."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient
from support.page_reader import Page, read
from support.web_fixtures import complaint, open_loaded
from support.web_programme import at

from service.web import create_app


@pytest.mark.parametrize(
    ("query", "status", "says", "offers"),
    [
        ("event=FOS", 404, "No event here is called “FOS”.", "/programme?event=FOSS&year=2019"),
        (
            "event=FOSS&year=2031",
            404,
            "no sessions of FOSS in 2031",
            "/programme?event=FOSS&year=2018",
        ),
        (
            "event=FOSS&year=2019&day=2019-05-05",
            200,
            "FOSS 2019 has no session on Sunday 5 May 2019",
            "/programme?event=FOSS&year=2019&day=2019-02-03",
        ),
        (
            "event=FOSS&year=2019&track=Health&room=Aula",
            200,
            "FOSS 2019 has no track “Health”.",
            "/programme?event=FOSS&year=2019&room=Aula",
        ),
        (
            "event=FOSS&year=2019&track=Health",
            200,
            "FOSS 2019 has no track “Health”.",
            "/programme?event=Summit&year=2025",
        ),
        (
            "event=FOSS&year=2019&track=Python&room=Room+2",
            200,
            "No session of FOSS 2019 passes all of these filters together.",
            "/programme?event=FOSS&year=2019",
        ),
    ],
)
def test_why_nothing_passes_and_what_is_there_instead(
    foss: FlaskClient, query: str, status: int, says: str, offers: str
) -> None:
    page = read(foss, f"/programme?{query}", status)
    assert says in page.text
    assert offers in page.links
    told = foss.get(f"/api/programme?{query}").get_json()
    assert (told["sessions"], told["total"], told["day"]) == ([], 0, None)
    assert says in told["notes"][0]


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("part=soon", "part is"),
        ("part=10:00&part=11:00", "part is given 2 times"),
        ("now=noon", "now is"),
        ("day=tomorrow", "day is"),
        ("from=12:00&to=11:00", "no session passes both"),
        ("room=%ED%A0%80", "not valid UTF-8"),
        ("fits=x", "fits"),
    ],
)
def test_bad_values_are_told(foss: FlaskClient, query: str, says: str) -> None:
    page = foss.get(f"/programme?{query}")
    assert page.status_code == 400
    assert says in Page(page.text).text
    assert says in complaint(foss.get(f"/api/programme?{query}"), 400)["message"]


def test_lists_lead_to_programmes_and_speakers(foss: FlaskClient) -> None:
    rooms = read(foss, "/programme/rooms?event=FOSS&year=2019")
    assert "Rooms of FOSS 2019 4" in rooms.text
    assert "/programme?event=FOSS&year=2019&room=Room+2" in rooms.links
    assert rooms.text.index("Room 2") < rooms.text.index("Room 10")
    speakers = read(foss, "/programme/speakers")
    assert "/speakers/Ana%20Ruiz" in speakers.links
    assert (
        "No track is known of these sessions." in read(foss, "/programme/tracks?event=Meetup").text
    )
    for query in ("page=0", "page=x", "letter=a&letter=b", "event=x&now=y"):
        assert foss.get(f"/programme/rooms?{query}").status_code == 400
    assert foss.get("/programme/other").status_code == 404


def test_a_list_of_many_names_has_letters_and_pages(tmp_path: Path) -> None:
    names = [f"Ann {number:03}" for number in range(310)] + ["Bo Li"]
    store, searcher = open_loaded(tmp_path, [at(1, speakers=tuple(names))])
    client = create_app(searcher).test_client()
    page = read(client, "/programme/speakers?year=2019")
    assert "/programme/speakers?year=2019&letter=B" in page.links
    assert "/programme/speakers?year=2019&letter=A&page=2" in page.links
    assert len([link for link in page.links if link.startswith("/speakers/")]) == 300
    assert "Bo Li" in read(client, "/programme/speakers?year=2019&letter=B").text
    store.close()
