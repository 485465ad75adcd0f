"""A bundle: one exported model in a folder, with what is needed to check that it is whole and the right one.

DATA_DIR/models/<the fingerprint's key>/
    bundle.json       the fingerprint, the version, checksums, the padding id, a probe text and its vector
    tokenizer.json    the model's tokenizer
    graph.xml, .bin   the graph: input ids and attention mask to unit vectors
    compiled/         the runtime's cache for this machine; may be deleted at any time

The bundle of the program's own model comes with it; what the runtime compiles of it is here too.
"""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import filelock

from service.encoder import Fingerprint
from service.encoders import own_model
from service.errors import ModelError

VERSION = 2
"""Incremented when the layout changes, or the graph or the runtime's settings give other vectors."""

GRAPH, TOKENIZER, COMPILED = "graph.xml", "tokenizer.json", "compiled"
_FILES = (GRAPH, "graph.bin", TOKENIZER)
_SETTINGS = "bundle.json"
_LOCK_SECONDS = 600


@dataclass(frozen=True, slots=True)
class Probe:
    """A text and the vector (dimension,) that the bundle gave for it when it was exported."""

    text: str
    vector: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Bundle:
    """An exported model on disk, its checksums verified.

    `pad` is the token id of padding, `compiled` the folder of what the runtime compiles, made when needed.
    """

    path: Path
    fingerprint: Fingerprint
    pad: int
    probe: Probe
    compiled: Path


def bundle_path(models: Path, fingerprint: Fingerprint) -> Path:
    """Return where the bundle of a fingerprint belongs in the folder of bundles."""
    return models / fingerprint.key


def read_bundle(models: Path, fingerprint: Fingerprint) -> Bundle | None:
    """Return the bundle that was exported to the folder for a fingerprint; None if there is none.

    Raises ModelError, with the reason, for one that is damaged, of another model or of another version.
    """
    path = bundle_path(models, fingerprint)
    return _read(path, fingerprint, path / COMPILED) if (path / _SETTINGS).is_file() else None


def read_own_bundle(models: Path, fingerprint: Fingerprint) -> Bundle | None:
    """Return the program's own bundle; None for another model or precision. Raises as `read_bundle`."""
    if not is_packaged(fingerprint):
        return None
    try:
        return _read(own_model.FOLDER, fingerprint, bundle_path(models, fingerprint) / COMPILED)
    except ModelError as error:
        raise ModelError(f"{error} {own_model.REMEDY}") from error


def is_packaged(fingerprint: Fingerprint) -> bool:
    """Return whether the bundle for a fingerprint is package data."""
    return (fingerprint.weights, fingerprint.precision) == (own_model.WEIGHTS_SHA256, "int8")


def _read(path: Path, fingerprint: Fingerprint, compiled: Path) -> Bundle:
    try:
        settings = json.loads((path / _SETTINGS).read_text("utf-8"))
        if settings["version"] != VERSION:
            raise ModelError(f"{path} is of version {settings['version']}, not {VERSION}.")
        found = Fingerprint.from_dict(settings["fingerprint"])
        # A graph takes texts of any length and recipe.
        found = replace(found, window=fingerprint.window, recipe=fingerprint.recipe)
        if differences := found.differences(fingerprint):
            raise ModelError(f"{path} is of another model: {', '.join(differences)} differ.")
        for name in _FILES:
            if _sha256(path / name) != settings["files"][name]:
                raise ModelError(
                    f"{path / name} is damaged: its checksum is not that of its export."
                )
        probe = Probe(settings["probe"]["text"], tuple(map(float, settings["probe"]["vector"])))
        return Bundle(path, fingerprint, int(settings["pad"]), probe, compiled)
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise ModelError(f"{path} cannot be read: {error!r}.") from error


def write_settings(bundle: Bundle) -> None:
    """Write bundle.json, last of all: a folder without it is no bundle."""
    settings = {
        "version": VERSION,
        "fingerprint": bundle.fingerprint.as_dict(),
        "pad": bundle.pad,
        "files": {name: _sha256(bundle.path / name) for name in _FILES},
        "probe": asdict(bundle.probe),
    }
    (bundle.path / _SETTINGS).write_text(json.dumps(settings, indent=1) + "\n", "utf-8")


@contextmanager
def export_lock(models: Path) -> Iterator[None]:
    """Hold the lock of the folder of bundles, created if need be: one process exports at a time.

    Raises ModelError if the folder cannot be written, or another export holds the lock for ten minutes.
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


def _sha256(file: Path) -> str:
    """Return the SHA-256 of a file."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
