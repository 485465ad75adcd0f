"""A loader that is killed in the middle: `python dying_loader.py FOLDER upsert|commit`."""

import os
import signal
import sys
from pathlib import Path
from unittest import mock

from service.stores.edge.folder import CatalogueFolder
from service.stores.edge.store import EdgeStore
from support.stores import ENCODER, talk


def die(*args: object) -> None:
    """End as if the power went."""
    os.kill(os.getpid(), signal.SIGKILL)


def main(folder: Path, moment: str) -> None:
    """Load until killed."""
    store = EdgeStore(folder, "sessions")
    with store.building(ENCODER.fingerprint, sessions=1) as builder:
        builder.upsert([talk(1)], ENCODER.encode_sessions([talk(1).text]))
        if moment == "upsert":
            die()
        with mock.patch.object(CatalogueFolder, "switch", die):
            builder.commit(expected=1, sources=[])


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
