"""Settings of whom to tell of a weakness: what `/.well-known/security.txt` says."""

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_settings import NoDecode

from service.settings.addresses import Contact, split_at_commas


class SecuritySettings(BaseModel):
    """Whom to tell of a weakness: variables that begin with SECURITY_."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    contact: Contact | None = None
    """Where to report a weakness of this site: mailto: and an address, as in mailto:security@example.org, or
    a page that begins with https://. `/.well-known/security.txt` (RFC 9116) names it, and is there only where
    this is set."""
    languages: Annotated[
        tuple[Annotated[str, Field(pattern=r"^[a-zA-Z]{2,8}(-[a-zA-Z0-9]{1,8})*$")], ...],
        NoDecode,
        BeforeValidator(split_at_commas),
    ] = ("en",)
    """Languages that reports may be in, separated by commas: en, fr."""
