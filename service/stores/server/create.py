"""Creates a collection as configured, and waits until it is indexed."""

import logging
import time
from contextlib import suppress
from typing import Any

from qdrant_client import models

from service.encoder import Fingerprint
from service.errors import VerificationError
from service.settings import QdrantSettings
from service.stores.schema import KEYWORDS_VECTOR, TEXT_VECTOR, payload_indexes
from service.stores.server.connection import Connection
from service.stores.server.failures import ExistsError
from service.stores.server.shards import choose_shards

MAX_POINTS = 256
"""Points of one request: what the loader sends at most, and the collection takes."""
_STRICT_EF = 4096
_POLL_SECONDS = 0.5

log = logging.getLogger(__name__)


def create_collection(
    connection: Connection,
    settings: QdrantSettings,
    name: str,
    encoder: Fingerprint,
    *,
    sessions: int,
) -> None:
    """Create an empty collection for about `sessions` vectors of that encoder, with its payload indexes."""
    shards = choose_shards(connection, settings, sessions)
    # Its name is ours alone: if it is there, a first try came through and only its answer was lost.
    with suppress(ExistsError):
        connection.call(
            "create a generation",
            lambda client: client.create_collection(
                name,
                vectors_config={
                    TEXT_VECTOR: models.VectorParams(
                        size=encoder.dimension,
                        distance=models.Distance.DOT,
                        on_disk=settings.on_disk_vectors,
                    )
                },
                sparse_vectors_config={
                    KEYWORDS_VECTOR: models.SparseVectorParams(
                        modifier=models.Modifier.IDF,
                        # In files that memory caches: pinned, words take more of it than vectors.
                        index=models.SparseIndexParams(on_disk=True),
                    )
                },
                shard_number=shards,
                replication_factor=settings.replicas,
                write_consistency_factor=settings.write_consistency,
                hnsw_config=models.HnswConfigDiff(
                    m=settings.hnsw_m, ef_construct=settings.hnsw_build_ef
                ),
                quantization_config=_quantization(settings),
                strict_mode_config=_strict_mode(settings),
            ),
        )
    for field, type in payload_indexes().items():
        _create_index(connection, name, field, models.PayloadSchemaType(type))


def wait_until_indexed(connection: Connection, name: str, seconds: float) -> None:
    """Return when collection `name` is optimized, or after `seconds` with a warning.

    Raises VerificationError if the server says that an optimization failed.
    """
    ends = time.monotonic() + seconds
    while True:
        info = connection.call("read the index's state", lambda client: client.get_collection(name))
        if info.status == models.CollectionStatus.RED:
            raise VerificationError(
                f"The server could not index {name}: {info.optimizer_status}; nothing was switched. "
                "Look at its log and its disk, then load again."
            )
        if info.status == models.CollectionStatus.GREEN:
            return
        if time.monotonic() >= ends:
            log.warning(
                "%s is not indexed after %.0f s; questions are slower until it is.", name, seconds
            )
            return
        time.sleep(_POLL_SECONDS)


def _create_index(
    connection: Connection, name: str, field: str, type: models.PayloadSchemaType
) -> None:
    connection.call(
        "index a field",
        lambda client: client.create_payload_index(
            name, field_name=field, field_schema=type, wait=True
        ),
    )


def _quantization(settings: QdrantSettings) -> models.ScalarQuantization | None:
    if settings.quantization == "none":
        return None
    return models.ScalarQuantization(
        scalar=models.ScalarQuantizationConfig(
            type=models.ScalarType.INT8, quantile=0.99, always_ram=True
        )
    )


def _strict_mode(settings: QdrantSettings) -> models.StrictModeConfig | None:
    if not settings.strict and settings.strict_read_rate is None:
        return None
    limits: dict[str, Any] = {
        "unindexed_filtering_retrieve": False,
        "unindexed_filtering_update": False,
        "search_max_hnsw_ef": _STRICT_EF,
        "upsert_max_batchsize": MAX_POINTS,
    }
    return models.StrictModeConfig(
        enabled=True,
        read_rate_limit=settings.strict_read_rate,
        **(limits if settings.strict else {}),
    )
