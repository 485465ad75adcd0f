import pytest
from support.reading_sources import read_bytes

from loaders import bibliography
from service.errors import InputError

PROCEEDINGS = r"""
% exported
@proceedings{harbour-2026, title = {Proceedings of the 2026 Harbour Conference}, year = 2026}
@inproceedings{doe-2026-ropes,
    title = "{R}opes and {K}nots: 100\% safe",
    author = "Doe, Jane  and  M{\"u}ller, J{\"o}rg and Joe Roe and others",
    booktitle = "Proceedings of the 2026 Harbour Conference",
    abstract = {How {\'e}l\`eves tie knots, at 50% of cost.},
    pages = "1--9", url = "https://example.org/a%20b", keywords = {knots, ropes},
}
@inproceedings{group-2026, title = {Tides}, author = {{The Tide Group}},
    doi = {10.1000/xyz}, crossref = {harbour-2026}}
@book{b, title = {A book}}
@inproceedings{broken, title = {Never closed
"""


def test_papers_of_proceedings_are_sessions() -> None:
    reading = read_bytes("x.bib", PROCEEDINGS.encode(), event="", year=None)
    assert reading.formats == ["bibtex"]
    ropes, tides = reading.sessions
    assert (ropes.event, ropes.year) == ("Harbour Conference", 2026)
    assert ropes.title == "Ropes and Knots: 100% safe"
    assert ropes.speakers == ("Jane Doe", "Jörg Müller", "Joe Roe")
    assert ropes.abstract == "How élèves tie knots, at 50% of cost."
    assert (ropes.url, ropes.tags) == ("https://example.org/a%20b", ("knots", "ropes"))
    assert (tides.speakers, tides.url) == (("The Tide Group",), "https://doi.org/10.1000/xyz")
    assert reading.reasons == ["an entry that cannot be read"]
    assert "1 entries that are no papers (books, theses)" in reading.noted


def test_an_event_that_the_caller_names_counts() -> None:
    (ropes, *_) = read_bytes("x.bib", PROCEEDINGS.encode()).sessions
    assert ropes.event == "Test Conf"


def test_a_file_without_papers_is_refused() -> None:
    with pytest.raises(InputError, match="holds no @inproceedings"):
        read_bytes("x.bib", b"@book{b, title = {A book}}")


@pytest.mark.parametrize(
    "title", ["{" * 2000 + "x" + "}" * 2000, r"\begin{a} x", r"\x{", "$x", r"\frac", "a } b"]
)
def test_odd_tex_never_stops_a_file(title: str) -> None:
    assert isinstance(bibliography._plain(title), str)


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("{Knots} # { and sails}", "Knots and sails"),
        ('"Knots in C" # "\\#" # { and {F}#}', "Knots in C# and F#"),
        ("short # { 2026}", "Rope Conf 2026"),
        ("{Knots # 1}", "Knots # 1"),
        ("short", "Rope Conf"),
    ],
)
def test_values_that_are_put_together_are_one_text(title: str, text: str) -> None:
    source = f"@string{{short = {{Rope Conf}}}}\n@inproceedings{{a, title = {title}, year = 2026}}"
    assert read_bytes("x.bib", source.encode()).titles == [text]
