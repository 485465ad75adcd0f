"""/.well-known/security.txt names whom to tell of a weakness, where the settings do."""

from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient

from service.errors import SettingsError
from service.search.searcher import Searcher
from service.settings import SecuritySettings, load_settings
from service.web import create_app
from service.web.security_txt import PATH


def ask(searcher: Searcher, public_url: str = "", **settings: object) -> dict[str, str]:
    security = SecuritySettings.model_validate({"contact": "mailto:a@example.org", **settings})
    app = create_app(searcher, security=security, public_url=public_url)
    answer = app.test_client().get(PATH)
    assert (answer.status_code, answer.content_type) == (200, "text/plain; charset=utf-8")
    return dict(line.split(": ", 1) for line in answer.text.splitlines())


def test_without_a_contact_there_is_none(client: FlaskClient) -> None:
    assert client.get(PATH).status_code == 404


def test_it_names_the_contact_and_expires_in_the_future(searcher: Searcher) -> None:
    said = ask(searcher, "https://ask.example.org", languages="en, fr")
    assert said["Contact"] == "mailto:a@example.org"
    assert said["Preferred-Languages"] == "en, fr"
    assert said["Canonical"] == f"https://ask.example.org{PATH}"
    expires = datetime.fromisoformat(said["Expires"])
    assert timedelta(days=30) < expires - datetime.now(UTC) < timedelta(days=365)


@pytest.mark.parametrize(
    ("public_url", "canonical"),
    [
        ("", None),
        ("http://ask.example.org", None),
        ("https://example.org:8443/ask", f"https://example.org:8443{PATH}"),
    ],
)
def test_its_address_is_at_the_root_of_a_host_with_https(
    searcher: Searcher, public_url: str, canonical: str | None
) -> None:
    assert ask(searcher, public_url).get("Canonical") == canonical


def test_under_a_path_it_is_still_found_at_the_root(searcher: Searcher) -> None:
    security = SecuritySettings(contact="https://example.org/security")
    app = create_app(searcher, security=security, public_url="https://example.org/ask")
    assert app.test_client().get(PATH).text.startswith("Contact: https://example.org/security\n")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CONTACT", "security@example.org"),
        ("CONTACT", "mailto:security"),
        ("CONTACT", "http://example.org/security"),
        ("CONTACT", "javascript:alert(1)"),
        ("CONTACT", "https:///security"),
        ("CONTACT", "mailto:a@example.org Expires: 2000-01-01T00:00:00Z"),
        ("CONTACT", "https://example.org/\nContact:x"),
        ("LANGUAGES", "en;fr"),
    ],
)
def test_settings_that_cannot_be_used_say_why(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(f"CONFERENCE_HELPER_SECURITY_{name}", value)
    with pytest.raises(SettingsError, match=f"CONFERENCE_HELPER_SECURITY_{name}: "):
        load_settings()


def test_settings_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONFERENCE_HELPER_SECURITY_CONTACT", "https://example.org/security")
    monkeypatch.setenv("CONFERENCE_HELPER_SECURITY_LANGUAGES", "de,en")
    security = load_settings().security
    assert (security.contact, security.languages) == ("https://example.org/security", ("de", "en"))
