"""A loader that is killed in the middle: `python dying_loader.py FOLDER upsert|commit`."""

import os
import signal
import sys
from pathlib import Path
from unittest import mock

from service.session import Session
from service.stores.edge.folder import CatalogueFolder
from service.stores.edge.store import EdgeStore
from support.fakes import BagOfWords


def die(*args: object) -> None:
    """End as if the power went."""
    os.kill(os.getpid(), signal.SIGKILL)


def main(folder: Path, moment: str) -> None:
    """Load until killed."""
    store, encoder = EdgeStore(folder, "sessions"), BagOfWords()
    session = Session(event="Summit", year=2026, source_id="1", title="Never served")
    with store.building(encoder.fingerprint, sessions=1) as builder:
        builder.upsert([session], encoder.encode_sessions([session.text]))
        if moment == "upsert":
            die()
        with mock.patch.object(CatalogueFolder, "switch", die):
            builder.commit(expected=1, sources=[])


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
