"""The component that other sites embed: small, for everyone, and of the API's words."""

import gzip
import re

from flask.testing import FlaskClient

from service.filters import FIELDS


def test_the_script_may_be_loaded_from_anywhere_and_is_small(client: FlaskClient) -> None:
    answer = client.get("/embed.js")
    assert answer.mimetype == "text/javascript"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert len(gzip.compress(answer.data)) < 15_000
    again = client.get("/embed.js", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


def test_its_attributes_are_filters(client: FlaskClient) -> None:
    (listed,) = re.findall(r"const FILTERS = \[(.*?)\]", client.get("/embed.js").text)
    assert set(re.findall(r"\w+", listed)) <= set(FIELDS)
