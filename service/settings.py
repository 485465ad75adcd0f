"""Settings: read once from `CONFERENCE_HELPER_*` and `.env`; options of a command win."""

import logging
import os
import re
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from platformdirs import user_data_path
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
)
from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    DotEnvSettingsSource,
    EnvSettingsSource,
    NoDecode,
    SettingsConfigDict,
)

from service.errors import SettingsError

PREFIX = "CONFERENCE_HELPER_"
DEADLINE_SECONDS = 2.0
"""Seconds in which a request is answered, unless the setting says otherwise."""
LOCK_ENDING = "-lock"
"""What the name of a catalogue's lock ends in, on a server."""
_TESTS_PREFIX = f"{PREFIX}TEST_"

log = logging.getLogger(__name__)


def _check_address(text: str) -> str:
    if not re.match(r"https?://[^\s/]", text):
        raise ValueError("start it with http:// or https://, as in https://host:6333")
    return text


def _check_public_url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("start it with http:// or https://, as in https://ask.example.org")
    if parts.query or parts.fragment or parts.username or re.search(r"[\s<>\"]", text):
        raise ValueError(
            "give an address without spaces, ?, # or a user, as in https://example.org/ask"
        )
    return text.rstrip("/")


OwnPath = Annotated[Path, AfterValidator(Path.expanduser)]
"""A path in which ~ is the user's own folder, as in a shell."""
Address = Annotated[str, AfterValidator(_check_address)]
PublicUrl = Annotated[str, AfterValidator(_check_public_url)]


@dataclass(frozen=True, slots=True)
class DataDir:
    """The layout of a data directory."""

    path: Path

    @property
    def vector_cache(self) -> Path:
        """The database of computed vectors, which loads share."""
        return self.path / "vectors.sqlite"

    @property
    def models(self) -> Path:
        """The folder of exported models."""
        return self.path / "models"

    @property
    def off_topic(self) -> Path:
        """The folder of the off-topic queries' vectors."""
        return self.path / "off-topic"

    def catalogue(self, name: str) -> Path:
        """Return the folder of an embedded catalogue."""
        return self.path / "catalogues" / name


class QdrantSettings(BaseModel):
    """A Qdrant server or cluster, and how generations are kept there: variables that begin with QDRANT_."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    url: Address | None = None
    """Qdrant server or cluster; embedded in the data directory when unset. Without a port: https means 443,
    http means Qdrant's own 6333. For a cluster, name the load balancer in front of it."""
    api_key: SecretStr | None = None
    """API key for the server. The service needs a read-only one, the loader one that may manage collections."""
    api_key_file: OwnPath | None = None
    """File with the API key, such as a mounted secret; read when the first connection is made."""
    ca_file: OwnPath | None = None
    """Certificate authorities to trust for https (PEM); those of the system when unset. Set it for a
    private authority."""
    grpc: bool = False
    """Speak gRPC instead of REST. Set it for large loads over a slow link."""
    grpc_port: Annotated[int, Field(ge=1, le=65535)] = 6334
    """Port of gRPC, where it is used."""
    timeout: Annotated[float, Field(gt=0)] = 60.0
    """Seconds that one call of a load or an operation may take. Raise it where a node's disk is slow."""
    retry_seconds: Annotated[float, Field(ge=0)] = 120.0
    """Seconds for which a load retries a call while the server is busy or away. Raise it to outlast
    longer restarts."""
    shards: Annotated[int, Field(ge=1)] | None = None
    """Shards of a new generation; the server's choice (one a node) when unset. Set it to twice the nodes
    for a cluster that will grow: it is fixed when a generation is built."""
    replicas: Annotated[int, Field(ge=1)] = 1
    """Copies of each shard. Use 2 on a cluster of three nodes, so that one may be away; it is fixed when a
    generation is built."""
    write_consistency: Annotated[int, Field(ge=1)] = 1
    """Replicas that must acknowledge a write. Raise it to the number of replicas where a node that returns
    must never be behind; loads then fail while one is away."""
    read_consistency: Literal["majority", "quorum", "all"] | Annotated[int, Field(ge=1)] | None = (
        None
    )
    """Replicas that must agree on an answer; one when unset, which is right for generations that never
    change. Set it where sessions are changed in place on several replicas."""
    on_disk_vectors: bool = False
    """Keep vectors on disk, cached as memory allows. Set it if they do not fit the nodes' memory
    (docs/operations.md has the formula); questions get slower."""
    quantization: Literal["none", "int8"] = "none"
    """int8 keeps a quarter-size copy of the vectors in memory and scores the best again with the full ones.
    It gains nothing below 100,000 sessions; use it with on-disk vectors above a few million."""
    hnsw_m: Annotated[int, Field(ge=4, le=128)] = 16
    """Edges per session in the HNSW index. Raise it to 32 above 10 million sessions: better answers, more
    memory."""
    hnsw_ef: Annotated[int, Field(ge=8, le=4096)] = 128
    """Candidates that a search of the HNSW index looks at. Raise it if `verify` or an evaluation finds that
    sessions are missed."""
    hnsw_build_ef: Annotated[int, Field(ge=8, le=4096)] = 128
    """Candidates that are looked at when a session is added to the HNSW index. Raise it with
    `CONFERENCE_HELPER_QDRANT_HNSW_M`; loads get slower."""
    strict: bool = True
    """Have the server refuse what this program never asks for: filters without an index, a larger `ef` or
    batch than its own. Turn it off if other programs use the same collections."""
    strict_read_rate: Annotated[int, Field(ge=1)] | None = None
    """Reads per minute that a generation's replica answers before it returns 429; no limit when unset. Set it
    to protect a shared server."""
    index_seconds: Annotated[float, Field(ge=0)] = 900.0
    """Seconds that a load waits for the index of a new generation before it switches. Raise it for over ten
    million sessions, so that the first questions need not scan."""
    in_place_from: Annotated[int, Field(ge=0)] = 50_000
    """Sessions from which on a load that changes under a tenth of them updates the served generation in
    place. Smaller catalogues always get a new generation, so that `rollback` undoes every load."""
    lock_seconds: Annotated[float, Field(gt=0)] = 120.0
    """Seconds after which a loader that has not renewed its lock loses it. The clocks of loading machines
    must agree to within a quarter of it."""


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
    log_format: Literal["text", "json"] = "text"
    """How `serve` logs: warnings as text for people, or every request as a line of JSON with its id."""
    log_queries: bool = False
    """Write questions in the log too. They may be personal: leave it off unless people have been told."""
    workers: Annotated[int, Field(ge=1, le=64)] = 1
    """Processes that `serve` runs. More than one needs a Qdrant server: an embedded catalogue has one."""
    deadline: Annotated[float, Field(gt=0)] = DEADLINE_SECONDS
    """Seconds within which a request is answered, if need be with an error."""
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
    threads: Annotated[int, Field(ge=1, le=256)] = 8
    """Requests that `serve` answers at the same time."""
    public_url: PublicUrl | None = None
    """Where people reach the page, such as https://ask.example.org or https://example.org/ask. Pages of
    sessions then carry what search engines and previews need: a canonical address, Open Graph and
    schema.org/Event."""

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
        if name == "qdrant":
            inner = QdrantSettings.model_fields.items()
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
    return _variable(*names[:2]) if names[0] == "qdrant" else _variable(names[0])


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
