"""Staging: the sessions of one load on disk, compared with a catalogue by SQL, so memory stays small.

staged      the sessions that the sources have, numbered in the order they were read
known       id, hashes and revision of each session in the catalogue
removed     the sessions that earlier loads removed, and the revision of that
revised     the staged ones with what is known of them, and the revision that they have from now on
missing     the known ones that no source has, and whether each is retained (see `loaders.staging.protection`)
"""

import json
import sqlite3
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import astuple, replace
from datetime import UTC, datetime
from uuid import UUID

from loaders.plan import Plan
from loaders.records.record import Diagnostic
from loaders.staging.folder import StagingFolder
from loaders.staging.protection import EventYear, Protection
from loaders.staging.repeats import resolve_repeats
from service.session import Session
from service.stores.hashes import SessionHashes, hash_schedule
from service.stores.payload import decode_payload, encode_payload

_SCHEMA = """
CREATE TABLE staged (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL, event TEXT NOT NULL, year INTEGER NOT NULL,
    source_id TEXT NOT NULL, location TEXT NOT NULL, text_hash TEXT NOT NULL, payload_hash TEXT NOT NULL,
    schedule_hash TEXT NOT NULL, length INTEGER NOT NULL, payload TEXT NOT NULL);
CREATE INDEX staged_id ON staged (id);
CREATE INDEX staged_event ON staged (event, year);
CREATE TABLE known (
    id TEXT PRIMARY KEY, event TEXT NOT NULL, year INTEGER NOT NULL,
    text_hash TEXT NOT NULL, payload_hash TEXT NOT NULL, schedule_hash TEXT NOT NULL,
    sequence INTEGER NOT NULL, modified TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE removed (id TEXT PRIMARY KEY, sequence INTEGER NOT NULL) WITHOUT ROWID;
CREATE TEMP VIEW revised AS
    SELECT staged.number, staged.id, staged.text_hash, staged.payload_hash, staged.payload,
        known.id IS NULL OR known.text_hash != staged.text_hash AS is_embedded,
        known.payload_hash != staged.payload_hash AS is_changed,
        CASE WHEN known.id IS NULL THEN coalesce(removed.sequence + 1, 0)
             ELSE known.sequence + (known.schedule_hash != staged.schedule_hash) END AS sequence,
        CASE WHEN known.payload_hash = staged.payload_hash AND known.modified != '' THEN known.modified
             ELSE now() END AS modified
    FROM staged LEFT JOIN known USING (id) LEFT JOIN removed USING (id);
CREATE TEMP VIEW missing AS
    SELECT id, event, year, is_retained(event, year, id) AS is_retained FROM known
    WHERE id NOT IN (SELECT id FROM staged);
"""
_BATCH_SIZE = 256


class Staging:
    """A temporary database of the sessions that were read and of what the catalogue knows."""

    def __init__(self, *, now: datetime | None = None) -> None:
        """Create the database in a temporary folder that `close` removes; `now` is when the load is."""
        self.now = (now or datetime.now(UTC)).replace(microsecond=0)
        self._folder = StagingFolder()
        self._db = sqlite3.connect(self._folder.path / "staging.sqlite", isolation_level=None)
        self._protection = Protection()
        self._db.create_function("is_retained", 3, self._protection.is_retained)
        self._db.create_function("now", 0, self.now.isoformat)
        self._db.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;" + _SCHEMA)
        self._db.execute("BEGIN")

    def close(self) -> None:
        """Remove the database."""
        self._db.close()
        self._folder.remove()

    # While sources are read.

    def add(self, session: Session) -> None:
        """Stage a session that a source has: the source is the truth for its event and year."""
        self._protection.covered.add((session.event, session.year))
        self._insert(session)

    def protect(self, events: Collection[EventYear], invalid_ids: Sequence[str]) -> None:
        """Keep the catalogue's sessions that a file's invalid rows may stand for (see `Protection.protect`)."""
        self._protection.protect(events, invalid_ids, self._has)

    def clear_protection(self) -> None:
        """Protect nothing: remove every session that no source has."""
        self._protection.clear()

    def resolve_repeats(self, check: Callable[[], None]) -> Iterator[Diagnostic]:
        """Give each staged session its own id (see `loaders.staging.repeats`); yield those dropped.

        `check` is called for each row, and may end it by an exception.
        """
        repeated = self._db.execute(
            "SELECT id FROM staged GROUP BY id HAVING count(*) > 1 ORDER BY min(number)"
        ).fetchall()
        for (id,) in repeated:
            rows = self._db.execute(
                "SELECT number, location, payload FROM staged WHERE id = ? ORDER BY number", (id,)
            )
            sessions = {}
            for number, location, payload in rows:
                check()
                sessions[number] = replace(_session(payload), source_location=location)
            resolved, diagnostics = resolve_repeats(sessions)
            self._db.execute("DELETE FROM staged WHERE id = ?", (id,))
            for number, session in resolved.items():
                check()
                self._insert(session, number)
            yield from diagnostics

    # To compare with the catalogue.

    def add_known(self, known: Iterable[SessionHashes]) -> None:
        """Add the ids and hashes of the catalogue's sessions."""
        self._db.executemany(
            "INSERT INTO known VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            ((str(item.id), *astuple(item)[1:]) for item in known),
        )

    def add_removed(self, removed: Iterable[Session]) -> None:
        """Add the tombstones of earlier loads: a session that comes back continues its revision numbers."""
        self._db.executemany(
            "INSERT INTO removed VALUES (?, ?)", ((str(one.id), one.sequence) for one in removed)
        )

    def plan(self) -> Plan:
        """Compare what was staged with what is known, in the events and years that were staged."""
        new, changed, reembedded, same = self._db.execute(
            """SELECT count(*) FILTER (WHERE known.id IS NULL),
                      count(*) FILTER (WHERE known.payload_hash != staged.payload_hash),
                      count(*) FILTER (WHERE known.text_hash != staged.text_hash),
                      count(*) FILTER (WHERE known.payload_hash = staged.payload_hash)
               FROM staged LEFT JOIN known USING (id)"""
        ).fetchone()
        gone, retained = self.count_gone(), self._count_missing(retained=True)
        covered = self._protection.covered
        protected = sum(count for event, count in retained.items() if event in covered)
        return Plan(
            new=new,
            changed=changed,
            reembedded=reembedded,
            gone=gone.total(),
            same=same + protected,
            other_events=retained.total() - protected,
            protected=protected,
        )

    def count_gone(self) -> Counter[EventYear]:
        """Count the known sessions of each staged event and year that no source has any more."""
        return self._count_missing(retained=False)

    def count_known(self, event: str, year: int) -> int:
        """Return how many sessions of an event and year the catalogue has."""
        (count,) = self._db.execute(
            "SELECT count(*) FROM known WHERE event = ? AND year = ?", (event, year)
        ).fetchone()
        return int(count)

    def add_retained(self, sessions: Iterable[Session]) -> None:
        """Stage those of the catalogue's sessions that stay without a source, to embed them again."""
        for session in sessions:
            if self.carried_over(session) is session:
                self._insert(session)

    # To write.

    def texts(self, *, everything: bool) -> Iterator[tuple[str, str]]:
        """Yield (text hash, text), longest first, of sessions to embed: the new and changed, or everything."""
        rows = self._db.execute(
            """SELECT staged.text_hash, min(payload) FROM staged LEFT JOIN known USING (id)
               WHERE ? OR known.id IS NULL OR known.text_hash != staged.text_hash
               GROUP BY staged.text_hash ORDER BY length DESC, staged.text_hash""",
            (everything,),
        )
        for text_hash, payload in rows:
            yield text_hash, _session(payload).text

    def sessions(self, *, everything: bool) -> Iterator[list[Session]]:
        """Yield, in batches, the sessions whose vectors `texts` with the same argument embeds."""
        return self._batches(
            "SELECT payload, sequence, modified FROM revised WHERE ? OR is_embedded ORDER BY number",
            everything,
        )

    def payload_changes(self) -> Iterator[list[Session]]:
        """Yield, in batches, the sessions whose payload changed while their text stayed."""
        return self._batches(
            """SELECT payload, sequence, modified FROM revised
               WHERE is_changed AND NOT is_embedded ORDER BY number"""
        )

    def gone_ids(self) -> Iterator[list[UUID]]:
        """Yield, in batches, the ids of the known sessions that `count_gone` counts."""
        rows = self._db.execute("SELECT id FROM missing WHERE NOT is_retained ORDER BY id")
        while some := rows.fetchmany(_BATCH_SIZE):
            yield [UUID(id) for (id,) in some]

    def knows(self, id: UUID) -> bool:
        """Return whether a source has a session, or the catalogue has it before the load."""
        query = "SELECT 1 FROM staged WHERE id = ? UNION SELECT 1 FROM known WHERE id = ?"
        return self._db.execute(query, (str(id), str(id))).fetchone() is not None

    def carried_over(self, session: Session) -> Session | None:
        """Return the session to write with the vector of a stored one; None if it is gone or embedded again.

        That is the staged one, whose payload may be new, or the stored one where it stays without a source.
        """
        row = self._db.execute(
            "SELECT text_hash, payload, sequence, modified FROM revised WHERE id = ?",
            (str(session.id),),
        ).fetchone()
        if row is None:
            event, year, id = session.event, session.year, str(session.id)
            return session if self._protection.is_retained(event, year, id) else None
        text_hash, *values = row
        return _revised(*values) if text_hash == session.text_hash else None

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
            hash_schedule(payload),
            len(session.text),
            json.dumps(payload),
        )
        self._db.execute("INSERT INTO staged VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", row)

    def _has(self, event: str, year: int, source_id: str) -> bool:
        wanted = (event, year, source_id)
        query = "SELECT 1 FROM staged WHERE (event, year, source_id) = (?, ?, ?) LIMIT 1"
        return self._db.execute(query, wanted).fetchone() is not None

    def _count_missing(self, *, retained: bool) -> Counter[EventYear]:
        rows = self._db.execute(
            "SELECT event, year, count(*) FROM missing WHERE is_retained = ? GROUP BY event, year",
            (retained,),
        )
        return Counter({(event, year): count for event, year, count in rows})

    def _batches(self, query: str, *values: object) -> Iterator[list[Session]]:
        rows = self._db.execute(query, values)
        while some := rows.fetchmany(_BATCH_SIZE):
            yield [_revised(*row) for row in some]


def _revised(payload: str, sequence: int, modified: str) -> Session:
    return decode_payload({**json.loads(payload), "sequence": sequence, "modified": modified})


def _session(payload: str) -> Session:
    return decode_payload(json.loads(payload))
