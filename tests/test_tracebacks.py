"""What the log says of an unexpected error: all but messages."""

import pytest

from service.runtime.tracebacks import describe

QUESTION = "secret words"


def fail(question: str) -> None:
    try:
        int(question)
    except ValueError as error:
        raise LookupError(question) from error


def test_a_traceback_has_places_and_kinds_and_no_message() -> None:
    with pytest.raises(LookupError) as failure:
        fail(QUESTION)
    told = describe(failure.value)
    assert "secret" not in told
    assert told.index("builtins.ValueError") < told.index("then:") < told.index("LookupError")
    assert f'"{__file__}"' in told
    assert "int(question)" in told


def test_what_was_hidden_stays_so() -> None:
    with pytest.raises(KeyError) as failure:
        try:
            fail(QUESTION)
        except LookupError:
            raise KeyError("a") from None
    assert "ValueError" not in describe(failure.value)


def test_causes_in_a_circle_come_to_an_end() -> None:
    one, other = ValueError(), KeyError()
    one.__cause__, other.__cause__ = other, one
    assert describe(one).count("then:") == 9
