"""schemathesis finds nothing: what the OpenAPI document allows is answered, what it does not is refused.

CONFERENCE_HELPER_TEST_LONG=1 makes over 100,000 requests.
"""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema
from support.web_fixtures import open_loaded

from service.errors import QueryError
from service.filters import FIELDS, Filters
from service.programme.directory import FIELD_OF
from service.slots import MAX_PLAN
from service.web import create_app

pytestmark = pytest.mark.slow

IS_LONG = bool(os.environ.get("CONFERENCE_HELPER_TEST_LONG"))
EXAMPLES = 8_000 if IS_LONG else 4
TOO_LONG = 414
ALIKE = (
    "/",
    "/api/facets",
    "/calendar",
    "/programme",
    *(f"/programme/{kind}" for kind in FIELD_OF),
)
ACCEPTED = ["2xx", "3xx", "404", "410"]
REFUSED = ["400", "404", "405", "410", str(TOO_LONG)]
CONFIG = {
    "seed": 1 if not IS_LONG else int.from_bytes(os.urandom(4)),
    "continue-on-failure": True,
    "generation": {"max-examples": EXAMPLES, "database": "none"},
    "checks": {
        "positive_data_acceptance": {"expected-statuses": ACCEPTED},
        "negative_data_rejection": {"expected-statuses": REFUSED},
    },
    "phases": {"stateful": {"enabled": IS_LONG}},
    # Cases of boundaries take most of the time, and others have the same parameters.
    "operations": [
        {"include-path": path, "phases": {"coverage": {"enabled": IS_LONG}}} for path in ALIKE
    ],
}


@pytest.fixture
def described(tmp_path: Path) -> Any:
    _, searcher = open_loaded(tmp_path)
    app = create_app(searcher, deadline=600)
    searcher.warm_up()
    config = SchemathesisConfig.from_dict(CONFIG)
    schema = schemathesis.openapi.from_wsgi("/openapi.json", app, config=config)
    return schema.exclude(
        path="/mcp"
    )  # it answers JSON-RPC, whose own schema the document does not have


def says_no_schema(query: dict[str, Any]) -> bool:
    """Whether what is asked is refused for what a schema of single parameters cannot say.

    Filters contradict each other, have too many different values, or stand beside the ids of a plan; a range of
    days ends before it starts; the question has no letter and no digit of any script.
    """
    given = {
        name: [str(value) for value in (some if isinstance(some, list) else [some])]
        for name, some in query.items()
        if name in FIELDS
    }
    ranges = [day.partition("..") for day in given.get("day", ())]
    return (
        any(first > last > "" for first, _, last in ranges)
        or (
            not is_read(given)
            and all(is_read({name: [one]}) for name in given for one in given[name])
        )
        or ("ids" in query and any(map(any, given.values())))
        or len(query.get("ids") or ()) > MAX_PLAN
        or ("q" in query and not any(sign.isalnum() for sign in str(query["q"])))
    )


def has_blank(query: dict[str, Any]) -> bool:
    """Whether a value is blank: forms send such, and they count as not there, whatever their type is."""
    values = [
        one for some in query.values() for one in (some if isinstance(some, list) else [some])
    ]
    return any(not str(value).strip() for value in values)


def is_read(given: dict[str, list[str]]) -> bool:
    try:
        return Filters.parse(given) is not None
    except QueryError:
        return False


def find(schema: Any) -> Iterator[str]:
    """Yield the findings, then how many requests were made."""
    requests = 0
    for event in from_schema(schema).execute():
        if isinstance(event, events.NonFatalError | events.FatalError):
            yield f"{event}"
        if not isinstance(event, events.ScenarioFinished):
            continue
        recorder = event.recorder
        requests += len(recorder.interactions)
        for id, checks in recorder.checks.items():
            case, answer = recorder.cases[id].value, recorder.interactions[id].response
            for check in checks:
                if check.failure_info is None:
                    continue
                if check.name == "positive_data_acceptance" and (
                    answer is None or answer.status_code == TOO_LONG or says_no_schema(case.query)
                ):
                    continue
                if check.name == "negative_data_rejection" and has_blank(case.query):
                    continue
                failure = check.failure_info
                yield f"{check.name}: {failure.failure.message}\n{failure.code_sample}"
    yield f"{requests} requests"


def test_schemathesis_finds_nothing(described: Any) -> None:
    *findings, requests = find(described)
    sys.stdout.write(requests)
    assert not findings, f"{len(findings)} findings:\n" + "\n\n".join(findings[:20])
    assert int(requests.split()[0]) > (100_000 if IS_LONG else 1_000)
