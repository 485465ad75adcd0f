"""The page's name, logo, colour and footer are the site's own."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient
from support.page_reader import read

from service.errors import SettingsError
from service.search.searcher import Searcher
from service.settings import SiteSettings, load_settings
from service.web import create_app

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.fixture
def logo(tmp_path: Path) -> Path:
    path = tmp_path / "logo.svg"
    path.write_bytes(SVG)
    return path


def test_by_default_it_is_conference_helper(client: FlaskClient) -> None:
    page = read(client, "/")
    assert "Conference Helper" in page.text
    assert "Answers are the sessions" in page.text
    assert "/static/theme.css" not in [link["href"] for link in page.all("link")]
    assert "/static/icon.svg" in [picture["src"] for picture in page.all("img")]
    assert (
        client.get("/static/logo").status_code == client.get("/static/theme.css").status_code == 404
    )


def test_a_site_of_ones_own(searcher: Searcher, logo: Path) -> None:
    site = SiteSettings(
        name="<FOSDEM>", logo=logo, accent="#8a1c5b", footer="Ours & yours", imprint="/imprint"
    )
    client = create_app(searcher, site=site).test_client()
    for path in ("/", "/?q=health"):
        page = read(client, path)
        assert "<FOSDEM>" in page.text
        assert "Conference Helper" not in page.text
        assert "Ours & yours" in page.text
        assert "/imprint" in page.links
        assert "/static/logo" in [picture["src"] for picture in page.all("img")]
        assert "/static/theme.css" in [link["href"] for link in page.all("link")]
    assert "<FOSDEM>" in read(client, "/nothing", 404).text
    assert "– <FOSDEM>" in read(client, "/?q=health").text
    assert "--accent: #8a1c5b" in client.get("/static/theme.css").text


def test_a_logo_runs_nothing_and_is_kept(searcher: Searcher, logo: Path) -> None:
    client = create_app(searcher, site=SiteSettings(logo=logo)).test_client()
    answer = client.get("/static/logo")
    assert (answer.data, answer.mimetype) == (SVG, "image/svg+xml")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    again = client.get("/static/logo", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("SITE_ACCENT", "purple", "SITE_ACCENT"),
        ("SITE_ACCENT", "#fff;}", "SITE_ACCENT"),
        ("SITE_NAME", "x" * 61, "SITE_NAME"),
        ("SITE_IMPRINT", "javascript:alert(1)", "a path or an address"),
        ("SITE_IMPRINT", "//elsewhere", "a path or an address"),
        ("SITE_LOGO", "logo.exe", "ends in .svg"),
        ("SITE_LOGO", "missing.svg", "missing.svg is no file"),
        ("SITE_LOGO", "large.png", "200,001 bytes"),
        ("ALLOWED_ORIGINS", "https://example.org/page", "is no origin"),
        ("ALLOWED_ORIGINS", "*", "is no origin"),
        ("TRUSTED_PROXIES", "10.0.0.1, proxy.example", "'proxy.example' is no address of a proxy"),
        ("TRUSTED_PROXIES", "10.0.0.1/8", "is no address of a proxy"),
    ],
)
def test_settings_that_cannot_be_used_say_why(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, told: str
) -> None:
    Path("large.png").write_bytes(b"x" * 200_001)
    monkeypatch.setenv(f"CONFERENCE_HELPER_{name}", value)
    with pytest.raises(SettingsError, match=told):
        load_settings()


def test_lists_are_separated_by_commas_and_examples_by_semicolons(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(
        "CONFERENCE_HELPER_ALLOWED_ORIGINS", "https://a.example, http://B.example:8080"
    )
    monkeypatch.setenv("CONFERENCE_HELPER_TRUSTED_PROXIES", "10.0.0.0/24,::1")
    monkeypatch.setenv("CONFERENCE_HELPER_SITE_EXAMPLES", "What, and why?; Rust")
    settings = load_settings()
    assert settings.allowed_origins == ("https://a.example", "http://b.example:8080")
    assert [str(one) for one in settings.trusted_proxies] == ["10.0.0.0/24", "::1/128"]
    assert settings.site.examples == ("What, and why?", "Rust")
