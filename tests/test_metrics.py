"""What /metrics says, and that dashboard and alerts ask for what is there."""

import json
import math
import re
import time
from datetime import datetime
from pathlib import Path

import pytest
import yaml
from flask import Flask
from support.web_fixtures import open_empty

from service.runtime.rate_limit import RateLimit
from service.search.searcher import Searcher
from service.web import create_app

ROOT = Path(__file__).parent.parent


@pytest.fixture
def app(searcher: Searcher) -> Flask:
    return create_app(searcher)


def numbers(app: Flask) -> dict[str, float]:
    text = app.test_client().get("/metrics").get_data(as_text=True)
    pairs = (line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
    return {name: float(value) for name, value in pairs}


def test_requests_and_searches_are_counted(app: Flask, searcher: Searcher) -> None:
    before = numbers(app)
    client = app.test_client()
    client.get("/api/search?q=health")
    client.get("/api/search?q=health&year=1999")
    client.get("/api/search?q=")
    client.get("/nowhere/at/all")
    asked_at = time.time()
    after = numbers(app)

    def grown(name: str) -> float:
        return after[name] - before.get(name, 0)

    assert grown('conference_helper_requests_total{route="/api/search",status="200"}') == 2
    assert grown('conference_helper_requests_total{route="/api/search",status="400"}') == 1
    assert grown('conference_helper_requests_total{route="none",status="404"}') == 1
    assert grown('conference_helper_request_seconds_count{route="/api/search"}') == 3
    assert grown("conference_helper_encode_seconds_count") == 2
    assert grown("conference_helper_search_seconds_count") == 2
    assert grown('conference_helper_answers_total{found="some"}') == 1
    assert grown('conference_helper_answers_total{found="none"}') == 1
    assert after["conference_helper_catalogue_sessions"] == 4
    loaded_at = datetime.fromisoformat(searcher.store.manifest().created_at).timestamp()
    age = after["conference_helper_catalogue_age_seconds"]
    assert asked_at - loaded_at <= age <= time.time() - loaded_at


def test_requests_that_are_refused_are_timed_too(searcher: Searcher) -> None:
    app = create_app(searcher, limit=RateLimit(1))
    name = 'conference_helper_request_seconds_count{route="/api/search"}'
    before = numbers(app).get(name, 0)
    client = app.test_client()
    assert [client.get("/api/search?q=health").status_code for _ in range(2)] == [200, 429]
    assert numbers(app)[name] - before == 2


def test_metrics_answer_before_the_first_load(tmp_path: Path) -> None:
    _, searcher = open_empty(tmp_path)
    app = create_app(searcher)
    assert app.test_client().get("/metrics").status_code == 200
    for name in ("sessions", "age_seconds"):
        assert math.isnan(numbers(app)[f"conference_helper_catalogue_{name}"]), (
            "unknown is not zero"
        )


def test_every_request_has_an_id(app: Flask) -> None:
    client = app.test_client()
    given = client.get("/livez", headers={"X-Request-ID": "from-the-proxy.7"})
    assert given.headers["X-Request-ID"] == "from-the-proxy.7"
    made = client.get("/livez", headers={"X-Request-ID": 'evil" id'})
    assert re.fullmatch("[0-9a-f]{32}", made.headers["X-Request-ID"])


def metric_names(text: str) -> set[str]:
    return set(re.findall(r"conference_helper_[a-z_]+", text))


def test_dashboard_and_alerts_ask_for_metrics_that_exist(app: Flask) -> None:
    app.test_client().get("/api/search?q=health")
    known = metric_names(app.test_client().get("/metrics").get_data(as_text=True))
    dashboard = (ROOT / "ops/dashboard.json").read_text("utf-8")
    alerts = (ROOT / "ops/alerts.yml").read_text("utf-8")
    asked = metric_names(dashboard) | metric_names(alerts)
    assert len(asked) >= 10
    assert asked <= known
    assert all(panel["targets"] for panel in json.loads(dashboard)["panels"])
    rules = yaml.safe_load(alerts)["groups"][0]["rules"]
    assert all({"alert", "expr", "labels", "annotations"} <= set(rule) for rule in rules)
