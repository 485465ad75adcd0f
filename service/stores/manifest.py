"""The manifest: what one generation of a catalogue holds, and which encoder made its vectors."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from service.encoder import Fingerprint
from service.errors import REMEDY, DamagedError, MismatchError, RefusedError
from service.filters import CONDITIONS
from service.stores.schema import FIRST_INDEXES, SCHEMA_VERSION, payload_indexes

_UNRECORDED_WEIGHTS = "4ec65c62de6e8e7f"
"""Weights of the calibrations that do not record theirs: all were made with these (`service.ranking`)."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """The scale of the relevance verdict in one catalogue, made by `service.verdict.calibrate`.

    queries     digest of the off-topic queries that it was made with
    weights     digest of the ranking weights that it was made with
    answered    indices of the off-topic queries that this catalogue answers: they are not compared with
    spread      standard deviation of the similarities that off-topic queries reach here
    related     evidence from which something answers a query
    strong      evidence, of the nearest session alone, from which it is just what was asked
    """

    queries: str
    weights: str
    answered: tuple[int, ...]
    spread: float
    related: float
    strong: float

    def as_dict(self) -> dict[str, Any]:
        """Return the calibration as JSON values; the queries' digest keeps its first name, `bank`."""
        values = asdict(self)
        return {"bank": values.pop("queries"), **values, "answered": list(self.answered)}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "Calibration":
        """Return the calibration that `as_dict` gave.

        Raises KeyError, TypeError or ValueError if it is none.
        """
        return cls(
            queries=str(values["bank"]),
            weights=str(values.get("weights", _UNRECORDED_WEIGHTS)),
            answered=tuple(int(index) for index in values["answered"]),
            spread=float(values["spread"]),
            related=float(values["related"]),
            strong=float(values["strong"]),
        )


@dataclass(frozen=True, slots=True)
class EventCount:
    """How many sessions of one event and year a catalogue holds."""

    event: str
    year: int
    sessions: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """What one generation holds and which encoder made its vectors."""

    generation: str
    created_at: str
    encoder: Fingerprint
    sessions: int
    events: tuple[EventCount, ...] = ()
    sources: tuple[str, ...] = ()
    previous: str | None = None
    languages: tuple[str, ...] = ()
    schema: int = SCHEMA_VERSION
    revision: int = 0
    """How often the generation was changed in place since it was built."""
    calibration: Calibration | None = None
    """From where on a question counts as answered here; None in a catalogue of an older version."""
    indexes: tuple[str, ...] = FIRST_INDEXES
    """Payload fields that have an index."""
    files: str = ""
    """Digest of the list of its files' digests: empty on a server, and of an older version."""
    sample: Mapping[str, str] = field(default_factory=dict)
    """Digests of the vectors of some sessions, by id: on a server only (see `vector_sample`)."""

    @property
    def is_current(self) -> bool:
        """Whether one built now would have the same schema, no other indexes and no more digests."""
        same = self.schema == SCHEMA_VERSION and payload_indexes().keys() <= set(self.indexes)
        return same and self.is_recorded

    @property
    def is_recorded(self) -> bool:
        """Whether digests of what was written are there, to check by what is stored."""
        return bool(self.files or self.sample or not self.sessions)

    @property
    def state(self) -> str:
        """An identifier of the catalogue's contents: the generation and its revision."""
        return f"{self.generation}.{self.revision}" if self.revision else self.generation

    def as_dict(self) -> dict[str, Any]:
        """Return the manifest as JSON values."""
        return {
            **{one.name: getattr(self, one.name) for one in fields(self)},
            "encoder": self.encoder.as_dict(),
            "events": [
                {"event": one.event, "year": one.year, "sessions": one.sessions}
                for one in self.events
            ],
            "sources": list(self.sources),
            "languages": list(self.languages),
            "indexes": list(self.indexes),
            "sample": dict(self.sample),
            "calibration": self.calibration.as_dict() if self.calibration else None,
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "Manifest":
        """Return the manifest that `as_dict` gave.

        Raises MismatchError for a catalogue of a newer schema, DamagedError for anything else unreadable.
        """
        try:
            schema = int(values["schema"])
            if schema > SCHEMA_VERSION:
                raise MismatchError(
                    f"The catalogue was written by a newer version (schema {schema}; this program "
                    f"reads up to {SCHEMA_VERSION}). Upgrade conference-helper, or use another "
                    "CONFERENCE_HELPER_CATALOGUE."
                )
            return cls(
                **{
                    **values,
                    "encoder": Fingerprint.from_dict(values["encoder"]),
                    "events": tuple(EventCount(**event) for event in values["events"]),
                    "sources": tuple(values["sources"]),
                    "languages": tuple(values.get("languages", ())),
                    "indexes": tuple(values.get("indexes", FIRST_INDEXES)),
                    "calibration": Calibration.from_dict(found)
                    if (found := values.get("calibration"))
                    else None,
                }
            )
        except (KeyError, TypeError, ValueError) as error:
            raise DamagedError(
                f"The catalogue's manifest cannot be read ({error!r}). {REMEDY}"
            ) from error


def check_schema(manifest: Manifest) -> None:
    """Raise MismatchError if the generation is of an older schema: searching needs what it lacks."""
    if manifest.schema != SCHEMA_VERSION:
        raise MismatchError(
            f"The catalogue was written by an older version (schema {manifest.schema}, not "
            f"{SCHEMA_VERSION}). Load the conference again: conference-helper load SOURCE. "
            "Its vectors are kept: nothing is embedded again."
        )


def check_match(encoder: Fingerprint, manifest: Manifest) -> None:
    """Raise MismatchError unless `encoder` is the one that embedded the catalogue."""
    differences = encoder.differences(manifest.encoder)
    if differences:
        raise MismatchError(
            f"The catalogue was embedded with {manifest.encoder.model} (window "
            f"{manifest.encoder.window}), but the chosen encoder is {encoder.model} (window "
            f"{encoder.window}): they differ in {', '.join(differences)}. Unset "
            "CONFERENCE_HELPER_MODEL and CONFERENCE_HELPER_WINDOW to use the catalogue's own, or "
            "embed it anew: conference-helper load SOURCE --model MODEL"
        )


def check_indexes(manifest: Manifest, names: Iterable[str]) -> None:
    """Raise RefusedError if one of these fields (see CONDITIONS) has no index in the generation."""
    indexes = set(manifest.indexes)
    lacking = [name for name in names if not indexes.issuperset(CONDITIONS[name].payload_fields)]
    if lacking:
        raise RefusedError(
            f"The catalogue was loaded before sessions could be filtered by {', '.join(lacking)}. "
            "Load the conference again: conference-helper load SOURCE. "
            "Its vectors are kept: nothing is embedded again."
        )
