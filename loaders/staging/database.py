"""Staging: the sessions of one load on disk, compared with a catalogue by SQL, so memory stays small.

staged      the sessions that the sources hold, numbered in the order they were read
known       what the catalogue knows of each of its sessions
unstaged    the known ones that no source holds, and whether each stays (see `loaders.staging.holding`)
"""

import json
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from uuid import UUID

from loaders.plan import Plan
from loaders.records.record import Diagnostic
from loaders.staging.holding import Holds
from loaders.staging.repeats import tell_apart
from service.session import Session
from service.stores.payload import decode_payload, encode_payload
from service.stores.protocol import Known

_SCHEMA = """
CREATE TABLE staged (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL, event TEXT NOT NULL, year INTEGER NOT NULL,
    source_id TEXT NOT NULL, location TEXT NOT NULL, text_hash TEXT NOT NULL, payload_hash TEXT NOT NULL,
    length INTEGER NOT NULL, payload TEXT NOT NULL);
CREATE INDEX staged_id ON staged (id);
CREATE INDEX staged_event ON staged (event, year);
CREATE TABLE known (
    id TEXT PRIMARY KEY, event TEXT NOT NULL, year INTEGER NOT NULL,
    text_hash TEXT NOT NULL, payload_hash TEXT NOT NULL) WITHOUT ROWID;
CREATE TEMP VIEW unstaged AS
    SELECT id, event, year, stays(event, year, id) AS stays FROM known
    WHERE id NOT IN (SELECT id FROM staged);
"""
_BATCH = 256


class Staging:
    """A temporary database of the sessions that were read and of what the catalogue knows."""

    def __init__(self) -> None:
        """Create the database in a temporary folder that `close` removes."""
        self._folder = tempfile.TemporaryDirectory(prefix="conference-helper-")
        self._db = sqlite3.connect(Path(self._folder.name) / "staging.sqlite", isolation_level=None)
        self._holds = Holds()
        self._db.create_function("stays", 3, self._holds.stays)
        self._db.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;" + _SCHEMA)
        self._db.execute("BEGIN")

    def close(self) -> None:
        """Remove the database."""
        self._db.close()
        self._folder.cleanup()

    # While sources are read.

    def add(self, session: Session) -> None:
        """Stage a session that a source holds: the source is the truth for its event and year."""
        self._holds.covered.add((session.event, session.year))
        self._insert(session)

    def hold(self, events: Collection[tuple[str, int]], bad: Sequence[str]) -> None:
        """Keep what the catalogue knows of a file's bad rows, given by their source ids (see `Holds.hold`)."""
        self._holds.hold(events, bad, self._has)

    def release(self) -> None:
        """Hold nothing: what is not in the sources is gone."""
        self._holds.release()

    def settle(self) -> Iterator[Diagnostic]:
        """Give each staged session its own id (see `loaders.staging.repeats`); yield what was dropped."""
        repeated = self._db.execute(
            "SELECT id FROM staged GROUP BY id HAVING count(*) > 1 ORDER BY min(number)"
        ).fetchall()
        for (id,) in repeated:
            rows = self._db.execute(
                "SELECT number, location, payload FROM staged WHERE id = ? ORDER BY number", (id,)
            )
            sessions = {
                number: replace(_session(payload), source_location=location)
                for number, location, payload in rows
            }
            left, diagnostics = tell_apart(sessions)
            self._db.execute("DELETE FROM staged WHERE id = ?", (id,))
            for number, session in left.items():
                self._insert(session, number)
            yield from diagnostics

    # Compared with the catalogue.

    def know(self, known: Iterable[Known]) -> None:
        """Take over what the catalogue knows of its sessions."""
        self._db.executemany(
            "INSERT INTO known VALUES (?, ?, ?, ?, ?)",
            (
                (str(item.id), item.event, item.year, item.text_hash, item.payload_hash)
                for item in known
            ),
        )

    def plan(self) -> Plan:
        """Compare what was staged with what is known, in the events and years that were staged."""
        new, changed, embedded, same = self._db.execute(
            """SELECT count(*) FILTER (WHERE known.id IS NULL),
                      count(*) FILTER (WHERE known.payload_hash != staged.payload_hash),
                      count(*) FILTER (WHERE known.text_hash != staged.text_hash),
                      count(*) FILTER (WHERE known.payload_hash = staged.payload_hash)
               FROM staged LEFT JOIN known USING (id)"""
        ).fetchone()
        gone, staying = self.count_gone(), self._count_unstaged(staying=True)
        held = sum(count for event, count in staying.items() if event in self._holds.covered)
        kept = staying.total() - held
        return Plan(new, changed, embedded, gone.total(), same + held, kept, held)

    def count_gone(self) -> Counter[tuple[str, int]]:
        """Count the known sessions of each staged event and year that are no longer there."""
        return self._count_unstaged(staying=False)

    def count_known(self, event: str, year: int) -> int:
        """Return how many sessions of an event and year the catalogue knows."""
        (count,) = self._db.execute(
            "SELECT count(*) FROM known WHERE event = ? AND year = ?", (event, year)
        ).fetchone()
        return int(count)

    def adopt(self, sessions: Iterable[Session]) -> None:
        """Stage known sessions that stay too: a change of encoder embeds everything again."""
        for session in sessions:
            if self.carried(session) is session:
                self._insert(session)

    # What is to be written.

    def texts(self, *, every: bool) -> Iterator[tuple[str, str]]:
        """Yield (text hash, text), longest first, of sessions to embed: new and changed ones, or `every`."""
        rows = self._db.execute(
            """SELECT staged.text_hash, min(payload) FROM staged LEFT JOIN known USING (id)
               WHERE ? OR known.id IS NULL OR known.text_hash != staged.text_hash
               GROUP BY staged.text_hash ORDER BY length DESC, staged.text_hash""",
            (every,),
        )
        for text_hash, payload in rows:
            yield text_hash, _session(payload).text

    def sessions(self, *, every: bool) -> Iterator[list[Session]]:
        """Yield, in batches, the sessions whose vectors `texts` with the same argument embeds."""
        return self._batches(
            """SELECT payload FROM staged LEFT JOIN known USING (id)
               WHERE ? OR known.id IS NULL OR known.text_hash != staged.text_hash ORDER BY number""",
            every,
        )

    def described(self) -> Iterator[list[Session]]:
        """Yield, in batches, the sessions whose payload changed while their text stayed."""
        return self._batches(
            """SELECT payload FROM staged JOIN known USING (id)
               WHERE known.text_hash = staged.text_hash AND known.payload_hash != staged.payload_hash
               ORDER BY number"""
        )

    def gone_ids(self) -> Iterator[list[UUID]]:
        """Yield, in batches, the ids of the known sessions that `count_gone` counts."""
        rows = self._db.execute("SELECT id FROM unstaged WHERE NOT stays ORDER BY id")
        while some := rows.fetchmany(_BATCH):
            yield [UUID(id) for (id,) in some]

    def carried(self, session: Session) -> Session | None:
        """Return what becomes of a stored session while its vector stays.

        The staged session (its payload may be new), itself where it stays unstaged, or None where it
        is gone or embedded again.
        """
        row = self._db.execute(
            "SELECT text_hash, payload FROM staged WHERE id = ?", (str(session.id),)
        ).fetchone()
        if row is None:
            stays = self._holds.stays(session.event, session.year, str(session.id))
            return session if stays else None
        text_hash, payload = row
        return _session(payload) if text_hash == session.text_hash else None

    def _insert(self, session: Session, number: int | None = None) -> None:
        payload = encode_payload(session)
        row = (
            number,
            str(session.id),
            session.event,
            session.year,
            session.source_id,
            session.source_location,
            payload["text_hash"],
            payload["payload_hash"],
            len(session.text),
            json.dumps(payload),
        )
        self._db.execute("INSERT INTO staged VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", row)

    def _has(self, event: str, year: int, source_id: str) -> bool:
        wanted = (event, year, source_id)
        query = "SELECT 1 FROM staged WHERE (event, year, source_id) = (?, ?, ?) LIMIT 1"
        return self._db.execute(query, wanted).fetchone() is not None

    def _count_unstaged(self, *, staying: bool) -> Counter[tuple[str, int]]:
        rows = self._db.execute(
            "SELECT event, year, count(*) FROM unstaged WHERE stays = ? GROUP BY event, year",
            (staying,),
        )
        return Counter({(event, year): count for event, year, count in rows})

    def _batches(self, query: str, *values: object) -> Iterator[list[Session]]:
        rows = self._db.execute(query, values)
        while some := rows.fetchmany(_BATCH):
            yield [_session(payload) for (payload,) in some]


def _session(payload: str) -> Session:
    return decode_payload(json.loads(payload))
