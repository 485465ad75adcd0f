"""Settings from the environment and `.env`: each by its own variable, also those of the server."""

from pathlib import Path

import pytest

from service.errors import SettingsError
from service.settings import load_settings, variables


def test_the_servers_settings_have_a_variable_each(monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".env").write_text(
        "CONFERENCE_HELPER_QDRANT_URL=http://file\nCONFERENCE_HELPER_QDRANT_API_KEY=123\n", "utf-8"
    )
    monkeypatch.setenv("CONFERENCE_HELPER_QDRANT_URL", "http://environment")
    monkeypatch.setenv("CONFERENCE_HELPER_QDRANT_READ_CONSISTENCY", "2")
    monkeypatch.setenv("CONFERENCE_HELPER_QDRANT_HNSW_M", "")  # empty is unset
    found = load_settings().qdrant
    assert (found.url, found.read_consistency, found.hnsw_m) == ("http://environment", 2, 16)
    assert found.api_key is not None
    assert found.api_key.get_secret_value() == "123"
    assert "CONFERENCE_HELPER_QDRANT_HNSW_BUILD_EF" in variables()


def test_the_public_address_ends_without_a_slash(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONFERENCE_HELPER_PUBLIC_URL", "https://example.org/ask/")
    assert load_settings().public_url == "https://example.org/ask"


def test_every_setting_has_a_description() -> None:
    assert [name for name, field in variables().items() if not field.description] == []


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("CONFERENCE_HELPER_QDRANT_REPLICAS", "none"),
        ("CONFERENCE_HELPER_QDRANT_READ_CONSISTENCY", "most"),
        ("CONFERENCE_HELPER_QDRANT", '{"url": "http://json"}'),
        ("CONFERENCE_HELPER_PORT", "http"),
        ("CONFERENCE_HELPER_PUBLIC_URL", "example.org"),
        ("CONFERENCE_HELPER_PUBLIC_URL", "javascript://example.org"),
        ("CONFERENCE_HELPER_PUBLIC_URL", "https:///ask"),
        ("CONFERENCE_HELPER_PUBLIC_URL", "https://[example.org"),
        ("CONFERENCE_HELPER_PUBLIC_URL", "https://example.org/?q="),
        ("CONFERENCE_HELPER_PUBLIC_URL", "https://me@example.org"),
    ],
)
def test_a_variable_that_cannot_be_used_is_named(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(SettingsError, match=rf"{variable}: "):
        load_settings()


def test_the_own_folder_may_be_written_short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/somebody")
    monkeypatch.delenv("CONFERENCE_HELPER_DATA_DIR")
    Path(".env").write_text("CONFERENCE_HELPER_DATA_DIR=~/data\nCONFERENCE_HELPER_MODEL=~/model")
    settings = load_settings()
    assert (settings.data_dir, settings.model) == (Path("/somebody/data"), "/somebody/model")


def test_settings_come_from_env_file_and_options_win(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text("CONFERENCE_HELPER_PORT=81\nCONFERENCE_HELPER_THREADS=3\nX=1\n")
    monkeypatch.setenv("CONFERENCE_HELPER_THREADS", "4")
    settings = load_settings(port=83, host=None)
    assert (settings.port, settings.threads, settings.host) == (83, 4, "127.0.0.1")
