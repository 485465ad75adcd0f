"""The filter `fits`: the slots of a plan's sessions, looked up by their ids."""

from uuid import UUID

from service.filters import Filters
from service.slots import slot_of
from service.stores.protocol import Generation


def place_plan(generation: Generation, filters: Filters) -> Filters:
    """Return the filters, `fits` with the slots of its sessions; those unknown or without a time have none."""
    if filters.is_placed:
        return filters
    sessions = generation.get([UUID(str(id)) for id in filters["fits"]])
    slots = (slot_of(session) for session in sessions)
    return filters.avoiding(slot for slot in slots if slot)


def tell_unknown(generation: Generation, filters: Filters) -> str | None:
    """Return a note on the sessions of `fits` that are not in the catalogue; None where all are."""
    wanted = [UUID(str(id)) for id in filters.get("fits", ())]
    unknown = len(wanted) - len(generation.get(wanted)) if wanted else 0
    if not unknown:
        return None
    told = "1 session of the plan is" if unknown == 1 else f"{unknown} sessions of the plan are"
    return f"{told} not in the programme, and left out of account."
