"""Staged sessions of one id: one session read twice, its rows for one speaker each, or its several sittings."""

import json
from collections.abc import Mapping
from dataclasses import replace

from loaders.records.record import Diagnostic
from service.session import Session
from service.stores.payload import encode_payload


def tell_apart(rows: Mapping[int, Session]) -> tuple[dict[int, Session], list[Diagnostic]]:
    """Return what is left of rows of one id, each with an id of its own, and a diagnostic for each that went.

    Rows that differ in nothing but speakers become one; sittings get a slot.
    """
    left: dict[str, tuple[int, Session]] = {}
    diagnostics = []
    for number, session in rows.items():
        key = _likeness(session)
        if key not in left:
            left[key] = (number, session)
            continue
        first, whole = left[key]
        speakers = tuple(dict.fromkeys((*whole.speakers, *session.speakers)))
        left[key] = (first, replace(whole, speakers=speakers))
        joined = speakers != whole.speakers
        reason = "a row for one more speaker: joined with the first" if joined else "read twice"
        row = json.dumps(encode_payload(session))
        diagnostics.append(Diagnostic(session.source_location, reason, row=row, unwanted=True))
    return _with_slots(dict(left.values())), diagnostics


def _likeness(session: Session) -> str:
    """What sessions of one id share if they are one: all but the speakers, where there is more than a title."""
    if session.abstract or session.starts_at:
        session = replace(session, speakers=())
    return str(encode_payload(session)["payload_hash"])


def _with_slots(sittings: dict[int, Session]) -> dict[int, Session]:
    """Tell sittings apart by when and where they are, else by their text too; a single one needs no slot."""
    if len(sittings) == 1:
        return sittings
    slots = [_slot(session) for session in sittings.values()]
    return {
        number: replace(
            session,
            slot=slot
            if slots.count(slot) == 1
            else f"{slot} {encode_payload(session)['payload_hash']}".strip(),
        )
        for (number, session), slot in zip(sittings.items(), slots, strict=True)
    }


def _slot(session: Session) -> str:
    start = session.starts_at.isoformat() if session.starts_at else ""
    return f"{start} {session.room}".strip()
