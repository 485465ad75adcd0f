"""What of an abstract a card shows first: its start, or the sentence that answers, with the words marked."""

from dataclasses import replace

from support.web_fixtures import SESSIONS

from service.search.answer import SearchResult
from service.search.snippets import Reason, Snippet
from service.web.abstracts import show_abstract, split_abstract

ABSTRACT = "Wards count. " + "Charts are drawn. " * 60 + "Nurses decide."


def result(sentence: str, *words: str) -> SearchResult:
    start = ABSTRACT.index(sentence)
    marks = tuple((sentence.index(word), sentence.index(word) + len(word)) for word in words)
    snippet = Snippet(sentence, start, start + len(sentence), marks)
    session = replace(SESSIONS[0], abstract=ABSTRACT)
    return SearchResult(1, 1.0, 1.0, session, Reason(("words",), snippet), (session,))


def test_words_at_the_start_are_marked_in_place() -> None:
    shown = show_abstract(result("Wards count.", "Wards"))
    assert shown.first[:2] == [("Wards", True), (" count. " + shown.first[1][0][8:], False)]
    assert not shown.is_within
    start, rest = split_abstract(ABSTRACT)
    assert "".join(part for part, _ in shown.first) == start
    assert shown.rest == [(rest, False)]


def test_a_sentence_further_in_is_shown_first_and_the_whole_unfolds() -> None:
    shown = show_abstract(result("Nurses decide.", "Nurses", "decide"))
    assert shown.is_within
    assert shown.first == [("Nurses", True), (" ", False), ("decide", True), (".", False)]
    assert "".join(part for part, _ in shown.rest) == ABSTRACT
    assert [part for part, marked in shown.rest if marked] == ["Nurses", "decide"]


def test_without_words_that_match_the_start_is_shown() -> None:
    shown = show_abstract(result("Nurses decide."))
    assert not shown.is_within
    assert not any(marked for _, marked in shown.first)


def test_abstracts_are_cut_between_words() -> None:
    assert split_abstract("short") == ("short", "")
    shown, rest = split_abstract("word " * 100)
    assert (len(shown.split()), len(rest.split())) == (60, 40)
    assert split_abstract("word " * 64) == ("word " * 64, "")
    shown, rest = split_abstract("日" * 1000)
    assert (len(shown), len(rest)) == (480, 520)
    shown, rest = split_abstract("antidisestablishmentarianism " * 50)
    assert shown.endswith("ism")
    assert rest.startswith("anti")
