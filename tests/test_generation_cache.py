"""What is kept of a generation: the values used last, in so much room, and none of another state."""

from types import SimpleNamespace
from typing import cast

from service.query.generation_cache import GenerationCache
from service.stores.protocol import Generation


def served(state: str) -> Generation:
    return cast(Generation, SimpleNamespace(manifest=SimpleNamespace(state=state)))


def test_a_value_is_made_once_for_each_state() -> None:
    cache = GenerationCache[str](100, len)
    made: list[str] = []

    def get(state: str, key: str) -> str:
        def make() -> str:
            made.append(f"{key} of {state}")
            return made[-1]

        return cache.get(served(state), key, make)

    assert get("one", "day") == get("one", "day") == "day of one"
    assert get("two", "day") == "day of two"
    assert get("two", "room") == "room of two"
    assert get("one", "day") == "day of one", "after a rollback"
    assert made == ["day of one", "day of two", "room of two"]


def test_values_used_last_are_kept_as_far_as_there_is_room() -> None:
    cache = GenerationCache[str](8, len)  # two of three, and one more for each
    made: list[str] = []

    def make() -> str:
        made.append(key)
        return key

    for key in ("aaa", "bbb", "aaa", "ccc", "aaa", "bbb", "too long!", "too long!", "bbb"):
        cache.get(served("one"), key, make)
    assert made == ["aaa", "bbb", "ccc", "bbb", "too long!", "too long!"]
