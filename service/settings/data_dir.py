"""The layout of a data directory."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator

OwnPath = Annotated[Path, AfterValidator(Path.expanduser)]
"""A path in which ~ is the user's own folder, as in a shell."""


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
