"""What a catalogue knows of its own scale: from which evidence on a question counts as answered."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Calibration:
    """Made by `service.verdict.calibrate` when a generation is written; kept in its manifest.

    bank        digest of the everyday questions that it was made with
    answered    places of those among them that this catalogue answers: they do not speak against a question
    spread      standard deviation of the similarities that everyday questions reach here
    related     evidence from which a question is answered by something near
    strong      evidence, of the nearest session alone, from which one session is just about it
    """

    bank: str
    answered: tuple[int, ...]
    spread: float
    related: float
    strong: float

    def as_dict(self) -> dict[str, Any]:
        """Return the calibration as JSON values."""
        return {**asdict(self), "answered": list(self.answered)}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "Calibration":
        """Return the calibration that `as_dict` gave.

        Raises KeyError, TypeError or ValueError if it is none.
        """
        return cls(
            bank=str(values["bank"]),
            answered=tuple(int(place) for place in values["answered"]),
            spread=float(values["spread"]),
            related=float(values["related"]),
            strong=float(values["strong"]),
        )
