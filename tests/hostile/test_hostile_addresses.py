"""Addresses as long as a server reads: many values of a filter, long ones, and ones that stand for many."""

from collections.abc import Callable
from itertools import count
from pathlib import Path
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from support.web_fixtures import complaint, open_loaded
from support.web_programme import at

from service.filters import MAX_ALL, MAX_VALUES
from service.web import create_app
from service.web.sizes import MAX_BYTES

LONGEST = 8_100
"""Characters of the longest addresses here; a server reads little more."""
PATHS = (
    "/?q=health&limit=50",
    "/programme?event=Summit",
    "/programme/rooms?event=Summit",
    "/calendar?event=Summit",
    "/programme.ics?event=Summit",
    "/api/search?q=health&limit=50",
    "/api/programme?event=Summit",
    "/api/facets?q=health&limit=1000",
)
NAMES = ("track", "room", "kind", "level", "language", "speaker")


def fill(path: str, parameter: Callable[[int], str]) -> str:
    """Return the path with parameters, as many as there is room for."""
    for number in count():
        longer = path + parameter(number)
        if len(longer) > LONGEST:
            break
        path = longer
    return path


@pytest.mark.parametrize("path", PATHS)
def test_an_address_full_of_values_is_refused(client: FlaskClient, path: str) -> None:
    one = fill(path, lambda number: f"&track=T{number}")
    every = fill(path, lambda number: f"&{NAMES[number % len(NAMES)]}=T{number // 6 % 18}")
    for address, limit in ((one, MAX_VALUES), (every, MAX_ALL)):
        answer = client.get(address)
        assert answer.status_code == 400
        assert f"give {limit} at most" in answer.text
        assert len(answer.data) < 10_000


@pytest.mark.parametrize("path", PATHS)
def test_an_address_full_of_one_value_is_answered(client: FlaskClient, path: str) -> None:
    answer = client.get(fill(path, lambda _: "&track=Health"))
    assert answer.status_code == 200
    assert len(answer.data) < 100_000


@pytest.mark.parametrize("sign", ["a", '"', "<", "é", "🎪"])
@pytest.mark.parametrize("path", PATHS)
def test_no_answer_is_longer_than_a_megabyte(client: FlaskClient, path: str, sign: str) -> None:
    """As many values as are taken, each as long as the address has room for."""
    room = LONGEST // MAX_ALL - 20
    length = room // len(quote(sign))
    values = (
        f"&{NAMES[number % len(NAMES)]}={number}{quote(sign) * length}"
        for number in range(MAX_ALL - 1)
    )
    answer = client.get(path + "".join(values))
    assert answer.status_code in (200, 400)
    assert len(answer.data) <= MAX_BYTES


def test_a_word_that_stands_for_many_speakers_stays_a_word_in_links(tmp_path: Path) -> None:
    names = tuple(f"Ana van {number}" for number in range(MAX_VALUES + 1))
    store, searcher = open_loaded(tmp_path, [at(1, speakers=names)])
    client = create_app(searcher).test_client()
    many = client.get("/programme?speaker=van")
    few = client.get("/programme?speaker=20")
    assert "Talk number 1" in many.text
    assert "speaker=van" in many.text
    assert "speaker=Ana" not in many.text
    assert "speaker=Ana+van+20" in few.text
    assert 'value="Aula"' in many.text, "what passes is counted"
    store.close()


def test_an_answer_that_would_be_longer_is_refused(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.web.sizes.MAX_BYTES", 1_000)
    assert "give fewer filters" in client.get("/?q=health").text.lower()
    refused = complaint(client.get("/api/search?q=health"), 400)
    assert (refused["code"], "MB is the most" in refused["message"]) == ("bad_query", True)
    assert client.get("/livez").status_code == 200
