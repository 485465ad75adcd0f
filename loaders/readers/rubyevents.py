"""RubyEvents folders: <series>/<event>/ with event.yml, videos.yml and, at times, schedule.yml."""

import re
from collections.abc import Iterator
from typing import Any

import yaml

from loaders.json_objects.values import member, objects
from loaders.records.cancelled import is_cancelled
from loaders.records.cleaning import split_year
from loaders.records.links import list_links
from loaders.records.record import Diagnostic, Options, Record
from loaders.records.speakers import speaker_names
from loaders.records.values import as_text, as_year, join_paragraphs
from loaders.sources.source_file import SourceFile
from service.errors import InputError

NAME = "rubyevents"
MAX_DEPTH = 50
MAX_EVENTS = 1_000_000  # scalars, starts and ends of lists and objects
_LOADER: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)  # both build nothing but texts
_VIDEOS = "videos.yml"
_SIBLINGS = {"event.yml", "schedule.yml"}
_LIST = re.compile(r"(?:---[^\n]*\n|#[^\n]*\n|[^\S\n]*\n)*- [\w ]+:")
_MARKS = re.compile(r"^(?:- |\s+)(?:raw_title|event_name|video_provider|video_id):", re.M)
_VIDEO_URLS = {"youtube": "https://www.youtube.com/watch?v=", "vimeo": "https://vimeo.com/"}


def matches(source: SourceFile, options: Options) -> bool:
    """Whether it is a list of videos in YAML, or a sibling of such a list.

    Other sites keep speakers, sponsors and rooms in lists of their own: keys that only videos have tell them.
    """
    name = source.path.rpartition("/")[2]
    if not name.endswith((".yml", ".yaml")):
        return False
    if name in _SIBLINGS and _sibling(source, _VIDEOS):
        return True
    if name == _VIDEOS and any(_sibling(source, sibling) for sibling in _SIBLINGS):
        return True
    return bool(_LIST.match(source.head_text) and _MARKS.search(source.head_text))


def read(source: SourceFile, options: Options) -> Iterator[Record | Diagnostic]:
    """Yield a Record for each video and each of the talks in it."""
    if source.path.rpartition("/")[2] in _SIBLINGS and _sibling(source, _VIDEOS):
        return
    videos = _load(source)
    if not isinstance(videos, list):
        raise InputError(f"{source.name} holds no list of videos. Load the event's videos.yml.")
    event, series = _load_sibling(source, "event.yml"), _load_sibling(source, "../series.yml")
    name, year = split_year(as_text(member(event, "title")) or as_text(member(event, "name")))
    name = name or as_text(member(event, "series")) or as_text(member(series, "name"))
    dates = (as_text(member(event, key))[:4] for key in ("year", "start_date", "end_date"))
    year = year or next((found for date in dates if (found := as_year(date))), None)
    times = _times(objects(videos), _load_sibling(source, "schedule.yml"))
    for number, video in enumerate(videos, 1):
        location = f"{source.name}#{number}"
        if not isinstance(video, dict):
            yield Diagnostic(location, "not a video with a title", row=str(video)[:1000])
            continue
        for part, talk in enumerate((video, *objects(video.get("talks")))):
            record = _record(talk, video, f"{location}.{part}" if part else location)
            record.event, record.year = name or record.event, year or record.year
            record.zone = as_text(member(event, "timezone"))
            record.cancelled = is_cancelled(as_text(member(event, "status")))
            if not part and number in times:
                record.start, record.end = times[number]
            yield record


def _record(talk: dict[str, Any], video: dict[str, Any], location: str) -> Record:
    """Return the Record of a talk, which inherits from its video what it does not say itself."""

    def inherited(key: str) -> str:
        return as_text(talk.get(key)) or as_text(video.get(key))

    series, year = split_year(inherited("event_name"))
    return Record(
        location=location,
        event=series,
        year=year or as_year(inherited("date")[:4]),
        source_id=as_text(talk.get("id")),
        title=as_text(talk.get("title")) or as_text(talk.get("raw_title")),
        abstract=join_paragraphs([as_text(talk.get("description"))]),
        speakers=speaker_names(talk.get("speakers") or []),
        track=inherited("track"),
        kind=as_text(talk.get("kind")),
        language=inherited("language"),
        room=inherited("room"),
        url=_address(talk) or _address(video),
        links=[
            *list_links(_recording(talk) or _recording(video), "recording"),
            *list_links(talk.get("slides_url"), "slides"),
        ],
    )


def _address(talk: dict[str, Any]) -> str:
    return _recording(talk) or as_text(talk.get("external_url"))


def _recording(talk: dict[str, Any]) -> str:
    site = _VIDEO_URLS.get(as_text(talk.get("video_provider")))
    id = as_text(talk.get("video_id"))
    return site + id if site and id else ""


def _times(videos: list[dict[str, Any]], schedule: Any) -> dict[int, tuple[str, str]]:
    """Return start and end by the video's number, for each day that has as many slots as videos.

    Both are in running order, and slots with items of their own are breaks.
    """
    times: dict[int, tuple[str, str]] = {}
    for day in objects(member(schedule, "days")):
        date = as_text(day.get("date"))
        numbers = [
            number for number, video in enumerate(videos, 1) if as_text(video.get("date")) == date
        ]
        slots = [
            (f"{date} {as_text(slot.get('start_time'))}", f"{date} {as_text(slot.get('end_time'))}")
            for slot in objects(day.get("grid"))
            if not slot.get("items")
            for _ in range(min(_count(slot), len(videos) + 1))
        ]
        if date and len(slots) == len(numbers):
            times.update(zip(numbers, slots, strict=True))
    return times


def _count(slot: dict[str, Any]) -> int:
    text = as_text(slot.get("slots"))
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 1


def _sibling(source: SourceFile, name: str) -> SourceFile | None:
    folder = source.path.rpartition("/")[0]
    if name.startswith("../"):
        folder, name = folder.rpartition("/")[0], name.removeprefix("../")
    return source.siblings.get(f"{folder}/{name}" if folder else name)


def _load_sibling(source: SourceFile, name: str) -> Any:
    other = _sibling(source, name)
    return _load(other) if other else None


def _load(source: SourceFile) -> Any:
    """Return the file's value, scalars as strings. Raises InputError for invalid or unsafe YAML."""
    text = source.text()
    try:
        _check_safe(source, text)
        return yaml.load(text, Loader=_LOADER)  # noqa: S506  # BaseLoader constructs only str, list and dict
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f":{mark.line + 1}" if mark else ""
        problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "damaged"
        raise InputError(f"{source.name}{line}: not valid YAML ({problem}). Mend it.") from error


def _check_safe(source: SourceFile, text: str) -> None:
    """Raise InputError for aliases, which can expand without end, for deep nesting, and for too many values."""
    depth = 0
    for number, event in enumerate(yaml.parse(text, Loader=_LOADER)):
        if number > MAX_EVENTS:
            raise InputError(
                f"{source.name} holds more than {MAX_EVENTS:,} values. Split it into several files."
            )
        if isinstance(event, yaml.AliasEvent):
            raise InputError(
                f"{source.name} uses YAML aliases (*name). Write out what they stand for."
            )
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            raise InputError(f"{source.name} nests too deeply to be a programme. Mend it.")
