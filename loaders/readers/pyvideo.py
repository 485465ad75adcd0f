"""pyvideo folders: <event>/category.json and a JSON file for each session in <event>/videos/."""

import json
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from loaders.json_objects.values import member, no_sessions, objects, parse
from loaders.records.cleaning import split_year
from loaders.records.links import list_links
from loaders.records.record import Diagnostic, Options, Record
from loaders.records.speakers import speaker_names
from loaders.records.values import as_list, as_text, as_year, join_paragraphs
from loaders.sources.source_file import SourceFile

NAME = "pyvideo"
_CATEGORY = "category.json"


def matches(source: SourceFile, options: Options) -> bool:
    """Whether it is an event's or a session's file, by its path among those of the event.

    A session's file on its own is known by its content.
    """
    if not source.path.endswith(".json"):
        return False
    if _category_of(source) is not None:
        return True
    if source.path.rpartition("/")[2] == _CATEGORY:
        return source.head_text.startswith("{") and '"title"' in source.head_text
    return '"recorded"' in source.head_text and '"videos"' in source.head_text


def read(source: SourceFile, options: Options) -> Iterator[Record | Diagnostic]:
    """Yield the Record of a session's file; there is none in an event's file."""
    category = _category_of(source)
    if category is None and source.path.rpartition("/")[2] == _CATEGORY:
        if source.is_named:
            no_sessions(source, "only names an event. Load the folder it stands in.")
        return
    try:
        video = json.loads(source.read())
    except (ValueError, RecursionError) as error:
        yield Diagnostic(source.name, f"not valid JSON: {getattr(error, 'msg', 'damaged')}")
        return
    if isinstance(video, dict):
        yield _record(video, source, category)
    else:
        yield Diagnostic(source.name, "not a JSON object")


def _record(video: dict[str, Any], source: SourceFile, category: SourceFile | None) -> Record:
    series, year = _event(category) if category else split_year(as_text(video.get("category")))
    stem = source.path.rpartition("/")[2].removesuffix(".json")
    event = category.name.split("/")[-2:-1] if category else []
    texts = ("description", "abstract", "summary")
    return Record(
        location=source.name,
        event=series,
        year=year or as_year(as_text(video.get("recorded"))[:4]),
        source_id="/".join([*event, stem]),
        title=as_text(video.get("title")),
        abstract=join_paragraphs(as_text(video.get(key)) for key in texts),
        markup="rst",
        speakers=speaker_names(video.get("speakers") or []),
        language=as_text(video.get("language")),
        url=next((as_text(item.get("url")) for item in objects(video.get("videos"))), ""),
        links=[
            *list_links([item.get("url") for item in objects(video.get("videos"))], "recording"),
            *list_links(video.get("related_urls")),
        ],
        tags=as_list(video.get("tags")),
    )


def _category_of(source: SourceFile) -> SourceFile | None:
    """Return the file that names a session's event: ../category.json, seen from videos/."""
    folder = source.path.rpartition("/")[0]
    parent, _, name = folder.rpartition("/")
    if name != "videos":
        return None
    return source.siblings.get(f"{parent}/{_CATEGORY}" if parent else _CATEGORY)


@lru_cache(maxsize=64)
def _event(category: SourceFile) -> tuple[str, int | None]:
    """Return an event's name and year, from its category.json."""
    return split_year(as_text(member(parse(category), "title")))
