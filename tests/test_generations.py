"""Which names generations have, and which of them stay."""

from dataclasses import replace
from itertools import pairwise

import pytest
from support.stores import ENCODER

from service.stores.generations import (
    followed,
    is_generation,
    list_kept,
    next_name,
    select_kept,
)
from service.stores.manifest import Manifest

FIRST, SECOND, THIRD, FOURTH = (f"00000{number}-20260512T093000123456" for number in range(1, 5))


def manifests(*names: str) -> dict[str, Manifest]:
    """One generation after another, each with the one before it as the previous."""
    made = {name: Manifest(name, "2026-05-12", ENCODER.fingerprint, 1) for name in names}
    for previous, name in pairwise(names):
        made[name] = replace(made[name], previous=previous)
    return made


def test_a_new_name_sorts_after_all_others() -> None:
    name = next_name([FIRST, THIRD, "lock", "000099-of-somebody-else"])
    assert is_generation(name)
    assert name.startswith("000004-")
    assert next_name([]).startswith("000001-")
    assert not is_generation("sessions-" + FIRST)


@pytest.mark.parametrize(
    ("served", "readable", "kept"),
    [
        (FOURTH, (FIRST, SECOND, THIRD, FOURTH), {SECOND, THIRD, FOURTH}),
        (SECOND, (FIRST, SECOND, THIRD, FOURTH), {FIRST, SECOND, THIRD, FOURTH}),  # after rollbacks
        (THIRD, (FIRST, SECOND, THIRD), {FIRST, SECOND, THIRD}),
        (None, (FIRST, SECOND), {FIRST, SECOND}),  # nothing is served: any may be wanted
    ],
)
def test_the_served_one_two_before_it_and_those_after_it_are_kept(
    served: str | None, readable: tuple[str, ...], kept: set[str]
) -> None:
    assert select_kept(served, manifests(*readable), set(readable)) == kept


def test_all_are_kept_where_one_on_the_way_cannot_be_read() -> None:
    known = manifests(FIRST, SECOND, THIRD, FOURTH)
    del known[THIRD]
    committed = {FIRST, SECOND, THIRD, FOURTH}
    assert select_kept(FOURTH, known, committed) == committed
    assert select_kept(THIRD, known, committed) == committed
    assert select_kept(FOURTH, known, committed - {THIRD}) == {FOURTH}  # it is gone, not damaged


def test_a_load_after_a_rollback_keeps_what_leads_back_from_it() -> None:
    known = manifests(FIRST, SECOND, THIRD)
    known[FOURTH] = replace(known[THIRD], generation=FOURTH, previous=SECOND)  # THIRD was left
    assert select_kept(FOURTH, known, set(known)) == {FIRST, SECOND, FOURTH}


def test_a_load_while_nothing_is_served_follows_the_newest() -> None:
    known = manifests(FIRST, SECOND, THIRD)
    assert followed(SECOND, known) == SECOND
    assert followed(None, known) == THIRD
    assert followed(None, {}) is None


def test_where_each_kept_generation_is_and_how_long_it_stays() -> None:
    newest_first = list(manifests(FIRST, SECOND, THIRD, FOURTH).values())[::-1]
    told = [(one.place, one.loads) for one in list_kept(THIRD, newest_first)]
    assert told == [("forward", 0), ("served", 2), ("back", 1), ("back", 0)]
    assert list_kept(THIRD, newest_first)[0].as_dict()["generation"] == FOURTH
