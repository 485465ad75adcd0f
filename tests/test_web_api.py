import json
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from support.web_fixtures import SESSIONS, complaint, open_loaded, write
from werkzeug.test import TestResponse

from service.filters import FACETS
from service.web import create_app

HEALTH, REGION, PIPELINES, MAPS = (str(session.id) for session in SESSIONS)


def found(answer: TestResponse) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [result["session"]["id"] for result in answer.json["results"]]  # type: ignore[index]  # it is JSON


def test_search_answers_with_the_nearest_three(client: FlaskClient) -> None:
    answer = client.get("/api/search?q=health++analytics")
    assert list(json.loads(answer.data)) == [
        *(
            "query",
            "mode",
            "took_ms",
            "verdict",
            "heading",
            "understood",
            "corrected",
            "notes",
            "total",
            "results",
        )
    ]
    assert answer.json is not None
    assert answer.json["query"] == "health analytics"
    assert [result["rank"] for result in answer.json["results"]] == [1, 2, 3]
    assert set(found(answer)[:2]) == {HEALTH, REGION}


def test_json_is_utf8_as_it_is(client: FlaskClient) -> None:
    assert "Zoë Brändström" in client.get("/api/search?q=ward").data.decode("utf-8")


def test_facets_of_a_question_take_its_options(client: FlaskClient) -> None:
    understood = client.get("/api/facets?q=analytics+in+2025").json
    verbatim = client.get("/api/facets?q=analytics+in+2025&interpret=false").json
    assert understood is not None and verbatim is not None
    assert understood["facets"]["room"] == [{"value": "Hall A", "count": 1}]
    assert sum(one["count"] for one in verbatim["facets"]["year"]) > 1
    assert client.get("/api/facets?q=a&ignore=year&now=2026-05-12T10:00%2B02:00").status_code == 200


@pytest.mark.parametrize(
    ("filters", "wanted"),
    [
        ("year=2025", {HEALTH}),
        ("year=2025&year=2026", {HEALTH, REGION, PIPELINES, MAPS}),
        ("track=health", {HEALTH, REGION}),
        ("track=Health&track=Data+Engineering", {HEALTH, REGION, PIPELINES}),
        ("level=Advanced", {REGION}),
        ("language=de", {REGION}),
        ("speaker=zoe+brandstrom", {HEALTH}),
        ("speaker=Ana+Ruiz&level=Beginner", {HEALTH}),
        ("event=Meetup", {MAPS}),
        ("day=2026-05-12", {REGION}),
        ("from=10:00", {HEALTH}),
        ("to=10:00&min_minutes=45", {REGION}),
        ("at=11:14", {HEALTH}),
        ("at=11:15", set()),
        ("max_minutes=44", set()),
        ("from=&to=&min_minutes=", {HEALTH, REGION, PIPELINES, MAPS}),
        ("track=&year=", {HEALTH, REGION, PIPELINES, MAPS}),
        ("track=Nowhere", set()),
    ],
)
def test_filters(client: FlaskClient, filters: str, wanted: set[str]) -> None:
    assert set(found(client.get(f"/api/search?q=health&limit=50&{filters}"))) == wanted


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("", "empty"),
        ("q=", "empty"),
        ("q=%20%09", "empty"),
        ("q=%F0%9F%8E%89%F0%9F%8E%89", "letter"),
        ("q=%ED%A0%80", "UTF-8"),
        ("q=a&track=%FF", "UTF-8"),
        ("q=a&q=b", "q is given 2 times"),
        ("q=a&limit=0", "limit is"),
        ("q=a&limit=51", "limit is"),
        ("q=a&limit=abc", "limit is 'abc'"),
        ("q=a&limit=", "limit is ''"),
        ("q=a&limit=3&limit=4", "limit is given 2 times"),
        ("q=a&mode=psychic", "psychic"),
        ("q=a&fold=perhaps", "fold is 'perhaps'; give true or false"),
        ("q=a&diversity=2", "diversity is '2'; give a number from 0 to 1"),
        ("q=a&diversity=much", "diversity is 'much'"),
        ("q=a&day=2026-02-01..2026-01-01", "ends before it starts"),
        ("q=a&mode=semantic&mode=semantic", "mode is given 2 times"),
        ("q=a&year=soon", "year is 'soon'"),
        ("q=a&day=tomorrow", "day is 'tomorrow'"),
        (
            "q=a&colour=blue",
            "Known parameters: q, limit, mode, fold, diversity, interpret, ignore, now, event",
        ),
        ("q=a&speakers=Ana", "'speakers'"),
    ],
)
def test_search_says_what_is_wrong(client: FlaskClient, query: str, says: str) -> None:
    error = complaint(client.get(f"/api/search?{query}"), 400)
    assert error["code"] == "bad_query"
    assert says in error["message"]


@pytest.mark.parametrize(
    ("path", "known"),
    [
        ("facets", "q, mode, limit, interpret, ignore, now, event"),
        ("status", "none"),
        (f"sessions/{HEALTH}", "none"),
        (f"sessions/{HEALTH}/similar", "limit, event"),
    ],
)
def test_unknown_parameters_are_named_everywhere(
    client: FlaskClient, path: str, known: str
) -> None:
    error = complaint(client.get(f"/api/{path}?colour=blue"), 400)
    assert error["code"] == "bad_query"
    assert f"'colour'. Known parameters: {known}" in error["message"]


@pytest.mark.parametrize(
    "question", ["<script>alert(1)</script>", "naïve 日本語", "a%00b", "'; DROP TABLE", "a" * 2000]
)
def test_search_takes_any_words(client: FlaskClient, question: str) -> None:
    assert len(found(client.get("/api/search", query_string={"q": question}))) == 3


def test_session(client: FlaskClient) -> None:
    answer = client.get(f"/api/sessions/{HEALTH}")
    assert answer.status_code == 200
    occurrence = {
        "id": HEALTH,
        "title": "Health analytics on the ward",
        "event": "Summit",
        "year": 2025,
        "source_id": "1",
        "slot": "",
        "room": "Hall A",
        "cancelled": False,
    }
    starts_at = "2025-05-13T10:30:00+02:00"
    told = {**SESSIONS[0].as_dict(), "occurrences": [{**occurrence, "starts_at": starts_at}]}
    assert answer.json == told


def test_session_that_is_not_there(client: FlaskClient) -> None:
    assert complaint(client.get(f"/api/sessions/{UUID(int=7)}"), 404)["code"] == "not_found"
    assert complaint(client.get("/api/sessions/seven"), 400)["code"] == "bad_query"
    assert complaint(client.get("/api/sessions/%FF"), 400)["code"] == "bad_query"


def test_facets_count_what_the_other_filters_leave(client: FlaskClient) -> None:
    answer = client.get("/api/facets?year=2026")
    assert answer.json is not None
    facets = answer.json["facets"]
    assert list(facets) == list(FACETS)
    assert facets["year"] == [{"value": 2026, "count": 3}, {"value": 2025, "count": 1}]
    assert facets["track"] == [
        {"value": "Data Engineering", "count": 1},
        {"value": "Health", "count": 1},
    ]
    assert {"value": "Ana Ruiz", "count": 1} in facets["speaker"]
    assert facets["day"] == [{"value": "2026-05-12", "count": 1}]


def test_facets_have_a_limit(client: FlaskClient) -> None:
    answer = client.get("/api/facets?limit=1")
    assert answer.json is not None
    assert {len(values) for values in answer.json["facets"].values()} == {1}
    for limit in ("0", "1001", "many"):
        error = complaint(client.get(f"/api/facets?limit={limit}"), 400)
        assert "from 1 to 1000" in error["message"]
    assert "'quest'" in complaint(client.get("/api/facets?quest=x"), 400)["message"]


def test_facets_know_every_mode_and_no_other(client: FlaskClient) -> None:
    for query in ("mode=bad", "q=health&mode=bad"):
        assert complaint(client.get(f"/api/facets?{query}"), 400)["code"] == "bad_query"


def test_facets_follow_a_question(client: FlaskClient) -> None:
    answer = client.get("/api/facets?q=pipelines&mode=keyword")
    assert answer.json is not None
    assert answer.json["facets"]["track"] == [{"value": "Data Engineering", "count": 1}]
    assert complaint(client.get("/api/facets?q=%20"), 400)["code"] == "bad_query"


def test_folding_and_diversity_are_parameters(client: FlaskClient) -> None:
    for query in ("fold=false", "fold=true&diversity=0.5", "diversity=1&limit=2"):
        answer = client.get(f"/api/search?q=health&{query}").get_json()
        assert all(len(result["occurrences"]) == 1 for result in answer["results"])


def test_status(client: FlaskClient) -> None:
    answer = client.get("/api/status")
    assert answer.json is not None
    assert answer.json["sessions"] == 4
    assert {"event": "Summit", "year": 2026, "sessions": 2} in answer.json["events"]
    assert answer.json["encoder"]["model"] == "bag-of-words"
    assert {"generation", "store"} <= answer.json.keys()
    assert answer.json["warnings"] == []


@pytest.mark.parametrize("path", ["search?q=health", f"sessions/{UUID(int=0)}", "facets", "status"])
def test_nothing_loaded(empty: FlaskClient, path: str) -> None:
    answer = empty.get(f"/api/{path}")
    error = complaint(answer, 503)
    assert error["code"] == "nothing_loaded"
    assert "conference-helper load" in error["message"]
    assert int(answer.headers["Retry-After"]) > 0


def test_a_new_generation_is_picked_up(tmp_path: Path) -> None:
    store, searcher = open_loaded(tmp_path)
    client = create_app(searcher).test_client()
    before = client.get("/api/status").get_json()["generation"]
    write(store, [replace(SESSIONS[0], title="Sourdough", abstract="")])
    answer = client.get("/api/search?q=sourdough")
    assert found(answer) == [HEALTH]
    assert answer.get_json()["results"][0]["session"]["title"] == "Sourdough"
    assert client.get("/api/status").get_json()["generation"] > before
    store.close()


def test_head_answers_like_get_without_a_body(client: FlaskClient) -> None:
    for path in ("/api/status", "/livez", "/openapi.json", "/api/search?q=health"):
        answer = client.head(path)
        assert (answer.status_code, answer.data) == (200, b"")


def test_similar_sessions(client: FlaskClient) -> None:
    best = client.get("/api/search?q=health").get_json()["results"][0]["session"]
    answer = client.get(f"/api/sessions/{best['id']}/similar?limit=2").get_json()
    assert [result["rank"] for result in answer["results"]] == [1, 2]
    assert best["id"] not in {result["session"]["id"] for result in answer["results"]}
    assert client.get("/api/sessions/x/similar").status_code == 400
    spelled = client.get(f"/api/sessions/{best['id'].upper()}/similar?limit=2").get_json()
    assert spelled == answer
