"""Staged rows of one id: a session read twice, a row for each of its speakers, or its several time slots."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from loaders.records.record import Diagnostic
from service.session import Session
from service.stores.payload import encode_payload


def resolve_repeats(rows: Mapping[int, Session]) -> tuple[dict[int, Session], list[Diagnostic]]:
    """Return the sessions that rows of one id stand for, each with its own id, and a diagnostic a dropped row.

    Rows that differ in nothing but speakers are merged; those that differ in more get a slot.
    """
    merged: dict[str, tuple[int, Session]] = {}
    speakers: dict[str, dict[str, None]] = {}
    diagnostics = []
    for number, session in rows.items():
        key = _identity(session)
        if key not in merged:
            merged[key] = (number, session)
            speakers[key] = dict.fromkeys(session.speakers)
            continue
        is_new = not speakers[key].keys() >= set(session.speakers)
        speakers[key] |= dict.fromkeys(session.speakers)
        reason = "a row for one more speaker: joined with the first" if is_new else "read twice"
        row = json.dumps(encode_payload(session))
        diagnostics.append(Diagnostic(session.source_location, reason, row=row, unwanted=True))
    whole = {
        number: replace(session, speakers=tuple(speakers[key]))
        for key, (number, session) in merged.items()
    }
    return _with_slots(whole), diagnostics


def _identity(session: Session) -> str:
    """Return the key that a session's rows share: every field but speakers, if there is more than a title."""
    if session.abstract or session.starts_at:
        session = replace(session, speakers=())
    return str(encode_payload(session)["payload_hash"])


def _with_slots(sessions: dict[int, Session]) -> dict[int, Session]:
    """Give several sessions of one id a slot each: start and room, and a hash where these are the same."""
    if len(sessions) == 1:
        return sessions
    slots = [_slot(session) for session in sessions.values()]
    times = Counter(slots)
    return {
        number: replace(
            session,
            slot=slot
            if times[slot] == 1
            else f"{slot} {encode_payload(session)['payload_hash']}".strip(),
        )
        for (number, session), slot in zip(sessions.items(), slots, strict=True)
    }


def _slot(session: Session) -> str:
    start = session.starts_at.isoformat() if session.starts_at else ""
    return f"{start} {session.room}".strip()
