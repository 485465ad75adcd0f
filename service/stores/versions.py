"""The versions of a server and of this program's client, and how far they are apart."""

import math
import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Versions:
    """Versions such as 1.20.0 or 1.21.0-dev."""

    server: str
    client: str

    @property
    def minors_apart(self) -> float:
        """The minor versions between them, infinite where the major ones differ or cannot be read."""
        ours, theirs = _minor(self.client), _minor(self.server)
        if ours is None or theirs is None or ours[0] != theirs[0]:
            return math.inf
        return abs(ours[1] - theirs[1])

    @property
    def warning(self) -> str:
        """What to say of them, nothing where the client is made for such a server."""
        if self.minors_apart <= 1:
            return ""
        return (
            f"Qdrant is {self.server}, and this program's client {self.client} is made for at most one minor "
            "version either side. Upgrade the older of the two, one minor version at a time."
        )


def _minor(text: str) -> tuple[int, int] | None:
    """Return the major and minor number of a version, None where it does not begin with them."""
    found = re.match(r"(\d+)\.(\d+)", text)
    return (int(found[1]), int(found[2])) if found else None
