"""pretalx' REST API: the slots of a schedule, each with its submission or a break."""

from typing import Any

from loaders.json_objects.values import member, objects

_OF_SLOT = ("start", "end", "room", "duration")
_EXPAND = "speakers,track,submission_type,tags,slots.room"


def arrange_slots(value: Any) -> Any:
    """Return a page of slots as one of sessions, breaks marked as such; any other value as it is."""
    results = member(value, "results")
    slots = objects(results)
    if not slots or not all("submission" in slot and "start" in slot for slot in slots):
        return value
    return {**value, "results": [_session(slot) for slot in slots]}


def _session(slot: dict[str, Any]) -> dict[str, Any]:
    submission = slot["submission"]
    of_slot = {key: slot[key] for key in _OF_SLOT if slot.get(key)}
    if isinstance(submission, dict):
        own = {key: item for key, item in submission.items() if key not in ("slots", "slot")}
        return {**own, **of_slot}
    if submission:
        return {"code": submission, **of_slot}
    return {"title": slot.get("description") or "Break", "type": "Break", **of_slot}


def missing_parts(items: list[Any]) -> str:
    """Return what to say of sessions whose times are given by ids alone; empty if none are."""
    found = [item for item in items if isinstance(item, dict)]
    if any(_is_number(slot) for item in found for slot in _listed(item.get("slots"))):
        return f"slots are given by ids, without times: ask pretalx with ?expand={_EXPAND}"
    return ""


def missing_titles(value: Any) -> str:
    """Return how to ask for slots that name their submissions by codes alone; empty for any other value."""
    slots = objects(member(value, "results"))
    if slots and all({"code", "start"} <= slot.keys() and "title" not in slot for slot in slots):
        return (
            "holds slots that name their submissions by codes. Ask pretalx with "
            "?expand=room,submission,submission.speakers,submission.track, or load its schedule.json"
        )
    return ""


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
