"""Record, a session as its source has it, and the rules by which it becomes a Session or is skipped."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from urllib.parse import unquote

from loaders import times
from loaders.states import takes_place
from loaders.text import has_email, is_empty, line, plain, storable, tidy
from service.errors import InputError
from service.session import Session
from service.words import folded


@dataclass(frozen=True, slots=True)
class Complaint:
    """Something a source holds that was not used, where it stands and why.

    `skipped` tells a session that is left out from a part that is; `row` is the session as read, for rejects.
    `unwanted` sessions are left out as they should be: breaks, hidden ones, what was not accepted.
    """

    place: str
    reason: str
    skipped: bool = True
    row: str = ""
    unwanted: bool = False

    def __post_init__(self) -> None:
        """Keep what can be written to a file."""
        for name in ("place", "reason", "row"):
            object.__setattr__(self, name, storable(getattr(self, name)))

    @property
    def is_bad(self) -> bool:
        """Whether a session is left out that should be there: what is known of it is kept."""
        return self.skipped and not self.unwanted


class Skip(Exception):
    """A record that becomes no session, with the reason."""


class Unwanted(Skip):
    """A record that should become no session, such as a break."""


class NotPlaced(Skip):
    """A record whose event or year is known neither from its source nor from the options."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What the caller says about sources that do not say it themselves.

    Raises InputError for a time zone that does not exist.
    """

    event: str = ""
    year: int | None = None
    timezone: str = ""
    date_order: str = ""
    format: str = ""
    keep_service: bool = False
    columns: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        """Refuse a zone in which no time could be read."""
        try:
            times.in_zone(datetime(2000, 1, 1), (self.timezone,))
        except ValueError as error:
            raise InputError(f"--timezone {self.timezone}: {error}.") from error


@dataclass(slots=True, kw_only=True)
class Record:
    """One session in its source's own words. `place` names file and line, or file and path.

    `start` and `end` are local to `zone` unless they carry an offset; `markup` is what texts are written in.
    `service` says whether it is a break; None where the source does not say, so that the title tells.
    `values` are what complaints are about, by their reasons, `states` what became of its proposal, in the
    source's words.
    """

    place: str
    title: str
    source_id: str = ""
    abstract: str = ""
    markup: str = ""
    event: str = ""
    year: int | None = None
    speakers: Sequence[str] = ()
    track: str = ""
    level: str = ""
    kind: str = ""
    language: str = ""
    room: str = ""
    start: str | datetime = ""
    end: str | datetime = ""
    duration: str = ""
    zone: str = ""
    url: str = ""
    tags: Sequence[str] = ()
    slot: str = ""
    service: bool | None = None
    states: Sequence[str] = ()
    date_order: str = ""
    complaints: list[str] = field(default_factory=list)
    values: dict[str, str] = field(default_factory=dict)

    def complain(self, reason: str, value: object = "") -> None:
        """Add what is odd but usable, and the value that it is about."""
        self.complaints.append(reason)
        self.values[reason] = str(value)

    def where(self, reason: str) -> str:
        """Return the place of a complaint, with the start of the value that it is about."""
        value = self.values.get(reason, "")
        return f"{self.place} {value[:_QUOTED]!r}" if value else self.place

    def shown(self) -> str:
        """Return what its source says of the session, for the rejects, not too long."""
        values = {name: getattr(self, name) for name in _SAID}
        said = {name: value for name, value in values.items() if value or name == "title"}
        return ", ".join(f"{name}: {_shown(value)}" for name, value in said.items())[:_MAX_SHOWN]


_QUOTED = 40
_MAX_SHOWN = 4_000
_MAX_STATE = 40
_SAID = tuple(
    name
    for name in Record.__dataclass_fields__
    if name not in ("place", "markup", "service", "date_order", "complaints", "values")
)
MAX_ABSTRACT = 100_000
MAX_LINE = 1_000
"""Characters: what is longer is no abstract or title, and could take long to clean."""

_YEAR = re.compile(r"(?<!\d)(19\d\d|2[01]\d\d)(?!\d)")
_TITLE_YEAR = re.compile(
    r"[(\[]?(?<!\d)(19\d\d|2[01]\d\d)(?:[-–—/]\d\d|\s?[-–—/]\s?(?:19|2[01])\d\d)?(?!\d)[)\]]?"
)
_ADDRESS = re.compile(
    r"https?://(?:(?![,;|]https?://)[^\s<>\"\x00-\x1f]){1,2000}(?=[\s<>\",;|\x00-\x1f]|$)", re.I
)
_BARE_ADDRESS = re.compile(
    r"(?:www\.(?:[\w-]+\.)+[a-z]{2,}(?:[/?#][^\s<>\"]*)?|(?:[\w-]+\.)+[a-z]{2,}/[^\s<>\"]*)", re.I
)
_SERVICE_TITLES = {
    "break", "breaks", "coffee", "coffee break", "coffee breaks", "tea break", "afternoon break",
    "morning break", "short break", "lunch", "lunch break", "breakfast", "dinner", "registration",
    "registration opens", "registration open", "check-in", "doors open", "networking break", "pause",
    "mittagspause", "kaffeepause", "registrierung", "mittagessen", "pause dejeuner", "dejeuner",
    "accueil", "almuerzo", "comida", "cafe", "descanso", "registro", "pausa", "pranzo", "pausa caffe",
    "registrazione", "almoco", "intervalo", "credenciamento",
}  # fmt: skip
_LONGEST_SERVICE = 80
_TALKS = {
    "talk", "keynote", "workshop", "tutorial", "lecture", "presentation", "panel", "vortrag", "charla", "ponencia",
    "taller", "conference", "conferencia", "palestra", "intervento",
}  # fmt: skip
_AND = re.compile(r"\s*[&+/,]\s*|\s+(?:and|und|et|y|e)\s+")
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_EDGES = re.compile(r"^[\W_]+|[\W_]+$")
_LANGUAGES = {
    "english": "en", "eng": "en", "german": "de", "deutsch": "de", "deu": "de", "ger": "de",
    "french": "fr", "francais": "fr", "fra": "fr", "fre": "fr", "spanish": "es", "espanol": "es",
    "spa": "es", "castellano": "es", "italian": "it", "italiano": "it", "ita": "it",
    "portuguese": "pt", "portugues": "pt", "por": "pt", "japanese": "ja", "jpn": "ja",
    "chinese": "zh", "zho": "zh", "chi": "zh", "korean": "ko", "kor": "ko", "russian": "ru",
    "rus": "ru", "dutch": "nl", "nld": "nl", "dut": "nl", "polish": "pl", "pol": "pl",
    "swedish": "sv", "swe": "sv", "danish": "da", "dan": "da", "norwegian": "no", "nor": "no",
    "finnish": "fi", "fin": "fi", "czech": "cs", "ces": "cs", "cze": "cs", "turkish": "tr",
    "tur": "tr", "ukrainian": "uk", "ukr": "uk", "greek": "el", "ell": "el", "hebrew": "he",
    "heb": "he", "arabic": "ar", "ara": "ar", "hungarian": "hu", "hun": "hu", "catalan": "ca",
    "cat": "ca", "romanian": "ro", "ron": "ro", "slovak": "sk", "slk": "sk", "hindi": "hi",
    "hin": "hi", "indonesian": "id", "ind": "id", "thai": "th", "tha": "th", "und": "",
    "englisch": "en", "anglais": "en", "ingles": "en", "inglese": "en", "allemand": "de", "aleman": "de",
    "tedesco": "de", "alemao": "de", "franzosisch": "fr", "frances": "fr", "francese": "fr",
    "spanisch": "es", "espagnol": "es", "spagnolo": "es", "espanhol": "es", "italienisch": "it",
    "italien": "it", "portugiesisch": "pt", "portugais": "pt", "portoghese": "pt",
}  # fmt: skip


def to_session(record: Record, options: Options) -> Session:
    """Return the Session that a record holds; what is odd but usable is added to its complaints.

    Raises Skip with the reason if it holds none, Unwanted if it is a break or was not accepted, NotPlaced
    if its event or year is not known.
    """
    _check_states(record)
    markup = "plain" if record.markup == "plain" else ""
    title = _short(record.title, record.markup)
    if not title:
        raise Skip("no title")
    if len(record.title) > MAX_LINE:
        record.complaints.append(f"title cut off after {MAX_LINE:,} characters")
    kind = _short(record.kind, markup)
    if not options.keep_service and _is_service(record, title, kind):
        raise Unwanted("service session (break, registration)")
    starts_at, ends_at = _times(record, options)
    event = _short(record.event, "plain") or _short(options.event, "plain")
    if not event:
        raise NotPlaced("no event named: pass --event NAME")
    year = record.year or options.year or (starts_at.year if starts_at else _start_year(record))
    if not year:
        raise NotPlaced("no year named: pass --year YEAR")
    return Session(
        event=event,
        year=year,
        source_id=tidy(record.source_id) or _made_id(title),
        slot=tidy(record.slot),
        title=title,
        abstract=_abstract(record),
        speakers=_distinct(record.speakers, markup),
        track=_short(record.track, markup),
        level=_short(record.level, markup),
        kind=kind,
        language=language_code(record.language) if record.language else "",
        room=_short(record.room, markup),
        starts_at=starts_at,
        ends_at=ends_at,
        url=_web_address(record),
        tags=_distinct(record.tags, markup),
        place=storable(record.place),
    )


def _check_states(record: Record) -> None:
    """Raise Unwanted for a session that was not accepted, Skip where a state may mean that or not."""
    known = [(tidy(state)[:_MAX_STATE], takes_place(state)) for state in record.states]
    for state, accepted in known:
        if accepted is False:
            raise Unwanted(f"not accepted: {state}")
    for state, accepted in known:
        if accepted is None:
            raise Skip(f"the state {state!r} is not known: write accepted or rejected")


def _shown(value: Any) -> str:
    texts = [value] if isinstance(value, (str, int, datetime)) else value
    return "; ".join(str(text)[:MAX_LINE] for text in texts)


def _short(text: str, markup: str) -> str:
    return line(text[:MAX_LINE], markup)


def _is_service(record: Record, title: str, kind: str) -> bool:
    if record.service is not None:
        return record.service
    if _names_service(kind):
        return True
    words = folded(kind).split()
    return _names_service(title) and not (words and words[0] in _TALKS)


def _names_service(text: str) -> bool:
    """Whether a text names a break or several, whatever stands in brackets: "Registration & Coffee (Foyer)"."""
    if not 0 < len(text) <= _LONGEST_SERVICE:
        return False
    names = _AND.split(_BRACKETS.sub("", folded(text)))
    return all(_EDGES.sub("", name) in _SERVICE_TITLES for name in names)


def _abstract(record: Record) -> str:
    if len(record.abstract) > MAX_ABSTRACT:
        record.complaints.append(f"abstract cut off after {MAX_ABSTRACT:,} characters")
    abstract = plain(record.abstract[:MAX_ABSTRACT], record.markup)
    return "" if is_empty(abstract) else abstract


@lru_cache(maxsize=1024)
def language_code(name: str) -> str:
    """Return the two-letter code of a language given as a code, an ISO 639-3 code or a name."""
    key = folded(_short(name, "plain")).replace("_", "-")
    if key in _LANGUAGES:
        return _LANGUAGES[key]
    if re.fullmatch(r"[a-z]{2}(-.*|\s*[,;/|+&].*)?", key):  # of several, the first
        return key[:2]
    first = re.split(r"[^\w]", key, maxsplit=1)[0]  # "english / ingles", "german (de)"
    return _LANGUAGES.get(first, key[:20].strip())


def split_year(title: str) -> tuple[str, int | None]:
    """Return an event's name without its year, and the year: "FOSDEM 2019" is ("FOSDEM", 2019)."""
    if not (match := _TITLE_YEAR.search(title)):
        return title.strip(), None
    name = " ".join((title[: match.start()] + " " + title[match.end() :]).split())
    name = name.replace("()", "").strip(" -–—:,'’")
    return name or title.strip(), int(match[1])


def _times(record: Record, options: Options) -> tuple[datetime | None, datetime | None]:
    """Start and end, each read on its own: what is wrong with an end costs no start."""
    starts_at = _start(record, options) if record.start else None
    if starts_at is None:
        return None, None
    ends_at = _end(record, options, starts_at) or _end_by_duration(record, starts_at)
    return starts_at, ends_at


def _start(record: Record, options: Options) -> datetime | None:
    try:
        moment = _moment(record.start, record, options)
        starts_at = _in_zone(moment, record, options)
    except times.AmbiguousDate:
        raise
    except ValueError as error:
        record.complain(f"time not understood: {error}", record.start)
        return None
    if starts_at is None:
        record.complain("time has no zone: pass --timezone, such as Europe/Brussels")
    elif moment and _is_day(record.start, moment):
        record.complain("a date without a time: it starts at 00:00", record.start)
    return starts_at


def _end(record: Record, options: Options, starts_at: datetime) -> datetime | None:
    """The end that is stated, in the start's zone if it names none and on the start's day if it names none."""
    try:
        ends_at = _moment(record.end, record, options, starts_at)
    except times.AmbiguousDate:
        raise
    except ValueError as error:
        record.complain(f"end not understood: {error}", record.end)
        return None
    if ends_at is None or (_is_day(record.end, ends_at) and starts_at.time() != time()):
        return None
    if ends_at.utcoffset() is None:
        ends_at = ends_at.replace(tzinfo=starts_at.tzinfo)
    ends_at = ends_at.astimezone(starts_at.tzinfo)
    if ends_at >= starts_at:
        return ends_at
    if starts_at - ends_at < timedelta(days=1):
        return ends_at + timedelta(days=1)
    record.complain("its end is before its start", record.end)
    return None


def _end_by_duration(record: Record, starts_at: datetime) -> datetime | None:
    """The end after its duration, which clocks that are put forward or back do not change."""
    try:
        duration = times.parse_duration(record.duration)
    except ValueError as error:
        record.complain(f"duration not understood: {error}", record.duration)
        return None
    return (starts_at.astimezone(UTC) + duration).astimezone(starts_at.tzinfo) if duration else None


def _in_zone(moment: datetime | None, record: Record, options: Options) -> datetime | None:
    try:
        return times.in_zone(moment, (record.zone, options.timezone))
    except ValueError as error:
        if moment is None or moment.utcoffset() is None:
            raise
        record.complain(f"{error}; offsets are used")
        return moment


def _is_day(value: str | datetime, moment: datetime) -> bool:
    """Whether a value names a day alone, which is read as its first moment."""
    return isinstance(value, str) and moment.time() == time() and not times.has_clock(value)


def _moment(
    value: str | datetime, record: Record, options: Options, day: datetime | None = None
) -> datetime | None:
    if isinstance(value, datetime):
        return value
    order = options.date_order or record.date_order
    return times.parse_moment(value, order, record.year or options.year, day)


def _start_year(record: Record) -> int | None:
    """The year of a start that has no zone: the day may shift with the zone, the year hardly."""
    start = record.start
    if isinstance(start, datetime):
        return start.year
    match = _YEAR.search(start)
    return int(match[1]) if match else None


def _made_id(title: str) -> str:
    """An id for a session whose source gives none: its title, whatever its script, case and spaces."""
    key = folded(" ".join(title.split()))
    return "title-" + hashlib.blake2b(key.encode(), digest_size=8).hexdigest()


def _distinct(texts: Sequence[str], markup: str) -> tuple[str, ...]:
    cleaned = (_short(text, markup) for text in texts)
    return tuple(dict.fromkeys(text for text in cleaned if text))


def _web_address(record: Record) -> str:
    """The first web address that a source gives, without personal data; what holds none is complained about."""
    given = storable(record.url.strip())
    if is_empty(given):
        return ""
    if match := _ADDRESS.search(given):
        found = match[0]
        while found[-1] in ".,;:!'*" or (found[-1] == ")" and found.count(")") > found.count("(")):
            found = found[:-1]  # [slides](https://example.org).
    else:
        found = f"https://{given}" if _BARE_ADDRESS.fullmatch(given) else ""
    if has_email(unquote(found)):  # in what follows the page, as a rule
        found = re.split("[?#]", found, maxsplit=1)[0]
    if not found or has_email(unquote(found)):
        record.complaints.append("no web address such as https://example.org/talk")
        return ""
    return found
