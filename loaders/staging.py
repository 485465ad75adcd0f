"""Staging: the sessions of one load on disk, compared with a catalogue by SQL, so memory stays small."""

import json
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import UUID

from loaders.holding import Holds
from loaders.record import Complaint
from service.session import Session
from service.stores.catalogue import Known

_SCHEMA = """
CREATE TABLE staged (
    id TEXT NOT NULL, event TEXT NOT NULL, year INTEGER NOT NULL, source_id TEXT NOT NULL,
    place TEXT NOT NULL, text_hash TEXT NOT NULL, payload_hash TEXT NOT NULL,
    length INTEGER NOT NULL, payload TEXT NOT NULL);
CREATE INDEX staged_id ON staged (id);
CREATE INDEX staged_event ON staged (event, year);
CREATE TABLE known (
    id TEXT PRIMARY KEY, event TEXT NOT NULL, year INTEGER NOT NULL,
    text_hash TEXT NOT NULL, payload_hash TEXT NOT NULL) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a load changes.

    `embedded` of the `changed` sessions need a new vector; `kept` ones are of other events and years.
    `held` of the `same` ones are not in the sources, but bad rows may be theirs.
    """

    new: int
    changed: int
    embedded: int
    gone: int
    same: int
    kept: int
    held: int = 0

    @property
    def is_empty(self) -> bool:
        """Whether the catalogue already is what the sources say."""
        return not (self.new or self.changed or self.gone)

    @property
    def changes(self) -> int:
        """How many sessions differ from the catalogue's."""
        return self.new + self.changed + self.gone

    @property
    def total(self) -> int:
        """How many sessions the catalogue holds afterwards."""
        return self.new + self.changed + self.same + self.kept

    def __str__(self) -> str:
        return (
            f"{self.new} new, {self.changed} changed ({self.embedded} embedded again), "
            f"{self.gone} gone, {self.same} same"
        )


class Staging:
    """A temporary database of the sessions that were read and of what the catalogue knows."""

    def __init__(self) -> None:
        """Create the database in a temporary folder that `close` removes."""
        self._folder = tempfile.TemporaryDirectory(prefix="conference-helper-")
        self._db = sqlite3.connect(Path(self._folder.name) / "staging.sqlite", isolation_level=None)
        self._db.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;" + _SCHEMA)
        self._db.execute("BEGIN")
        self._holds = Holds()
        self._db.create_function("stays", 3, self._holds.stays)

    def close(self) -> None:
        """Remove the database."""
        self._db.close()
        self._folder.cleanup()

    def add(self, session: Session) -> None:
        """Stage a session that a source holds: the source is the truth for its event and year."""
        self._holds.covered.add((session.event, session.year))
        self._insert(session)

    def _insert(self, session: Session) -> None:
        self._db.execute("INSERT INTO staged VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", _row(session))

    def hold(self, events: Collection[tuple[str, int]], bad: Sequence[str]) -> None:
        """Keep what the catalogue knows of a file's bad rows, given by their source ids (see `Holds.hold`)."""
        self._holds.hold(events, bad, self._has)

    def release(self) -> None:
        """Hold nothing: what is not in the sources is gone."""
        self._holds.release()

    def _has(self, event: str, year: int, source_id: str) -> bool:
        wanted = (event, year, source_id)
        query = "SELECT 1 FROM staged WHERE (event, year, source_id) = (?, ?, ?) LIMIT 1"
        return self._db.execute(query, wanted).fetchone() is not None

    def settle(self) -> Iterator[Complaint]:
        """Make ids distinct, as the complaints say; sittings get a slot.

        A session read twice is dropped, and rows that differ in nothing but speakers become one.
        """
        repeated = self._db.execute(
            "SELECT id FROM staged GROUP BY id HAVING count(*) > 1 ORDER BY min(rowid)"
        ).fetchall()
        for (id,) in repeated:
            rows = self._db.execute(
                "SELECT rowid, place, payload FROM staged WHERE id = ? ORDER BY rowid", (id,)
            ).fetchall()
            first: dict[str, tuple[int, Session]] = {}
            for rowid, place, payload in rows:
                session = replace(Session.from_payload(json.loads(payload)), place=place)
                key = _likeness(session)
                if key not in first:
                    first[key] = (rowid, session)
                    continue
                self._db.execute("DELETE FROM staged WHERE rowid = ?", (rowid,))
                first_rowid, whole = first[key]
                speakers = tuple(dict.fromkeys((*whole.speakers, *session.speakers)))
                reason = "read twice"
                if speakers != whole.speakers:
                    first[key] = (first_rowid, replace(whole, speakers=speakers))
                    self._update(*first[key])
                    reason = "a row for one more speaker: joined with the first"
                yield Complaint(place, reason, row=payload, unwanted=True)
            if len(first) > 1:
                self._give_slots(list(first.values()))

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
        counts = self._db.execute(
            """SELECT count(*) FILTER (WHERE known.id IS NULL),
                      count(*) FILTER (WHERE known.payload_hash != staged.payload_hash),
                      count(*) FILTER (WHERE known.text_hash != staged.text_hash),
                      count(*) FILTER (WHERE known.payload_hash = staged.payload_hash)
               FROM staged LEFT JOIN known USING (id)"""
        ).fetchone()
        gone = sum(self.gone().values())
        unstaged = self._db.execute(
            "SELECT event, year, count(*) FROM known WHERE id NOT IN (SELECT id FROM staged) "
            "AND stays(event, year, id) GROUP BY event, year"
        ).fetchall()
        held = sum(count for event, year, count in unstaged if (event, year) in self._holds.covered)
        kept = sum(count for _, _, count in unstaged) - held
        new, changed, embedded, same = counts
        return Plan(new, changed, embedded, gone, same + held, kept, held)

    def gone(self) -> Counter[tuple[str, int]]:
        """Count the known sessions of each staged event and year that are no longer there."""
        rows = self._db.execute(
            """SELECT event, year, count(*) FROM known
               WHERE id NOT IN (SELECT id FROM staged) AND NOT stays(event, year, id) GROUP BY event, year"""
        )
        return Counter({(event, year): count for event, year, count in rows})

    def known_count(self, event: str, year: int) -> int:
        """Return how many sessions of an event and year the catalogue knows."""
        (count,) = self._db.execute(
            "SELECT count(*) FROM known WHERE event = ? AND year = ?", (event, year)
        ).fetchone()
        return int(count)

    def adopt(self, sessions: Iterable[Session]) -> None:
        """Stage known sessions that stay too: a change of encoder embeds everything again."""
        for session in sessions:
            id = str(session.id)
            staged = self._db.execute("SELECT 1 FROM staged WHERE id = ?", (id,)).fetchone()
            if staged is None and self._holds.stays(session.event, session.year, id):
                self._insert(session)

    def texts(self, *, every: bool) -> Iterator[tuple[str, str]]:
        """Yield (text hash, text), longest first, of sessions to embed: new and changed ones, or `every`."""
        rows = self._db.execute(
            f"""SELECT staged.text_hash, min(payload) FROM staged LEFT JOIN known USING (id)
                WHERE {"1" if every else "known.id IS NULL OR known.text_hash != staged.text_hash"}
                GROUP BY staged.text_hash ORDER BY length DESC, staged.text_hash"""  # noqa: S608 -- one of two constants
        )
        for text_hash, payload in rows:
            yield text_hash, Session.from_payload(json.loads(payload)).text

    def sessions(self, *, every: bool, batch: int = 256) -> Iterator[list[Session]]:
        """Yield, in batches, the sessions whose vectors `texts` with the same argument embeds."""
        rows = self._db.execute(
            f"""SELECT payload FROM staged LEFT JOIN known USING (id)
                WHERE {"1" if every else "known.id IS NULL OR known.text_hash != staged.text_hash"}
                ORDER BY staged.rowid"""  # noqa: S608 -- one of two constants
        )
        while some := rows.fetchmany(batch):
            yield [Session.from_payload(json.loads(payload)) for (payload,) in some]

    def described(self, *, batch: int = 256) -> Iterator[list[Session]]:
        """Yield, in batches, the sessions whose payload changed while their text stayed."""
        rows = self._db.execute(
            """SELECT payload FROM staged JOIN known USING (id)
               WHERE known.text_hash = staged.text_hash AND known.payload_hash != staged.payload_hash
               ORDER BY staged.rowid"""
        )
        while some := rows.fetchmany(batch):
            yield [Session.from_payload(json.loads(payload)) for (payload,) in some]

    def gone_ids(self, *, batch: int = 256) -> Iterator[list[UUID]]:
        """Yield, in batches, the ids of the known sessions that `gone` counts."""
        rows = self._db.execute(
            "SELECT id FROM known WHERE id NOT IN (SELECT id FROM staged) "
            "AND NOT stays(event, year, id) ORDER BY id"
        )
        while some := rows.fetchmany(batch):
            yield [UUID(id) for (id,) in some]

    def carried(self, sessions: Sequence[Session]) -> list[Session | None]:
        """Return for each stored session what becomes of it while its vector stays.

        The staged session (its payload may be new), itself where it stays unstaged, or None where it
        is gone or embedded again.
        """
        return [self._carried(session) for session in sessions]

    def _carried(self, session: Session) -> Session | None:
        row = self._db.execute(
            "SELECT text_hash, payload FROM staged WHERE id = ?", (str(session.id),)
        ).fetchone()
        if row is None:
            stays = self._holds.stays(session.event, session.year, str(session.id))
            return session if stays else None
        text_hash, payload = row
        return Session.from_payload(json.loads(payload)) if text_hash == session.text_hash else None

    def _give_slots(self, sittings: Sequence[tuple[int, Session]]) -> None:
        """Tell sessions of one source id apart by when and where they are, else by their text."""
        slots = [_slot(session) for _, session in sittings]
        for (rowid, session), slot in zip(sittings, slots, strict=True):
            unique = (
                slot if slots.count(slot) == 1 else f"{slot} {session.payload()['payload_hash']}"
            )
            self._update(rowid, replace(session, slot=unique.strip()))

    def _update(self, rowid: int, session: Session) -> None:
        self._db.execute(
            """UPDATE staged SET (id, event, year, source_id, place, text_hash, payload_hash, length,
               payload) = (?, ?, ?, ?, ?, ?, ?, ?, ?) WHERE rowid = ?""",
            (*_row(session), rowid),
        )


def _likeness(session: Session) -> str:
    """What sessions of one id share if they are one: all but the speakers, where there is more than a title."""
    if session.abstract or session.starts_at:
        session = replace(session, speakers=())
    return str(session.payload()["payload_hash"])


def _slot(session: Session) -> str:
    start = session.starts_at.isoformat() if session.starts_at else ""
    return f"{start} {session.room}".strip()


def _row(session: Session) -> tuple[str | int, ...]:
    payload = session.payload()
    return (
        str(session.id),
        session.event,
        session.year,
        session.source_id,
        session.place,
        payload["text_hash"],
        payload["payload_hash"],
        len(session.text),
        json.dumps(payload),
    )
