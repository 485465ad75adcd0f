import pytest
from flask.testing import FlaskClient
from support.web_fixtures import complaint

from service.errors import StoreError
from service.search.searcher import Searcher
from service.stores.edge.store import EdgeStore


def test_health(client: FlaskClient, loaded: tuple[EdgeStore, Searcher]) -> None:
    assert client.get("/livez").json == {"status": "alive"}
    answer = client.get("/readyz")
    assert complaint(answer, 503)["code"] == "not_ready"
    assert int(answer.headers["Retry-After"]) > 0
    loaded[1].warm_up()
    answer = client.get("/readyz")
    assert answer.status_code == 200
    generation = loaded[0].manifest().generation
    assert answer.json == {
        "status": "ready",
        "generation": generation,
        "sessions": 4,
        "warnings": [],
    }


def test_health_with_nothing_loaded(empty: FlaskClient) -> None:
    assert empty.get("/livez").status_code == 200
    answer = empty.get("/readyz")
    assert complaint(answer, 503)["code"] == "nothing_loaded"
    assert int(answer.headers["Retry-After"]) > 0


def test_health_with_a_broken_store(
    client: FlaskClient, loaded: tuple[EdgeStore, Searcher], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise StoreError("The disk is gone.")

    monkeypatch.setattr(loaded[0], "reading", fail)
    assert client.get("/livez").status_code == 200
    error = complaint(client.get("/readyz"), 503)
    assert error == {"code": "store_unavailable", "message": "The disk is gone."}
