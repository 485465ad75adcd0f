"""A loader of a cluster's tests, in a process of its own so that it can be killed.

`python cluster_loader.py SETTINGS` reads one operation a line from standard input, does it, and writes a line
with what came of it: `{}`, or the error's kind and text.
"""

import json
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any
from unittest import mock

from service.errors import ConferenceHelperError
from service.settings import load_settings
from service.stores.backup import restore_backup
from service.stores.copying import copy_catalogue
from service.stores.edge.store import EdgeStore
from service.stores.protocol import SessionStore
from service.verdict import off_topic
from support.off_topic import read_few
from support.programmes import Loading
from support.stores import server_store


def load(store: SessionStore, folder: Path, rows: list[dict[str, Any]]) -> None:
    Loading(store, folder).rows(rows, allow_removals=True)


def rollback(store: SessionStore, folder: Path, rows: list[dict[str, Any]]) -> None:
    store.rollback()


def restore(store: SessionStore, folder: Path, rows: list[dict[str, Any]]) -> None:
    restore_backup(folder / "backup", store)


def migrate(store: SessionStore, folder: Path, rows: list[dict[str, Any]]) -> None:
    with closing(EdgeStore(folder / "embedded", "sessions")) as embedded:
        copy_catalogue(embedded, store)


OPERATIONS: dict[str, Callable[[SessionStore, Path, list[dict[str, Any]]], None]] = {
    one.__name__: one for one in (load, rollback, restore, migrate)
}


def main(options: dict[str, Any], catalogue: str, folder: Path) -> None:
    """Do one operation after the other until standard input ends."""
    settings = load_settings(qdrant=options, catalogue=catalogue)
    few = mock.patch.object(off_topic, "read_queries", read_few)
    with few, closing(server_store(settings)) as store:
        for line in sys.stdin:
            operation = json.loads(line)
            told: dict[str, str] = {}
            try:
                OPERATIONS[operation["do"]](store, folder, operation["rows"])
            except ConferenceHelperError as error:
                told = {"error": type(error).__name__, "text": str(error)}
            sys.stdout.write(json.dumps(told) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    given = json.loads(sys.argv[1])
    main(given["qdrant"], given["catalogue"], Path(given["folder"]))
