"""What follows from the catalogue alone has an ETag, and is not sent again to who has it."""

from pathlib import Path

from support.web_fixtures import SESSIONS, open_loaded, write

from service.web import create_app
from service.web.tags import BY_GENERATION

ID = SESSIONS[0].id
TAGGED = (
    f"/sessions/{ID}",
    f"/sessions/{ID}/similar",
    "/speakers/Ana%20Ruiz",
    "/programme/rooms",
    f"/api/sessions/{ID}",
    f"/api/sessions/{ID}/similar?limit=1",
)


def test_what_is_known_is_not_sent_again_until_something_is_loaded(tmp_path: Path) -> None:
    store, searcher = open_loaded(tmp_path)
    client = create_app(searcher).test_client()
    known = {}
    for path in TAGGED:
        answer = client.get(path)
        known[path] = {"If-None-Match": answer.headers["ETag"]}
        again = client.get(path, headers=known[path])
        assert (again.status_code, again.data) == (304, b""), path
        assert again.headers["ETag"] == answer.headers["ETag"]
        assert again.headers["Cache-Control"] == "no-cache"
    assert len({tag["If-None-Match"] for tag in known.values()}) == len(TAGGED)
    write(store, SESSIONS)
    for path in TAGGED:
        assert client.get(path, headers=known[path]).status_code == 200, path
    for path in ("/", "/?q=health", "/programme", "/api/search?q=health", "/api/status"):
        assert "ETag" not in client.get(path).headers, path
    missing = client.get("/api/sessions/00000000-0000-0000-0000-000000000007")
    assert "ETag" not in missing.headers
    assert missing.headers["Cache-Control"] == "no-store"
    assert {rule.endpoint for rule in client.application.url_map.iter_rules()} >= {*BY_GENERATION}
