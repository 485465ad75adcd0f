"""Files with a row for each speaker of a session give one session with all of them."""

from support.programmes import Loading, row


def speakers(loading: Loading) -> list[tuple[str, ...]]:
    with loading.store.reading() as generation:
        sessions = [session for some, _ in generation.scan() for session in some]
    return sorted(session.speakers for session in sessions)


def test_rows_that_differ_in_speakers_alone_are_one_session(loading: Loading) -> None:
    names = ("Jane Doe", "Joe Roe", "Jane Doe", "Al Two")
    outcome = loading.rows([*(row(1, speakers=name) for name in names), row(2)])
    assert speakers(loading) == [("Jane Doe", "Joe Roe", "Al Two"), ("Speaker Number2",)]
    assert outcome.report.skipped == {
        "a row for one more speaker: joined with the first": 2,
        "read twice": 1,
    }
    assert (outcome.report.invalid, outcome.comparison.plan.new) == (0, 2)
    again = loading.rows([*(row(1, speakers=name) for name in names), row(2), row(3)])
    assert (again.comparison.plan.new, again.comparison.plan.same) == (1, 2)


def test_sittings_and_mere_titles_stay_apart(loading: Loading) -> None:
    rooms = [row(1, speakers="Jane Doe"), row(1, speakers="Joe Roe"), row(1, room="Loft")]
    titles = [
        row(2, title="Welcome", abstract="", start="", speakers=name) for name in ("A B", "C D")
    ]
    loading.rows([*rooms, *titles])
    assert speakers(loading) == [("A B",), ("C D",), ("Jane Doe", "Joe Roe"), ("Speaker Number1",)]
