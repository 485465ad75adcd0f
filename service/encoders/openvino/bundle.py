"""A bundle: one model, exported for fast encoding, in a folder that says and proves what it is.

DATA_DIR/models/<the fingerprint's key>/
    bundle.json       the fingerprint, the version of this layout, checksums, a probe and its vector
    tokenizer.json    the model's tokenizer
    graph.xml, .bin   the graph: word pieces to unit vectors
    compiled/         what the runtime compiled for this machine; may be deleted at any time
"""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import filelock

from service.encoder import Fingerprint
from service.errors import ModelError

VERSION = 2
"""Raised when the layout, the graph's making or the runtime's settings change vectors."""

GRAPH, TOKENIZER, COMPILED = "graph.xml", "tokenizer.json", "compiled"
_FILES = (GRAPH, "graph.bin", TOKENIZER)
_SETTINGS = "bundle.json"
_LOCK_SECONDS = 600


@dataclass(frozen=True, slots=True)
class Probe:
    """A text and the vector that the bundle gave for it when it was made."""

    text: str
    vector: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Bundle:
    """An exported model on disk, its files checked."""

    path: Path
    fingerprint: Fingerprint
    pad: int
    probe: Probe


def bundle_path(models: Path, fingerprint: Fingerprint) -> Path:
    """Return where the bundle of a fingerprint belongs in the folder of bundles."""
    return models / fingerprint.key


def read_bundle(models: Path, fingerprint: Fingerprint) -> Bundle | None:
    """Return the bundle of a fingerprint, None if there is none.

    Raises ModelError, with the reason, for one that is damaged, of another model or of another version.
    """
    path = bundle_path(models, fingerprint)
    if not (path / _SETTINGS).is_file():
        return None
    try:
        settings = json.loads((path / _SETTINGS).read_text("utf-8"))
        if settings["version"] != VERSION:
            raise ModelError(f"{path} is of version {settings['version']}, not {VERSION}.")
        found = Fingerprint.from_dict(settings["fingerprint"])
        if differences := found.differences(fingerprint):
            raise ModelError(f"{path} is of another model: {', '.join(differences)} differ.")
        for name in _FILES:
            if digest(path / name) != settings["files"][name]:
                raise ModelError(
                    f"{path / name} is damaged: its checksum is not that of its making."
                )
        probe = Probe(settings["probe"]["text"], tuple(map(float, settings["probe"]["vector"])))
        return Bundle(path, fingerprint, int(settings["pad"]), probe)
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise ModelError(f"{path} cannot be read: {error!r}.") from error


def write_settings(bundle: Bundle) -> None:
    """Say what the files of a new bundle are; until then it is none."""
    settings = {
        "version": VERSION,
        "fingerprint": bundle.fingerprint.as_dict(),
        "pad": bundle.pad,
        "files": {name: digest(bundle.path / name) for name in _FILES},
        "probe": asdict(bundle.probe),
    }
    (bundle.path / _SETTINGS).write_text(json.dumps(settings, indent=1) + "\n", "utf-8")


@contextmanager
def making(models: Path) -> Iterator[None]:
    """Keep other processes from exporting into the folder of bundles for a `with` block.

    Raises ModelError if the folder cannot be written, or another export does not end.
    """
    try:
        models.mkdir(parents=True, exist_ok=True)
        with filelock.FileLock(models / "lock", timeout=_LOCK_SECONDS, is_singleton=False):
            yield
    except filelock.Timeout as error:
        raise ModelError(f"{models} is locked by another export for over 10 minutes.") from error
    except OSError as error:
        raise ModelError(
            f"{models} cannot be written ({error.strerror}). Set CONFERENCE_HELPER_DATA_DIR to a folder "
            "you may write to."
        ) from error


def digest(file: Path) -> str:
    """Return the SHA-256 of a file."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
