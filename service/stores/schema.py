"""The schema of points in every store: vector names and indexed payload fields."""

from typing import Literal

from service.filters import CONDITIONS, FieldType
from service.stores import editions

SCHEMA_VERSION = 2
"""Raised when vectors or payloads change shape: a catalogue of an older schema is built anew by a load."""
TEXT_VECTOR = "text"
"""Name of the dense vector, float32 (dimension,) of unit length."""
KEYWORDS_VECTOR = "keywords"
"""Name of the sparse vector of BM25 weights (see `service.stores.keywords`)."""
FIRST_INDEXES = ("event", "year", "track", "level", "language", "speakers", "day", "starts_at")
"""Payload fields with an index in generations whose manifests do not list them."""

IndexType = Literal["keyword", "integer", "datetime"]
_INDEX_TYPES: dict[FieldType, IndexType] = {
    "keyword": "keyword",
    "integer": "integer",
    "day": "keyword",
    "time": "integer",
    "minutes": "integer",
    "ids": "datetime",
}


def payload_indexes() -> dict[str, IndexType]:
    """Return the payload fields that a new generation has an index for.

    They are those of CONDITIONS, and what the programme is ordered by and its days are counted by.
    """
    filtered = {
        name: _INDEX_TYPES[field.type]
        for field in CONDITIONS.values()
        for name in field.payload_fields
    }
    return {**filtered, "starts_at": "datetime", editions.FIELD: "keyword"}
