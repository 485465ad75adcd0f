from typing import NoReturn

import pytest
from flask.testing import FlaskClient
from support.web_fixtures import complaint

from service.errors import DamagedError, StoreError
from service.search.searcher import Searcher
from service.stores.edge.generation import EdgeGeneration
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


@pytest.mark.parametrize("error", [DamagedError("A file is damaged."), ZeroDivisionError("odd")])
def test_ready_is_what_answered_the_last_question(
    client: FlaskClient,
    loaded: tuple[EdgeStore, Searcher],
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
) -> None:
    def fail(*_: object) -> NoReturn:
        raise error

    loaded[1].warm_up()
    with monkeypatch.context() as broken:
        broken.setattr(EdgeGeneration, "search", fail)
        assert client.get("/api/search?q=health").status_code >= 500
        assert str(error) in complaint(client.get("/readyz"), 503)["message"]
        with pytest.raises(type(error)):
            loaded[1].warm_up()
        assert client.get("/readyz").status_code == 503
    loaded[1].warm_up()
    assert client.get("/readyz").status_code == 200
    with monkeypatch.context() as broken:
        broken.setattr(EdgeGeneration, "search", fail)
        assert client.get("/api/search?q=health").status_code >= 500
    assert client.get("/api/search?q=").status_code == 400
    assert client.get("/readyz").status_code == 503
    assert client.get("/api/search?q=health").status_code == 200
    assert client.get("/readyz").status_code == 200
