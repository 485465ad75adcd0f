"""Settings of a Qdrant server or cluster."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from service.settings.addresses import Addresses
from service.settings.data_dir import OwnPath


class QdrantSettings(BaseModel):
    """A Qdrant server or cluster, and how generations are kept there: variables that begin with QDRANT_."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    url: Addresses | None = None
    """Qdrant server or cluster; embedded in the data directory when unset. Without a port: https means 443,
    http means Qdrant's own 6333. For a cluster, name the load balancer in front of it, or several nodes
    separated by commas: a node that does not answer is left for the next one."""
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
    """Shards of a new generation; one for each 100,000 sessions, but at most one a node, when unset. It is
    fixed when a generation is built."""
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

    @property
    def addresses(self) -> tuple[str, ...]:
        """The addresses in `url`."""
        return tuple(self.url.split(",")) if self.url else ()
