"""OpenReview notes: event, year, kind and decision from the venue.

A paper's `venue` reads "ICLR 2024 poster" or "Submitted to ICLR 2024"; its `venueid` is the group it went to,
"ICLR.cc/2024/Conference/Rejected_Submission" among them.
"""

import re
from typing import Any

from loaders.records.values import as_text

_VENUE = re.compile(r"(?P<event>\D{1,80}?)\s+(?P<year>(?:19|20)\d\d)\b\s*(?P<kind>.{0,80})")


def read_venue(item: Any) -> Any:
    """Return a note with its venue as event, year, kind and state; any other value as it is."""
    if not isinstance(item, dict) or "venueid" not in item:
        return item
    venue = as_text(item["venue"]) if "venue" in item else ""
    said = {
        "state": _state(as_text(item["venueid"]), venue),
        "track": as_text(item.get("primary_area")),
    }
    if found := _VENUE.fullmatch(venue):
        said |= found.groupdict()
    rest = {
        key: value for key, value in item.items() if key not in ("venue", "venueid", "primary_area")
    }
    return {**{key: text for key, text in said.items() if text}, **rest}


def _state(group: str, venue: str) -> str:
    """Return the state of a paper; empty where it was accepted, whose group is the conference itself."""
    name = group.rpartition("/")[2].replace("_", " ")
    if "submission" in name.lower():
        return "submitted" if name.lower() == "submission" else name
    return venue if venue.lower().startswith("submitted") else ""
