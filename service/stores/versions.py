"""The versions of a server and of this program's client, and how far they are apart."""

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Versions:
    """Versions such as 1.20.0 or 1.21.0-dev."""

    server: str
    client: str

    @property
    def minors_apart(self) -> float:
        """The minor versions between them, infinite where the major ones differ."""
        (major, minor), (other, theirs) = _minor(self.client), _minor(self.server)
        return abs(minor - theirs) if major == other else math.inf

    @property
    def warning(self) -> str:
        """What to say of them, nothing where the client is made for such a server."""
        if self.minors_apart <= 1:
            return ""
        return (
            f"Qdrant is {self.server}, and this program's client {self.client} is made for at most one minor "
            "version either side. Upgrade the older of the two, one minor version at a time."
        )


def _minor(text: str) -> tuple[int, int]:
    """Return the major and minor number of a version."""
    major, minor = text.split(".")[:2]
    return int(major), int(minor)
