import re
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate
from support.web_fixtures import SESSIONS

from service.filters import FIELDS
from service.search.searcher import Searcher
from service.stores.edge.store import EdgeStore

HEALTH, *_, MAPS = (str(session.id) for session in SESSIONS)


def test_openapi_is_valid_and_complete(client: FlaskClient) -> None:
    document = client.get("/openapi.json").get_json()
    assert document["openapi"].startswith("3.1")
    validate(document)
    rules = client.application.url_map.iter_rules()
    routes = {
        re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
        for rule in rules
        if "static" not in rule.rule
    }
    assert set(document["paths"]) == routes


def test_openapi_names_every_parameter(client: FlaskClient) -> None:
    paths = client.get("/openapi.json").get_json()["paths"]
    for path in ("/", "/api/search", "/api/facets", "/api/programme"):
        names = {parameter["name"] for parameter in paths[path]["get"]["parameters"]}
        assert names >= FIELDS.keys()
        if path != "/":
            query = "&".join(f"{name}=" for name in names - {"q", "limit"})
            assert client.get(f"{path}?q=a&{query}").status_code == (200 if "q" in names else 400)


@pytest.mark.parametrize(
    ("path", "schema"),
    [
        ("/api/search?q=health&limit=50", "Answer"),
        (f"/api/sessions/{HEALTH}", "Talk"),
        (f"/api/sessions/{MAPS}", "Talk"),
        ("/api/facets", "Facets"),
        ("/api/programme", "Programme"),
        ("/api/programme?now=2026-05-12T09:10%2B02:00", "Programme"),
        ("/api/programme?event=x", "Programme"),
        ("/api/programme?part=x", "Error"),
        ("/api/status", "Status"),
        ("/api/search?q=", "Error"),
        (f"/api/sessions/{UUID(int=7)}", "Error"),
        ("/livez", "Alive"),
        ("/readyz", "Ready"),
        ("/openapi.json", "Document"),
    ],
)
def test_answers_fit_their_schema(
    client: FlaskClient, loaded: tuple[EdgeStore, Searcher], path: str, schema: str
) -> None:
    loaded[1].warm_up()
    document = client.get("/openapi.json").get_json()
    validator = Draft202012Validator(
        {"$ref": f"#/components/schemas/{schema}", "components": document["components"]},
        format_checker=Draft202012Validator.FORMAT_CHECKER,
    )
    validator.validate(client.get(path).get_json())


def test_the_schema_knows_every_field_of_a_session(client: FlaskClient) -> None:
    schema = client.get("/openapi.json").get_json()["components"]["schemas"]["Session"]
    assert set(schema["required"]) == set(SESSIONS[0].as_dict())
