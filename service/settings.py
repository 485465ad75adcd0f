"""Settings: read once from `CONFERENCE_HELPER_*` and `.env`; options of a command win."""

from pathlib import Path
from typing import Annotated, Any

from platformdirs import user_data_path
from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from service.errors import SettingsError

PREFIX = "CONFERENCE_HELPER_"


class Settings(BaseSettings):
    """Every setting, its type and its default."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True
    )

    data_dir: Path = Field(default_factory=lambda: user_data_path("conference-helper"))
    """Where embedded catalogues and computed vectors live."""
    catalogue: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")] = "sessions"
    """Name of the catalogue: lower-case letters, digits, - and _."""
    qdrant_url: str | None = None
    """Qdrant server or cluster; embedded in the data directory when unset."""
    qdrant_api_key: SecretStr | None = None
    """API key for the Qdrant server."""
    model: str | None = None
    """Model to embed with, a folder or a name; the catalogue's own, or the default model, when unset."""
    model_revision: str | None = None
    """Revision of the model, to pin it."""
    window: Annotated[int, Field(ge=16)] | None = None
    """Word pieces of a text that are embedded; the catalogue's own, or 256, when unset."""
    device: str | None = None
    """Where the model runs (cpu, cuda); chosen by itself when unset."""
    host: str = "127.0.0.1"
    """Address that `serve` listens on."""
    port: Annotated[int, Field(ge=0, le=65535)] = 8000
    """Port that `serve` listens on."""
    threads: Annotated[int, Field(ge=1, le=256)] = 8
    """Requests that `serve` answers at a time."""


def load_settings(**options: Any) -> Settings:
    """Return the settings; an option that is not None wins over the environment and `.env`.

    Raises SettingsError naming each variable that cannot be used.
    """
    given = {name: value for name, value in options.items() if value is not None}
    try:
        return Settings(**given)
    except ValidationError as error:
        complaints = [
            f"{PREFIX}{'_'.join(str(part) for part in problem['loc']).upper()}: {problem['msg']}"
            for problem in error.errors(include_url=False, include_input=False)
        ]
        raise SettingsError(
            "Settings that cannot be used: " + "; ".join(complaints) + ". "
            "Change them in the environment, in .env or on the command line."
        ) from error
