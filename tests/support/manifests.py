"""Manifests of embedded catalogues: where they are, and how an older version would have written one."""

import json
from pathlib import Path

from service.stores.manifest import Manifest


def generation_folder(data: Path, manifest: Manifest) -> Path:
    """Return the folder of a generation of the catalogue that tests use."""
    return data / "catalogues" / "sessions" / "generations" / manifest.generation


def forget_digests(folder: Path) -> None:
    """Leave the catalogue in a folder as an older version wrote it, which kept no digests of its files."""
    for file in folder.rglob("manifest.json"):
        change_manifest(file, files="")


def change_manifest(file: Path, **changes: object) -> None:
    """Change values of a manifest, and leave out its digest: nothing else tells that they changed."""
    values = {**json.loads(file.read_text("utf-8")), **changes}
    del values["digest"]
    file.write_text(json.dumps(values), "utf-8")
