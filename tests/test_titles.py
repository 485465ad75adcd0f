"""Which column holds the titles, where several may."""

import pytest
from support.reading_sources import read_bytes

from loaders.tables.titles import choose_titles


def table(*rows: str) -> bytes:
    return "\n".join(rows).encode()


BLOCKS = table(
    "Session,Time,Title,Authors",
    "Graphs I,09:00,Counting triangles,Ann Poe",
    "Graphs I,09:20,Sampling algebra,Joe Roe",
    "Keynote,10:00,The future of data,Jane Doe",
)


@pytest.mark.parametrize(
    ("content", "titles"),
    [
        (BLOCKS, ["Counting triangles", "Sampling algebra", "The future of data"]),
        (
            table(
                "Talk,Title,Abstract",
                "1,Knots,About knots",
                "2,Sails,About sails",
                "3,Oars,Of oars",
            ),
            ["Knots", "Sails", "Oars"],
        ),
        (
            table(
                "Summary,Title,Speaker", "About knots,Knots,Ann Poe", "About sails,Sails,Joe Roe"
            ),
            ["Knots", "Sails"],
        ),
        (  # a person's title beside that of the talk
            table(
                "Speaker,Title,Session Title,Room",
                "Ann Poe,CTO,How we moved to one database,A",
                "Joe Roe,Engineer,What the logs did not say,B",
            ),
            ["How we moved to one database", "What the logs did not say"],
        ),
        (  # a block's title beside that of the talk
            table(
                "Session Title,Title,Speaker",
                "Data,Counting triangles,Ann Poe",
                "Data,Sampling algebra,Joe Roe",
                "Web,Fast pages,Jane Doe",
            ),
            ["Counting triangles", "Sampling algebra", "Fast pages"],
        ),
        (  # one row for each speaker
            table(
                "Speaker,Title,Session Title,Abstract",
                "Ann Poe,CTO,How we moved,Long ago",
                "Joe Roe,CEO,How we moved,Long ago",
                "Jane Doe,COO,What we lost,Nothing",
            ),
            ["How we moved", "How we moved", "What we lost"],
        ),
        (
            table("session,Topic,Speaker", "11,Knots,Ann Poe", "12,Sails,Joe Roe"),
            ["Knots", "Sails"],
        ),
        (  # one column for each language, filled in turn
            table("Titel,Title,Speaker", "Knoten,,Ann Poe", ",Sails,Joe Roe"),
            ["Knoten", "Sails"],
        ),
    ],
)
def test_titles_are_what_is_mostly_distinct_and_no_number(
    content: bytes, titles: list[str]
) -> None:
    assert read_bytes("talks.csv", content).titles == titles


def test_the_choice_is_reported_and_a_block_is_a_track() -> None:
    reading = read_bytes("talks.csv", BLOCKS)
    assert "titles are those of the column 'Title', not of 'Session'" in reading.noted
    assert [session.track for session in reading.sessions] == ["Graphs I", "Graphs I", "Keynote"]


def test_a_summary_is_an_abstract_and_numbers_are_ids() -> None:
    reading = read_bytes(
        "talks.csv",
        table("Session,Summary,Title", "11,About knots,Knots", "12,About sails,Sails"),
    )
    found = [(item.source_id, item.title, item.abstract) for item in reading.sessions]
    assert found == [("11", "Knots", "About knots"), ("12", "Sails", "About sails")]


def test_keys_of_json_are_chosen_likewise() -> None:
    reading = read_bytes(
        "talks.json",
        b'[{"session":"Graphs","title":"Triangles","authors":["Ann Poe"]},'
        b'{"session":"Graphs","title":"Algebra","authors":["Joe Roe"]}]',
    )
    assert reading.titles == ["Triangles", "Algebra"]
    assert "titles are those of the column 'title', not of 'session'" in reading.noted


def test_a_column_mapped_by_the_caller_is_not_chosen_again() -> None:
    reading = read_bytes("talks.csv", BLOCKS, columns=(("Session", "title"),))
    assert reading.titles == ["Graphs I", "Graphs I", "Keynote"]


def test_without_rows_the_plainest_header_is_chosen() -> None:
    choice = choose_titles({"title": ["Session", "Title"]}, [], str)
    assert choice.columns["title"][0] == "Title"
