"""Question sets: folders in BEIR's layout, and sets made from a loaded catalogue.

corpus.jsonl[.gz]     {"_id", "title", "text", "speakers"?} a line
queries.jsonl[.gz]    {"_id", "text"} a line
qrels/test.tsv        query-id, corpus-id, score; the first line is a heading
"""

import gzip
import json
import random
import re
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from service.errors import InputError
from service.session import Session

MADE_SETS = ("made-title", "made-typo", "made-speaker", "made-sentence")
"""Names of the sets that `make_sets` returns."""

_SEED = 7
_SHORTEST_SENTENCE, _LONGEST_SENTENCE = 40, 300
_LONG_WORD = 6
_SCORE = re.compile(r"-?[0-9]{1,9}")

Judgements = dict[str, dict[str, int]]
"""For each question's id, the ids of its right sessions and how right they are."""


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """Questions by id and their right answers: ids of BEIR documents, or of a catalogue's sessions."""

    name: str
    questions: dict[str, str]
    judgements: Judgements


def set_name(folder: Path) -> str:
    """Return the name of a BEIR folder, that of "." too."""
    return folder.resolve().name


def check_names(folders: Sequence[Path], *taken: str) -> None:
    """Raise InputError if two sets have the same name, or one has a name that is taken."""
    counts = Counter([*map(set_name, folders), *taken])
    if twice := sorted(name for name, count in counts.items() if count > 1):
        raise InputError(
            f"Two sets are called {', '.join(twice)}. Rename a folder, so that they can be told apart."
        )


def read_corpus(folder: Path) -> list[Session]:
    """Return a BEIR folder's documents as sessions whose source id is the document's."""
    sessions = []
    for location, values in _lines(folder, "corpus.jsonl"):
        title, text = str(values.get("title") or ""), str(values.get("text") or "")
        speakers = values.get("speakers") or []
        if not isinstance(speakers, list):
            raise InputError(f'{location} has "speakers" that are no list.')
        sessions.append(
            Session(
                event=set_name(folder),
                year=2000,
                source_id=str(values["_id"]),
                title=title,
                abstract=text,
                speakers=tuple(map(str, speakers)),
                source_location=location,
            )
        )
    if not sessions:
        raise InputError(f"{folder} has an empty corpus.jsonl. Give a folder in BEIR's layout.")
    return sessions


def read_questions(folder: Path, known: set[str]) -> QuestionSet:
    """Return a BEIR folder's questions that have right answers among the `known` documents.

    Raises InputError, with the line, for one that names a question or document that is not there.
    """
    questions = {
        str(values["_id"]): str(values.get("text") or "")
        for _, values in _lines(folder, "queries.jsonl")
    }
    file = folder / "qrels" / "test.tsv"
    judgements: Judgements = {}
    for number, (question, document, score) in _judged(file):
        for kind, id, ids in (("question", question, questions), ("document", document, known)):
            if id not in ids:
                raise InputError(f"{file}:{number} names the {kind} {id!r}, which is not there.")
        if score > 0:
            judgements.setdefault(question, {})[document] = score
    if not judgements:
        raise InputError(f"{file} names no right answer. Give a set with some.")
    judged = {id: text for id, text in questions.items() if id in judgements}
    return QuestionSet(set_name(folder), judged, judgements)


def make_sets(sessions: Sequence[Session], *, size: int = 200) -> list[QuestionSet]:
    """Return sets made from a catalogue: titles, titles with a typo, speakers, sentences of abstracts.

    The same catalogue gives the same sets. Right are all sessions of that title, speaker or sentence.
    """
    rng = random.Random(_SEED)  # noqa: S311  # sampling, not cryptography
    chosen = rng.sample(list(sessions), min(size, len(sessions)))
    by_speaker = sorted({speaker for session in chosen for speaker in session.speakers})
    titles = {session.title: _with_title(sessions, session.title) for session in chosen}
    sentences = _with_sentences(
        sessions,
        [rng.choice(found) for session in chosen if (found := list(_sentences(session.abstract)))],
    )
    typos = {_with_typo(title, rng): ids for title, ids in titles.items()}
    speakers = {name: _with_speaker(sessions, name) for name in by_speaker[:size]}
    return [
        QuestionSet(
            name,
            {text: text for text in judgements},  # so that runs on two catalogues can be compared
            judgements,
        )
        for name, judgements in zip(MADE_SETS, (titles, typos, speakers, sentences), strict=True)
        if judgements
    ]


def _with_title(sessions: Sequence[Session], title: str) -> dict[str, int]:
    return {str(session.id): 1 for session in sessions if session.title == title}


def _with_speaker(sessions: Sequence[Session], name: str) -> dict[str, int]:
    return {str(session.id): 1 for session in sessions if name in session.speakers}


def _with_sentences(sessions: Sequence[Session], sentences: Sequence[str]) -> Judgements:
    judgements: Judgements = {sentence: {} for sentence in sentences}
    for session in sessions:
        for sentence in judgements.keys() & set(_sentences(session.abstract)):
            judgements[sentence][str(session.id)] = 1
    return judgements


def _sentences(text: str) -> Iterator[str]:
    for sentence in re.split(r"(?<=[.!?。！？])\s+", text):
        if _SHORTEST_SENTENCE <= len(sentence) <= _LONGEST_SENTENCE:
            yield " ".join(sentence.split())


def _with_typo(title: str, rng: random.Random) -> str:
    """Swap two neighbouring letters within a long word of the title, if it has one."""
    words = [match for match in re.finditer(r"\w+", title) if len(match[0]) >= _LONG_WORD]
    if not words:
        return title
    word = rng.choice(words)
    at = rng.randrange(word.start() + 1, word.end() - 2)
    return title[:at] + title[at + 1] + title[at] + title[at + 2 :]


def _lines(folder: Path, name: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the location and the values of each line. Raises InputError with the line for a bad one."""
    file = next((path for path in (folder / name, folder / f"{name}.gz") if path.is_file()), None)
    if file is None:
        raise InputError(f"{folder} has no {name} or {name}.gz. Give a folder in BEIR's layout.")
    number = 0
    try:
        with _open(file) as rows:
            for number, row in enumerate(rows, start=1):
                if row.strip():
                    yield f"{file}:{number}", _values(file, number, row)
    except (OSError, EOFError, UnicodeDecodeError, zlib.error) as error:
        where = f" after line {number}" if number else ""
        raise InputError(f"{file} cannot be read{where}: {error}.") from error


def _open(file: Path) -> TextIO:
    return (
        gzip.open(file, "rt", encoding="utf-8")
        if file.suffix == ".gz"
        else file.open(encoding="utf-8")
    )


def _values(file: Path, number: int, row: str) -> dict[str, Any]:
    try:
        values = json.loads(row)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{file}:{number} is not JSON: {error}.") from error
    if not isinstance(values, dict) or not values.get("_id"):
        raise InputError(f'{file}:{number} has no "_id".')
    return values


def _judged(file: Path) -> Iterator[tuple[int, tuple[str, str, int]]]:
    try:
        rows = file.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{file} cannot be read: {error}.") from error
    for number, row in enumerate(rows[1:], start=2):
        if not row.strip():
            continue
        parts = row.split("\t")
        if len(parts) != 3 or not _SCORE.fullmatch(parts[2].strip()):
            raise InputError(f"{file}:{number} is not question, document and score between tabs.")
        yield number, (parts[0], parts[1], int(parts[2]))
