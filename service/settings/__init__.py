"""Settings: read once from `CONFERENCE_HELPER_*` and `.env`; options of a command win."""

import logging
import os
from difflib import get_close_matches
from typing import Annotated, Any, Literal

from platformdirs import user_data_path
from pydantic import AfterValidator, BaseModel, Field, ValidationError, field_validator
from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    DotEnvSettingsSource,
    EnvSettingsSource,
    NoDecode,
    SettingsConfigDict,
)

from service.errors import SettingsError
from service.runtime.cores import cores
from service.settings.addresses import (
    Hosts,
    ListenAt,
    Networks,
    Origins,
    PublicUrl,
    RedisUrl,
    is_loopback,
)
from service.settings.data_dir import DataDir, OwnPath
from service.settings.qdrant import QdrantSettings
from service.settings.reading import ReadSettings
from service.settings.security import SecuritySettings
from service.settings.site import SiteSettings

__all__ = [
    "DataDir",
    "QdrantSettings",
    "ReadSettings",
    "SecuritySettings",
    "Settings",
    "SiteSettings",
    "load_settings",
    "variables",
]

PREFIX = "CONFERENCE_HELPER_"
DEADLINE_SECONDS = 2.0
"""Seconds in which a request is answered, unless the setting says otherwise."""
THREADS = 8
"""Requests that a process works on at a time, unless the setting says otherwise."""
RATE_LIMIT = 6_000
"""Requests of a client a minute where that is limited, unless the setting says otherwise."""
LOCK_ENDING = "-lock"
"""What the name of a catalogue's lock ends in, on a server."""
GROUPS: dict[str, type[BaseModel]] = {
    "qdrant": QdrantSettings,
    "read": ReadSettings,
    "security": SecuritySettings,
    "site": SiteSettings,
}
"""Settings that are kept together, by what their variables begin with."""
_TESTS_PREFIX = f"{PREFIX}TEST_"
_MOST_WORKERS = 4
"""Processes that serve, unless the setting says otherwise: of more, nobody should be surprised."""

log = logging.getLogger(__name__)


def _workers() -> int:
    return min(_MOST_WORKERS, cores())


class Settings(BaseSettings):
    """Every setting, its type and its default."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file=".env",
        env_ignore_empty=True,
        env_nested_delimiter="_",  # QDRANT_API_KEY is `qdrant.api_key`
        env_nested_max_split=1,
        extra="ignore",
        frozen=True,
        use_attribute_docstrings=True,
    )

    data_dir: OwnPath = Field(default_factory=lambda: user_data_path("conference-helper"))
    """Where embedded catalogues and computed vectors live; in the user's data directory when unset."""
    catalogue: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")] = "sessions"
    """Name of the catalogue: lower-case letters, digits, - and _, not ending in -lock."""
    qdrant: Annotated[QdrantSettings, NoDecode] = QdrantSettings()
    """The server, in place of the embedded store; variables that begin with QDRANT_."""
    read: Annotated[ReadSettings, NoDecode] = ReadSettings()
    """How much reading a source may take; variables that begin with READ_."""
    log_format: Literal["text", "json"] = "text"
    """How `serve` logs: warnings as text for people, or every request as a line of JSON with its id."""
    log_queries: bool = False
    """Write paths and questions in the lines of JSON too. They may be personal: leave it off unless people have
    been told."""
    workers: Annotated[int, Field(ge=1, le=64)] = Field(default_factory=_workers)
    """Processes that `serve` runs: as many as there are cores, at most four, when unset. Each takes some
    0.2 GB of memory."""
    deadline: Annotated[float, Field(gt=0)] = DEADLINE_SECONDS
    """Seconds within which a request is answered, if need be with an error."""
    wait_seconds: Annotated[float, Field(ge=0)] = 3600.0
    """Seconds for which `--wait` waits while another loader is at work."""
    model: Annotated[str, AfterValidator(os.path.expanduser)] | None = None
    """Model to embed with, a folder or a name; the catalogue's own, or the default model, when unset."""
    model_revision: str | None = None
    """Revision of the model, to pin it."""
    window: Annotated[int, Field(ge=16)] | None = None
    """Tokens of a text that are embedded; the catalogue's own, or 256, when unset."""
    encoder: Literal["auto", "fast", "reference"] = "auto"
    """What runs the model: fast is an exported one, reference is sentence-transformers; auto is fast, or the
    reference for a model that cannot be exported."""
    precision: Literal["int8", "half", "fp32"] | None = None
    """How the fast encoder computes a new catalogue: int8 when unset, fp32 agrees with the reference to
    0.0001. A catalogue keeps its own; another one embeds it anew."""
    device: str | None = None
    """Where the model runs: cpu or cuda; chosen automatically when unset."""
    host: str = "127.0.0.1"
    """Address that `serve` listens on."""
    port: Annotated[int, Field(ge=0, le=65535)] = 8000
    """Port that `serve` listens on."""
    threads: Annotated[int, Field(ge=1, le=256)] = THREADS
    """Requests that each process of `serve` works on at a time. 64 more wait for half the deadline at most;
    all others are answered 503."""
    rate_limit: Annotated[int, Field(ge=0, lt=2**31)] | None = None
    """Requests that a client (an address; of IPv6 a /64) may make a minute, 0 for any number. When unset 6,000,
    and any number where `serve` listens on loopback without `PUBLIC_URL` and `TRUSTED_PROXIES`. Behind a proxy,
    name it in `TRUSTED_PROXIES`: otherwise all people are one client."""
    rate_limit_url: RedisUrl | None = None
    """Redis or Valkey server where several machines count a client's requests together: redis://host:6379,
    rediss:// with TLS, as in rediss://:password@host:6379/0. Each machine counts for itself when unset, and
    while the server does not answer."""
    api_keys_file: OwnPath | None = None
    """File of [API keys](keys.md), which `conference-helper key` makes. When set, programs that ask `serve`
    need one, and /metrics wants one of the scope ops; nobody needs one when unset."""
    api_keys_rate_limit: Annotated[int, Field(ge=0, lt=2**31)] = RATE_LIMIT
    """Requests that may be made a minute with an API key that has no limit of its own, from all addresses
    together; 0 for any number."""
    client_connections: Annotated[int, Field(ge=1)] = 12_288
    """Connections that a client (an address; of IPv6 a /64) may hold to a process of `serve`, on Linux: six for
    each of 2,000 attendees behind one address. Of more, those that were silent longest are closed. A process
    holds 16,384 in all; `TRUSTED_PROXIES` may hold any number of them."""
    metrics_listen: ListenAt | None = None
    """Where `serve` answers /metrics, /livez and /readyz to operators: an address and a port, as in
    127.0.0.1:9100, or the path of a socket. /metrics is then not on the public port; when unset, it is there
    only if `serve` listens on loopback without `PUBLIC_URL` and `TRUSTED_PROXIES`. With `API_KEYS_FILE` it is
    there for keys of the scope ops."""
    allowed_hosts: Hosts = ()
    """Names that requests may be addressed to (Host), separated by commas: ask.example.org. Others are answered
    400, but for those of loopback. Any when unset."""
    public_url: PublicUrl | None = None
    """Where people reach the page, such as https://ask.example.org or https://example.org/ask. Pages of
    sessions then carry what search engines and previews need: a canonical address, Open Graph and
    schema.org/Event. The path of it, if it has one, is where the page then lies."""
    allowed_origins: Origins = ()
    """Other sites that may show the page in a frame and ask the API from their own pages, separated by
    commas: https://conference.example.org. None when unset."""
    trusted_proxies: Networks = ()
    """Addresses or networks of proxies whose X-Forwarded-* headers are believed, separated by commas; nobody's
    when unset, not even those of this machine."""
    security: Annotated[SecuritySettings, NoDecode] = SecuritySettings()
    """Whom to tell of a weakness; variables that begin with SECURITY_."""
    site: Annotated[SiteSettings, NoDecode] = SiteSettings()
    """How the page looks; variables that begin with SITE_."""

    @property
    def is_public(self) -> bool:
        """Whether strangers can ask `serve`: it listens on another address than loopback, or behind a proxy."""
        return not is_loopback(self.host) or bool(self.public_url or self.trusted_proxies)

    @property
    def requests_per_minute(self) -> int:
        """Requests of a client a minute that are answered, 0 for any number."""
        if self.rate_limit is None:
            return RATE_LIMIT if self.is_public else 0
        return self.rate_limit

    @property
    def files(self) -> DataDir:
        """The layout of the data directory."""
        return DataDir(self.data_dir)

    @field_validator("catalogue")
    @classmethod
    def _is_no_lock(cls, name: str) -> str:
        if name.endswith(LOCK_ENDING):
            raise ValueError(f"names that end in {LOCK_ENDING} are those of locks; choose another")
        return name


def variables() -> dict[str, FieldInfo]:
    """Return every setting by its environment variable, in order: its type, default and description."""
    found: dict[str, FieldInfo] = {}
    for name, field in Settings.model_fields.items():
        if name in GROUPS:
            inner = GROUPS[name].model_fields.items()
            found |= {_variable(name, part): one for part, one in inner}
        else:
            found[_variable(name)] = field
    return found


def load_settings(**options: Any) -> Settings:
    """Return the settings; an option that is not None wins over the environment and `.env`.

    Raises SettingsError naming each variable that cannot be used; an unknown one is logged as a warning.
    """
    given = {name: value for name, value in options.items() if value is not None}
    try:
        settings = Settings(**given)
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            f".env in this folder cannot be read: {error}. Write it as UTF-8, or run in another folder."
        ) from error
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        complaints = dict.fromkeys(
            f"{_variable_at(one['loc'])}: {one['msg'].removeprefix('Value error, ')}"
            for one in found
        )
        raise SettingsError(
            "Settings that cannot be used: " + "; ".join(complaints) + ". "
            "Change them in the environment, in .env or on the command line."
        ) from error
    _warn_of_unknown()
    return settings


def _variable(*names: str) -> str:
    return PREFIX + "_".join(names).upper()


def _variable_at(location: tuple[str | int, ...]) -> str:
    """Return the variable that a validation error's location names; the rest of it tells a union's members."""
    names = [str(part) for part in location]
    return _variable(*names[:2]) if names[0] in GROUPS else _variable(names[0])


def _warn_of_unknown() -> None:
    """Warn of environment variables with the prefix that are not settings, as they have no effect."""
    names = [variable.removeprefix(PREFIX) for variable in variables()]
    sources = EnvSettingsSource(Settings), DotEnvSettingsSource(Settings)
    given = {name.upper() for source in sources for name in source.env_vars}
    for variable in sorted(given):
        name = variable.removeprefix(PREFIX)
        if name != variable and not variable.startswith(_TESTS_PREFIX) and name not in names:
            alike = get_close_matches(name, names, 1)
            hint = f" Did you mean {PREFIX}{alike[0]}?" if alike else ""
            log.warning("%s is no setting, and changes nothing.%s", variable, hint)
