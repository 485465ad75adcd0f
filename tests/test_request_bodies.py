"""Few bodies are read at once, and fewer of one client."""

from contextlib import ExitStack

import pytest

from service.errors import BusyError
from service.web.request_bodies import AT_ONCE, OF_ONE_CLIENT, ReadingPlaces


def test_a_client_has_few_places() -> None:
    places = ReadingPlaces()
    with ExitStack() as taken:
        for _ in range(OF_ONE_CLIENT):
            taken.enter_context(places.place("a"))
        with pytest.raises(BusyError, match="being received"), places.place("a"):
            pass
        with places.place("b"):
            pass
    with places.place("a"):
        pass


def test_all_clients_together_have_few() -> None:
    places = ReadingPlaces()
    with ExitStack() as taken:
        for number in range(AT_ONCE):
            taken.enter_context(places.place(str(number)))
        with pytest.raises(BusyError, match="Try again"), places.place("another"):
            pass


def test_a_place_is_given_back_where_reading_fails() -> None:
    places = ReadingPlaces()
    for _ in range(2 * AT_ONCE):
        with pytest.raises(OSError, match="gone"), places.place("a"):
            raise OSError("gone")
