"""One API key: a random secret, of which the service keeps nothing but a hash."""

import hashlib
import hmac
import secrets
from datetime import date
from typing import Annotated, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field

Scope = Literal["search", "ops"]
SCOPES: tuple[Scope, ...] = get_args(Scope)
"""What keys may be for: to ask as people do, and to see how the service is."""
MAX_RATE = 2**31 - 1
"""Maximum rate limit of a key, in requests per minute."""
NAME_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"
_PREFIX = "chk_"
"""By which people, and programs that look for secrets in files, know a key of this service."""
_RANDOM_BYTES = 32


class Key(BaseModel):
    """What is kept of a key.

    name        what it is told from others by: in lists, in the log and in the metrics
    sha256      the digest of its secret
    scopes      what it is for
    until       the last day, in UTC, on which it is accepted; None for one without an end
    rate_limit  requests that may be made with it a minute, 0 for any number; None for as many as with others
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, Field(pattern=NAME_PATTERN)]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", repr=False)]
    scopes: Annotated[tuple[Scope, ...], Field(min_length=1)]
    until: date | None = None
    rate_limit: Annotated[int, Field(ge=0, le=MAX_RATE)] | None = None

    def has_ended(self, today: date) -> bool:
        """Return whether its last day is over on `today`, a day in UTC."""
        return self.until is not None and self.until < today

    def has_digest(self, digest: str) -> bool:
        """Return whether its secret has that digest; this takes as long whichever it is."""
        return hmac.compare_digest(self.sha256, digest)


def new_secret() -> str:
    """Return a new key, as its owner sends it."""
    return _PREFIX + secrets.token_urlsafe(_RANDOM_BYTES)


def digest_of(secret: str) -> str:
    """Return the SHA-256 of a key, in hexadecimal.

    A key has 256 random bits: nobody finds it by trying, however fast hashes are computed. The slow ones that
    passwords need would only make each request slow.
    """
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
