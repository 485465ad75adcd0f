"""Join the session pages, schedules, speakers and rooms of a static site."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from loaders.records.record import Diagnostic
from loaders.sites.fields import (
    BREAK,
    BREAKS,
    differ,
    drop_page_date,
    first_text,
    is_break,
    is_kept,
    kind_of,
    labelled,
    own_times,
    writing_days,
)
from loaders.sites.keys import (
    date_of,
    is_false,
    is_speakers,
    is_true,
    key_words,
    time_fields,
    title_of,
)
from loaders.sites.people import Lookups, People, as_key, ids_of, looks_like_id, texts_in
from loaders.sites.walk import Leaf
from loaders.sites.yaml_values import Entry


@dataclass(slots=True)
class Joined:
    """A site's sessions as objects, each with its location, and diagnostics on what did not fit."""

    sessions: list[tuple[str, Entry]] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)


class Join:
    """Joins sessions and places of one edition."""

    def __init__(self, people: People, lookups: Lookups) -> None:
        """Set who and what the sessions may name."""
        self._people, self._lookups = people, lookups
        self._result = Joined()
        self._unknown: dict[str, str] = {}

    def run(self, described: list[Leaf], placed: list[Leaf]) -> Joined:
        """Return the sessions that are described, where and when they are placed, and those only placed."""
        described = list(self._distinct(described))
        index = self._index(described)
        places: dict[int, list[Leaf]] = {}
        alone: list[Leaf] = []
        for leaf in placed:
            found = self._find(leaf, index)
            if found is not None:
                places.setdefault(id(found), []).append(leaf)
            elif self._stands_alone(leaf, bool(described)):
                alone.append(leaf)
        days = writing_days(described, places)
        for leaf in described:
            self._add_described(leaf, places.get(id(leaf), []), bool(places), days)
        for leaf in alone:
            item = (
                Entry(leaf.item)
                if title_of(leaf.item)
                else Entry({**leaf.item, "title": leaf.reference})
            )
            self._add(leaf, item, leaf, is_place=True)
        self._tell_unknown()
        return self._result

    # What is described twice, and by what it is named.

    def _distinct(self, leaves: Iterable[Leaf]) -> Iterator[Leaf]:
        """Yield the sessions, those that two files describe once."""
        known: dict[str, Leaf] = {}
        for leaf in leaves:
            key = as_key(title_of(leaf.item))
            other = known.get(key)
            is_same_file = other is None or _file(other.location) == _file(leaf.location)
            if other is None or is_same_file or (other.page and leaf.page):
                known.setdefault(key, leaf)
                yield leaf
                continue
            for name, value in leaf.item.items():
                if value and not other.item.get(name):
                    other.item[name] = value
            self._note(leaf.location, "a session that another file describes too: read once")

    def _index(self, leaves: Iterable[Leaf]) -> dict[str, Leaf | None]:
        """Return the sessions by all that may name them, None for what names several."""
        index: dict[str, Leaf | None] = {}
        titles: dict[str, Leaf] = {}
        for leaf in leaves:
            for id in ids_of(leaf.item, leaf.page):
                if id in index and index[id] is not leaf:
                    self._note(leaf.location, f"another session has the id {id[:40]!r} too")
                index[id] = None if id in index and index[id] is not leaf else leaf
            titles.setdefault(as_key(title_of(leaf.item)), leaf)
        return {**titles, **index}

    def _find(self, leaf: Leaf, index: dict[str, Leaf | None]) -> Leaf | None:
        if leaf.reference:
            return index.get(as_key(leaf.reference)) or index.get(as_key(title_of(leaf.item)))
        keys = (as_key(title_of(leaf.item)), *ids_of(leaf.item))
        return next((found for key in keys if (found := index.get(key))), None)

    def _stands_alone(self, leaf: Leaf, has_described: bool) -> bool:
        """Return whether a place without a session of its own is one; tell of one that names nothing."""
        if title_of(leaf.item):
            return True
        name = leaf.reference
        if " " in name and not looks_like_id(name):
            return True
        if BREAKS.search(name):
            self._note(leaf.location, "a break that no file describes is left out")
        elif has_described or looks_like_id(name):
            self._result.diagnostics.append(
                Diagnostic(
                    leaf.location,
                    f"the schedule names {name[:60]!r}, which no file describes",
                    row=name,
                )
            )
        else:
            return True
        return False

    # One session.

    def _add_described(
        self, leaf: Leaf, places: list[Leaf], has_schedule: bool, days_are_of_writing: bool
    ) -> None:
        item = Entry(leaf.item)
        if is_true(item, "draft", "hidden") or is_false(item, "published"):
            self._result.diagnostics.append(
                Diagnostic(leaf.location, "a draft, which the site does not show", unwanted=True)
            )
            return
        if places or days_are_of_writing:
            drop_page_date(item)
        if not places and has_schedule and "start" not in time_fields(item):
            self._note(leaf.location, "in no place of the schedule: without a time")
        for place in places or [leaf]:
            self._add(leaf, Entry(item), place, is_place=False)

    def _add(self, leaf: Leaf, item: Entry, place: Leaf, *, is_place: bool) -> None:
        session = Entry()
        identity = next(iter(ids_of(item, leaf.page)), "")
        if identity and not is_place:
            session["id"] = identity
        session["title"] = title_of(item)
        self._set_times(session, item, place)
        self._set_labels(session, item, place)
        if speakers := self._speakers(item, session["title"], identity):
            session["speakers"] = speakers
        session |= {
            key: value for key, value in item.items() if key not in session and is_kept(key, item)
        }
        if is_break(item, session):
            session["type"] = BREAK
        self._result.sessions.append((leaf.location, session))

    def _set_times(self, session: Entry, item: Entry, place: Leaf) -> None:
        """Set date, start, end and duration: the session's own, the slot's, the place's, what is around it."""
        slot = first_text(place.item, "slot") or first_text(item, "slot")
        own = own_times(item)
        placed = own_times(place.item) if place.item is not item else own
        sources = (own, self._lookups.times(slot), placed, place.inherited)
        day = next((text for found in sources if (text := found.get("date"))), "") or date_of(slot)
        timed = next((found for found in sources if found.get("start")), {})
        found = {"date": day, "start": timed.get("start", ""), "end": timed.get("end", "")}
        found["duration"] = (
            timed.get("duration", "") or own.get("duration", "") or placed.get("duration", "")
        )
        if found["start"] and own.get("start") and placed is not own and differ(placed, own):
            self._note(
                place.location, "the schedule and the session give two times: the session's is kept"
            )
        session.update({name: text for name, text in found.items() if text})

    def _set_labels(self, session: Entry, item: Entry, place: Leaf) -> None:
        """Set room, track, kind and level, with what their ids stand for."""
        for name in ("room", "track", "kind", "level"):
            texts = (labelled(source, name) for source in (item, place.item))
            text = next(filter(None, texts), "") or place.inherited.get(name, "")
            if name == "kind" and not text:
                text = kind_of(item)
            if name == "track" and text == kind_of(item):
                text = place.inherited.get("track", "")
            if text:
                session[name] = self._lookups.label(name, text)

    def _speakers(self, item: Entry, title: str, identity: str) -> list[Any]:
        values = [
            part for key, value in item.items() if is_speakers(key) for part in texts_in(value)
        ]
        if (
            not values
            and (name := first_text(item, "name"))
            and name != title
            and as_key(name) != identity
        ):
            values = [name]
        return [found for value in values for found in self._resolved(value)]

    def _resolved(self, value: Any) -> list[Any]:
        """Return the names that a session's speaker stands for."""
        if isinstance(value, dict):
            ids = [name for id in ids_of(value) if (name := self._people.find(id))]
            has_name = any(
                key_words(key) in ("name", "full name", "first name", "firstname") for key in value
            )
            return [value] if has_name or not ids else ids[:1]
        if name := self._people.find(value):
            return [name]
        parts = [part.strip() for part in re.split(r"[,;&]", value) if part.strip()]
        names = [self._people.find(part) for part in parts]
        if len(parts) > 1 and all(names):
            return list(names)
        if as_key(value) in self._people.shared:
            self._unknown[value] = "several people have the id: " + ", ".join(
                self._people.shared[as_key(value)][:3]
            )
            return []
        if looks_like_id(value):
            self._unknown[value] = "no list of people has it"
            return []
        return [value]

    def _tell_unknown(self) -> None:
        for id, reason in self._unknown.items():
            self._note(f"{id[:40]!r} ({reason})", "speakers: ids without a name are left out")

    def _note(self, location: str, reason: str) -> None:
        self._result.diagnostics.append(Diagnostic(location, reason, skipped=False))


def _file(location: str) -> str:
    return re.split(r"[:#]", location, maxsplit=1)[0]
