"""Speakers of calendar events, from ORGANIZER, ATTENDEE and the ends of titles.

ORGANIZER and ATTENDEE hold speakers in some calendars, in others the conference's office, a mailing list, the
owner of the calendar or the audience. They count where they look like people and differ from event to event.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from loaders.calendars.components import key_of, unescape
from loaders.records.affiliations import is_employer, is_office
from loaders.records.speakers import speaker_names
from loaders.records.text import has_email
from service.words import folded

KEYS = ("ATTENDEE", "ORGANIZER")
_MAX_SPEAKERS = 10  # of one event: more are an audience
_COMMON_NAME = re.compile(r';CN=(?:"([^"]*)"|([^;:"]*))', re.I)
_NO_PERSON = re.compile(r";(?:CUTYPE=(?:GROUP|RESOURCE|ROOM)|ROLE=NON-PARTICIPANT)\b", re.I)
_OFFICE_ADDRESS = re.compile(
    r"(?:mailto:)?(?:info|contact|hello|office|admin|events?|program(?:me)?|conference|conf|cfp|pc|team|staff|"
    r"orgas?|organi[sz]ers?|speakers|talks|news|lists?|no-?reply|.*@(?:lists?|groups?|calendar)\.|"
    r".*@group\.calendar\.)",
    re.I,
)
_OFFICE_NAME = re.compile(
    r"\b(?:conference|conf|congress|summit|meetup|organi[sz]\w*|orga|program\w*|staff|events?|calendar|"
    r"chairs?|board|info|admin|desk|kalender|agenda|list|group|user|everyone|all)\b",
    re.I,
)
_PARTICLES = {
    "van",
    "der",
    "den",
    "de",
    "la",
    "von",
    "zu",
    "di",
    "da",
    "del",
    "dos",
    "do",
    "le",
    "el",
    "al",
    "y",
}
_SIGNS = (" -- ", " - ", " – ", " — ", " | ")
_FEWEST = 3  # titles with a name, for a calendar to be one of such titles
_MOSTLY = 0.9


@dataclass(slots=True)
class Naming:
    """How a whole calendar names people, from a look at all of its events."""

    events: int = 0
    named: dict[str, Counter[str]] = field(default_factory=lambda: {key: Counter() for key in KEYS})
    _titles: dict[str, list[tuple[str, bool]]] = field(default_factory=dict)

    def learn(self, lines: Iterable[str], title: str) -> None:
        """Count the names of an event."""
        self.events += 1
        for key, names in list_people(lines).items():
            self.named[key].update(names)
        for sign in _SIGNS:
            head, found, tail = title.rpartition(sign)
            if found:
                named = all(map(is_full_name, speaker_names(tail) or [""]))
                self._titles.setdefault(sign, []).append((folded(head), named))

    def is_of_speakers(self, key: str) -> bool:
        """Return whether most events have a different value for a property."""
        names = self.named[key]
        return 2 * len(names) > names.total() > 0

    def sign(self) -> str:
        """Return the sign after which nearly every title has a name ("Title -- Name"); empty if none has."""
        for sign, titles in self._titles.items():
            heads = {head for head, _ in titles}
            named = sum(is_named for _, is_named in titles)
            is_usual = named >= max(_FEWEST, _MOSTLY * len(titles), self.events / 2)
            if is_usual and len(heads) >= _MOSTLY * len(titles):  # else the heads are tracks
                return sign
        return ""


def list_people(lines: Iterable[str]) -> dict[str, list[str]]:
    """Return for ORGANIZER and ATTENDEE the people that an event's lines name there."""
    found: dict[str, list[str]] = {}
    for line in lines:
        if (key := key_of(line)) in KEYS:
            found.setdefault(key, []).extend(_people_of(line))
    return {key: names for key, names in found.items() if names}


def _people_of(line: str) -> list[str]:
    name = _COMMON_NAME.search(line)
    address = line.rpartition(":mailto:")[2] if ":mailto:" in line.lower() else ""
    text = unescape(name[1] or name[2] or "") if name else ""
    if not text or has_email(text) or _NO_PERSON.search(line) or _OFFICE_NAME.search(text):
        return []
    if _OFFICE_ADDRESS.match(address):
        return []
    names = speaker_names(text)
    return names if all(map(is_full_name, names)) else []


def choose_people(people: dict[str, list[str]], naming: Naming) -> list[str]:
    """Return an event's attendees and organizer who are its speakers."""
    for key in KEYS:
        names = people.get(key, [])
        if 0 < len(names) <= _MAX_SPEAKERS and naming.is_of_speakers(key):
            return list(dict.fromkeys(names))
    return []


def split_title(title: str, sign: str, known: Sequence[str]) -> tuple[str, list[str]]:
    """Return a title without the names after it, and these.

    They are those after the calendar's sign, and those after any sign that are known from elsewhere.
    """
    names_known = set(map(folded, known))
    for mark in _SIGNS:
        head, found, tail = title.rpartition(mark)
        names = speaker_names(tail) if found and head.strip() else []
        if names and (
            all(folded(name) in names_known for name in names)
            or (mark == sign and all(map(_may_be_name, names)))
        ):
            return head.strip(), names
    return title, []


def is_full_name(text: str) -> bool:
    """Return whether a text looks like a person's first and last name, as they are written."""
    words = text.split()
    return 2 <= len(words) <= 5 and _may_be_name(text)


def _may_be_name(text: str) -> bool:
    words = text.split()
    return (
        0 < len(words) <= 5
        and not any(character.isdigit() for character in text)
        and all(
            word in _PARTICLES or word[:1].lower() != word[:1] or _is_caseless(word)
            for word in words
        )
        and not is_employer(text)
        and not is_office(text)
    )


def _is_caseless(word: str) -> bool:
    return word[:1].isalpha() and word.lower() == word.upper()
