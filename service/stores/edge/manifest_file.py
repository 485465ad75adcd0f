"""The manifest of an embedded generation: a file of JSON that begins with the digest of what follows in it."""

import hashlib
import json
import re
from pathlib import Path

from service.errors import REMEDY, DamagedError
from service.runtime.atomic_file import write_atomically
from service.stores.manifest import Manifest

MANIFEST = "manifest.json"
_SIGNED = re.compile(r'\{\n "digest": "([0-9a-f]{64})",\n')


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write the manifest of the generation in `folder`, which ends it. Raises OSError if it cannot."""
    text = json.dumps(manifest.as_dict(), indent=1).removeprefix("{\n")
    write_atomically(folder / MANIFEST, f'{{\n "digest": "{_digest(text)}",\n{text}')


def read_manifest(folder: Path) -> Manifest:
    """Return the manifest of the generation in `folder`; older versions wrote it without a digest.

    Raises DamagedError if it is not as it was written, MismatchError if a newer version wrote it.
    """
    file = folder / MANIFEST
    try:
        text = file.read_text("utf-8")
        values = json.loads(text)
    except (OSError, ValueError, RecursionError) as error:
        raise DamagedError(f"{file} cannot be read ({error}). {REMEDY}") from error
    if signed := _SIGNED.match(text):
        del values["digest"]
        if _digest(text[signed.end() :]) != signed[1]:
            raise DamagedError(f"{file} is not as it was written. {REMEDY}")
    return Manifest.from_dict(values)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
