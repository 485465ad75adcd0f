"""What pages, API and terminal say of a cancelled session, and of a time whose zone is not known."""

import json
import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime

import pytest
from flask.testing import FlaskClient
from support.answers import answer_with
from support.web_fixtures import SESSIONS, open_loaded

from conference_helper.printing import print_answer
from service.web import create_app

WARD = replace(SESSIONS[0], cancelled=True)
LOCAL = replace(
    SESSIONS[1],
    starts_at=datetime(2026, 5, 12, 9),
    ends_at=datetime(2026, 5, 12, 9, 45),
)
SCHEMA = "https://schema.org/Event"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    store, searcher = open_loaded(
        tmp_path_factory.mktemp("cancelled"), [WARD, LOCAL, *SESSIONS[2:]]
    )
    with closing(store):
        yield create_app(searcher, public_url="https://talks.example.org").test_client()


def described(page: str) -> dict[str, str]:
    (data,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)
    found: dict[str, str] = json.loads(data)
    return found


def test_every_page_says_that_it_is_cancelled(client: FlaskClient) -> None:
    label = '<span class="cancelled" lang="en">Cancelled</span>'
    page = client.get(f"/sessions/{WARD.id}").text
    assert re.search(rf"<h1[^>]*>{WARD.title} {label}", page)
    assert f"<title>Cancelled: {WARD.title}" in page
    assert f'content="Cancelled: {WARD.title}"' in page
    assert described(page)["eventStatus"] == f"{SCHEMA}Cancelled"
    for path in ("/?q=analytics&limit=4", f"/sessions/{LOCAL.id}", "/speakers/Ana%20Ruiz"):
        assert re.search(rf">{WARD.title}</a> {label}", client.get(path).text), path
    other = client.get(f"/sessions/{SESSIONS[2].id}").text
    assert described(other)["eventStatus"] == f"{SCHEMA}Scheduled"
    assert re.search(r"<h1[^>]*>[^<]*</h1>", other)


def test_a_local_time_says_so_and_is_compared_with_no_clock(client: FlaskClient) -> None:
    page = client.get(f"/sessions/{LOCAL.id}").text
    when = '<time datetime="2026-05-12T09:00:00">Tuesday 12 May 2026, 09:00–09:45</time>'
    assert f'{when} <span class="zone">local time</span>' in page
    assert "data-starts" not in page
    assert described(page)["startDate"] == "2026-05-12T09:00:00"
    assert "data-starts" in client.get(f"/sessions/{WARD.id}").text


def test_the_api_says_both(client: FlaskClient) -> None:
    results = client.get("/api/search?q=analytics&limit=4").json["results"]  # type: ignore[index]  # it is JSON
    found = {result["session"]["id"]: result["session"] for result in results}
    assert found[str(WARD.id)]["cancelled"] is True
    assert results[-1]["session"]["id"] == str(WARD.id)
    local = found[str(LOCAL.id)]
    assert (local["starts_at"], local["ends_at"]) == ("2026-05-12T09:00:00", "2026-05-12T09:45:00")
    assert (local["timezone"], local["day"], local["cancelled"]) == (None, "2026-05-12", False)


def test_the_terminal_says_both(capsys: pytest.CaptureFixture[str]) -> None:
    answer = answer_with(1)
    for session, said in ((WARD, f"1. Cancelled: {WARD.title}"), (LOCAL, "09:00 local time")):
        results = (replace(answer.results[0], session=session, occurrences=(session,)),)
        print_answer(replace(answer, results=results), filtered=False)
        assert said in capsys.readouterr().out
